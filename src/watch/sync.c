/*
 * "I have seen everything up to here": a file is written to tmp_dir, and its event is awaited,
 * which comes after those of everything before (as git's fsmonitor does it). Where no file can be
 * written, what is in the kernel's queue now is read instead. What is polled needs a whole round
 * that begins after the question.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "platform/environment.h"
#include "watch/state.h"

#define PREFIX ".zonda-cookie-"

/* Of all watches: several may share one tmp_dir, and none may take another's for its own. */
static uint64_t cookies;

bool is_cookie(const char *name)
{
    return strncmp(name, PREFIX, strlen(PREFIX)) == 0;
}

static char *cookie_path(const struct watch *watch, uint64_t cookie)
{
    char name[64];
    (void)snprintf(name, sizeof name, PREFIX "%d-%" PRIu64, environment_pid(), cookie);
    return path_join(watch->config->tmp_dir, name);
}

static void remove_cookie(const struct watch *watch, uint64_t cookie)
{
    struct err err;
    char *path = cookie_path(watch, cookie);
    (void)fs_unlink(path, &err);
    free(path);
}

/* The cookie to wait for, or 0 where none could be written. */
static uint64_t write_cookie(struct watch *watch)
{
    struct err err;
    const char *dir = watch->config->tmp_dir;
    if (!dir || !*dir || fs_mkdirs(dir, 0755, &err) != 0 || file_events_missing(dir))
        return 0;
    if (watch->cookie_watch < 0) {
        int number = file_events_add(watch->events, dir, &err);
        watch->cookie_watch = number >= 0 ? number : -1;
    }
    if (watch->cookie_watch < 0)
        return 0;
    uint64_t cookie = ++cookies;
    char *path = cookie_path(watch, cookie);
    bool written = fs_write(path, "", 0, 0600, &err) == 0;
    free(path);
    return written ? cookie : 0;
}

void watch_sync(struct watch *watch, void (*fn)(void *data), void *data)
{
    struct waiter waiter = {.fn = fn, .data = data};
    if (watch->polled_len || !watch->events) {
        waiter.round = watch->rounds_begun + 1;
        watch->poll_due = true;
    }
    if (watch->events) {
        waiter.cookie = write_cookie(watch);
        waiter.unread = waiter.cookie == 0;
    }
    vec_push(&watch->waiters, waiter);
    timer_start(watch->more, 0);
}

void sync_seen(struct watch *watch, const char *name)
{
    char mine[64], *end;
    int len = snprintf(mine, sizeof mine, PREFIX "%d-", environment_pid());
    if (strncmp(name, mine, (size_t)len) != 0)
        return;
    errno = 0;
    uint64_t cookie = strtoull(name + len, &end, 10);
    if (errno || *end)
        return;
    VEC_EACH (struct waiter, waiter, &watch->waiters) {
        if (waiter->cookie != cookie || !cookie)
            continue;
        waiter->cookie = 0;
        remove_cookie(watch, cookie);
    }
}

void sync_lost(struct watch *watch)
{
    VEC_EACH (struct waiter, waiter, &watch->waiters) {
        if (waiter->cookie)
            remove_cookie(watch, waiter->cookie);
        waiter->cookie = 0;
    }
}

/* Reads the kernel's queue for those that have no cookie. */
static void read_queue(struct watch *watch)
{
    bool unread = false;
    VEC_EACH (struct waiter, waiter, &watch->waiters) {
        unread |= waiter->unread;
        waiter->unread = false;
    }
    if (unread)
        watch_drain(watch);
}

static bool is_busy(const struct watch *watch)
{
    return !watch->ready || watch->walk || watch->scan || watch->scan_all || watch->rewalk ||
           watch->tops.len || watch->touched.len || watch->large;
}

void sync_check(struct watch *watch)
{
    if (watch->checking || !watch->waiters.len || is_busy(watch))
        return;
    watch->checking = true;
    read_queue(watch);
    if (is_busy(watch)) {
        timer_start(watch->more, 0);
        watch->checking = false;
        return;
    }
    for (size_t i = 0; i < watch->waiters.len;) {
        struct waiter waiter = watch->waiters.at[i];
        if (waiter.cookie || waiter.unread || waiter.round > watch->rounds_done) {
            i++;
            continue;
        }
        vec_remove(&watch->waiters, i);
        waiter.fn(waiter.data);
    }
    watch->checking = false;
}

void sync_fini(struct watch *watch)
{
    sync_lost(watch);
    vec_fini(&watch->waiters);
}
