#include "watch/watch.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "watch/state.h"

#define CLOSE_TURNS 8 /* of look_some, for what is still to be told */

/* --- what is told --- */

void watch_tell(struct watch *watch, const char *path, enum change_kind kind, uint64_t mono_ns,
                bool soft)
{
    char copy[PATH_BYTES_MAX];
    struct change change = {.path = copy, .kind = kind, .mono_ns = mono_ns};
    (void)snprintf(copy, sizeof copy, "%s", path);
    watch->report.on_change(watch->report.data, &change, soft);
}

void watch_warn(struct watch *watch, const char *hint, const char *format, ...)
{
    char message[PATH_BYTES_MAX + 512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    watch->report.on_warning(watch->report.data, message, hint);
}

/* --- what goes on next --- */

/* Every top directory, to be walked. */
static void queue_roots(struct watch *watch)
{
    const struct config *config = watch->config;
    STRS_EACH (path, &config->watch.paths)
        if (fs_is_dir(*path)) /* else it is a file, or to come: named.c */
            (void)watch_top(watch, *path, false, false);
    if (!config->watch.paths.len)
        (void)watch_top(watch, config->root, false, false);
    STRS_EACH (path, &watch->extra)
        (void)watch_top(watch, *path, false, true);
}

void watch_pump(struct watch *watch)
{
    if (watch->closed || watch->walk)
        return;
    if (!look_some(watch)) {
        if (!watch->draining)
            timer_start(watch->more, 0);
        return;
    }
    if (watch->draining)
        return;
    if (watch->scan) {
        scan_more(watch);
    } else if (watch->tops.len) {
        walk_start(watch, false);
    } else if (watch->rewalk) {
        queue_roots(watch);
        walk_start(watch, true);
    } else if (watch->scan_all || watch->poll_due) {
        scan_start(watch);
    } else if (!watch->digesting) {
        if (!watch->large)
            tree_compact(watch);
        digests_start(watch);
    }
    sync_check(watch);
}

static void pump(void *watch)
{
    watch_pump(watch);
}

static void poll(void *data)
{
    struct watch *watch = data;
    watch->poll_due = true;
    watch_pump(watch);
}

void watch_drain(struct watch *watch)
{
    if (!watch->events || watch->walk || watch->draining)
        return;
    watch->draining = true;
    file_events_drain(watch->events);
    watch->draining = false;
}

struct top *watch_top(struct watch *watch, const char *path, bool report, bool extra)
{
    VEC_EACH (struct top, top, &watch->tops) {
        if (strcmp(top->path, path) == 0) {
            top->report |= report;
            top->extra |= extra;
            return top;
        }
    }
    struct top top = {
        .path = mem_string(path), .report = report, .extra = extra, .mono_ns = clock_mono_ns()};
    vec_push(&watch->tops, top);
    return &watch->tops.at[watch->tops.len - 1];
}

void watch_await(struct watch *watch, const char *path, bool extra)
{
    watch_warn(watch, "it is watched again as soon as it is back", "%s is gone", path);
    struct dir *dir = dir_new(NULL, path);
    dir->missing = dir->polled = true;
    dir->extra = extra;
    vec_push(&watch->roots, dir);
    tree_enter(watch, dir);
    scan_arm(watch);
}

/* --- life --- */

/* What this room reads of the configuration. */
static struct config *copy_config(const struct config *from)
{
    struct config *config = mem_new(1, sizeof *config);
    config->file = mem_string(from->file);
    config->kind = mem_string(from->kind);
    config->root = mem_string(from->root);
    config->tmp_dir = mem_string(from->tmp_dir);
    config->build.output = mem_string(from->build.output);
    strs_copy(&config->env_files, &from->env_files);
    config->watch = from->watch;
    config->watch.paths = config->watch.extensions = (struct strs){0};
    config->watch.exclude = config->watch.exclude_regex = (struct strs){0};
    strs_copy(&config->watch.paths, &from->watch.paths);
    strs_copy(&config->watch.exclude, &from->watch.exclude);
    strs_copy(&config->watch.exclude_regex, &from->watch.exclude_regex);
    return config;
}

static void destroy(struct watch *watch)
{
    file_events_close(watch->events);
    tree_free(watch);
    ignore_free(watch->ignore);
    links_fini(watch);
    sync_fini(watch);
    if (watch->scan)
        scan_free(watch->scan);
    VEC_EACH (struct top, top, &watch->tops)
        free(top->path);
    vec_fini(&watch->tops);
    VEC_EACH (struct open_file, open, &watch->open)
        free(open->path);
    vec_fini(&watch->open);
    vec_fini(&watch->touched);
    strs_fini(&watch->extra);
    config_free(watch->config);
    free(watch);
}

static int open_events(struct watch *watch, struct err *err)
{
    if (watch->config->watch.backend == WATCH_POLL)
        return 0;
    watch->events = file_events_open(watch->loop, events_take, events_end, watch, err);
    if (watch->events)
        return 0;
    if (watch->config->watch.backend == WATCH_EVENTS)
        return err->code;
    watch_warn(watch, *err->hint ? err->hint : NULL,
               "%s: every file is looked at every %u ms instead", err->message,
               (unsigned)watch->config->watch.poll_interval_ms);
    return 0;
}

struct watch *watch_open(struct loop *loop, const struct config *config,
                         const struct watch_events *events, struct err *err)
{
    struct watch *watch = mem_new(1, sizeof *watch);
    watch->loop = loop;
    watch->config = copy_config(config);
    watch->report = *events;
    watch->cookie_watch = -1;
    watch->start_mono_ns = clock_mono_ns();
    watch->start_wall_ns = clock_wall_ns();
    if (open_events(watch, err) != 0) {
        destroy(watch);
        return NULL;
    }
    watch->ignore = ignore_new(watch->config);
    watch->more = timer_new(loop, pump, watch);
    watch->open_timer = timer_new(loop, events_open_look, watch);
    watch->poll_timer = timer_new(loop, poll, watch);
    queue_roots(watch);
    walk_start(watch, false);
    return watch;
}

void watch_close(struct watch *watch)
{
    if (!watch)
        return;
    /* A watch for a newer configuration knows nothing of what still waits here. */
    if (watch->ready && !watch->walk) {
        watch_drain(watch);
        for (int i = 0; i < CLOSE_TURNS && !look_some(watch); i++) {
        }
    }
    watch->closed = true;
    timer_free(watch->more);
    timer_free(watch->open_timer);
    timer_free(watch->poll_timer);
    if (watch->events)
        file_events_hold(watch->events, true);
    if (watch->jobs == 0)
        destroy(watch);
}

void watch_job(struct watch *watch, work_fn *work, done_fn *done, void *job)
{
    watch->jobs++;
    work_submit(watch->loop, work, done, job);
}

bool watch_job_done(struct watch *watch)
{
    watch->jobs--;
    if (!watch->closed)
        return true;
    if (watch->jobs == 0)
        destroy(watch);
    return false;
}

struct watch_stats watch_stats(const struct watch *watch)
{
    struct watch_stats stats = watch->stats;
    stats.dirs = watch->dirs_len;
    stats.files = watch->files_len;
    stats.polled_dirs = watch->polled_len;
    return stats;
}

void watch_simulate_overflow(struct watch *watch)
{
    watch->simulate = true;
}
