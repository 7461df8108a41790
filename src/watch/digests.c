/*
 * Digests in the background, so that a touch of a file nobody has changed yet is known to be none.
 * Go files come first. It ends when every file has one; a walk that brings files begins it anew.
 *
 * What was read on the work queue counts only after all events that came meanwhile were handled:
 * else a file that was replaced just before it was read would look as if nothing had happened.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "watch/state.h"

#define ITEMS_MAX   128
#define LOOKED_MAX  20000                 /* files in one turn of the loop */
#define TICK_NS     (4 * CLOCK_NS_PER_MS) /* the kernel's idea of a file's time may be so late */
#define NO_DIGEST   ((unsigned)(FILE_PENDING | FILE_NEW | FILE_GONE | FILE_EMPTY | FILE_OPEN))
#define PASS_GO     0
#define PASS_OTHERS 1
#define PASS_DONE   2

struct item {
    char *path;
    struct dir_ref dir;
    struct fs_info info;
    struct digest digest;
    bool read;
};

struct digests {
    struct watch *watch;
    bool read; /* not only stat(2) */
    size_t len;
    struct item items[ITEMS_MAX];
};

/* --- on the work queue --- */

static void work(void *data)
{
    struct digests *digests = data;
    struct err err;
    for (size_t i = 0; i < digests->len; i++) {
        struct item *item = &digests->items[i];
        item->info = fs_stat(item->path, true);
        item->read = digests->read && item->info.kind == FS_FILE &&
                     item->info.size_bytes <= WATCH_DIGEST_MAX_BYTES &&
                     fs_digest(item->path, &item->digest, &err) == 0;
    }
}

/* --- on the loop --- */

static void digests_free(struct digests *digests)
{
    for (size_t i = 0; i < digests->len; i++)
        free(digests->items[i].path);
    free(digests);
}

static void apply(struct watch *watch, const struct item *item)
{
    struct dir *dir = tree_ref(watch, item->dir);
    struct file *file = dir ? files_find(dir, path_base(item->path)) : NULL;
    if (!file || item->info.kind != FS_FILE || (file->flags & (NO_DIGEST | FILE_DIGEST)))
        return;
    if (!(file->flags & FILE_STAT)) {
        if (!(file->flags & FILE_FIRST) && item->info.mtime_ns + TICK_NS >= watch->start_wall_ns) {
            /* Written after watch_open, and perhaps before its directory was watched. */
            look_touch(watch, dir, file, TOUCH_VERIFY, clock_mono_ns());
            return;
        }
        look_set_stat(file, &item->info);
    } else if (!look_same_stat(file, &item->info)) {
        return; /* what is known is older: the next poll sees the change */
    }
    if (item->read) {
        file->digest = item->digest.low;
        file->flags |= FILE_DIGEST;
    }
}

static void done(void *data)
{
    struct digests *digests = data;
    struct watch *watch = digests->watch;
    if (watch_job_done(watch)) {
        watch_drain(watch);
        /* While a walk runs events wait, so nothing can be said; after it all begins anew. */
        for (size_t i = 0; i < digests->len && !watch->walk; i++)
            apply(watch, &digests->items[i]);
        watch->digesting = false;
        watch_pump(watch);
    }
    digests_free(digests);
}

static bool is_go(const char *name)
{
    return strcmp(path_ext(name), "go") == 0;
}

static bool is_wanted(const struct watch *watch, const struct dir *dir, const struct file *file)
{
    const char *name = file_name(dir, file);
    if ((file->flags & (NO_DIGEST | FILE_DIGEST)) ||
        is_go(name) != (watch->digest_pass == PASS_GO) || strcmp(name, ".gitignore") == 0)
        return false;
    return !(file->flags & FILE_STAT) ||
           (watch->config->watch.skip_unchanged && file->size <= WATCH_DIGEST_MAX_BYTES);
}

static void add(struct digests *digests, struct dir *dir, const struct file *file)
{
    char path[PATH_BYTES_MAX];
    if (dir_path(dir, path, file_name(dir, file)))
        digests->items[digests->len++] =
            (struct item){.path = mem_string(path), .dir = {dir->index, dir->id}};
}

/* Goes on where the last one ended; false where the turn is over before there is anything. */
static bool gather(struct watch *watch, struct digests *digests)
{
    size_t looked = 0;
    while (watch->digest_pass < PASS_DONE && digests->len < ITEMS_MAX) {
        if (watch->digest_dir >= watch->dirs.len) {
            watch->digest_pass++;
            watch->digest_dir = watch->digest_file = 0;
            continue;
        }
        struct dir *dir = watch->dirs.at[watch->digest_dir];
        if (!dir || watch->digest_file >= dir->files_len) {
            watch->digest_dir++;
            watch->digest_file = 0;
            continue;
        }
        const struct file *file = &dir->files[watch->digest_file++];
        if (is_wanted(watch, dir, file))
            add(digests, dir, file);
        if (++looked >= LOOKED_MAX)
            return digests->len > 0;
    }
    return true;
}

void digests_start(struct watch *watch)
{
    if (watch->digesting || watch->digest_pass == PASS_DONE)
        return;
    struct digests *digests = mem_new(1, sizeof *digests);
    digests->watch = watch;
    digests->read = watch->config->watch.skip_unchanged;
    if (!gather(watch, digests))
        timer_start(watch->more, 0);
    if (digests->len == 0) {
        digests_free(digests);
        return;
    }
    watch->digesting = true;
    watch_job(watch, work, done, digests);
}

void digests_again(struct watch *watch)
{
    watch->digest_pass = PASS_GO;
    watch->digest_dir = watch->digest_file = 0;
}
