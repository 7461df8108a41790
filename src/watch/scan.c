/*
 * Looks at directories without being told to: those that are polled, and all of them after events
 * were lost. The work queue reads names and stats, some directories at a time; the loop compares
 * them with the tree and touches what differs, so that look.c has the last word.
 *
 * Events go on meanwhile. A file that an event brought in between is not in what was read: it is
 * looked at once more, and nothing is found.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "watch/state.h"

#define DIRS_MAX        64
#define NAMES_BYTES_MAX ((size_t)256 << 20)

struct found {
    uint32_t name; /* in scan->names */
    enum fs_kind kind;
    bool is_link;
    struct fs_info info; /* of a file */
};

struct part {
    char *path;
    struct dir_ref dir;
    bool gone, readable;
    bool again;        /* its watch is asked for again */
    int number;        /* what came of that */
    size_t first, end; /* of scan->found */
};

struct scan {
    struct watch *watch;
    bool all;
    size_t next, dirs; /* in watch->dirs: the next one to be read, and where to stop */
    struct part parts[DIRS_MAX];
    size_t parts_len, part; /* part: being compared; parts_len: all were */
    size_t entry;           /* of part */
    VEC(struct found) found;
    struct buf names;
    struct part *reading;
    struct numbers numbers; /* of the kernel's watches that were given up */
    bool working;
};

void scan_free(struct scan *scan)
{
    for (size_t i = 0; i < scan->parts_len; i++)
        free(scan->parts[i].path);
    vec_fini(&scan->numbers);
    vec_fini(&scan->found);
    buf_fini(&scan->names);
    free(scan);
}

/* --- on the work queue --- */

static bool add_found(void *data, const char *name, enum fs_kind kind)
{
    struct scan *scan = data;
    struct found found = {
        .name = (uint32_t)scan->names.len, .kind = kind, .is_link = kind == FS_LINK};
    if (kind == FS_FILE || kind == FS_LINK) {
        char path[PATH_BYTES_MAX];
        const char *dir = scan->reading->path;
        int len = snprintf(path, sizeof path, "%s/%s", strcmp(dir, "/") == 0 ? "" : dir, name);
        if (len < 0 || (size_t)len >= sizeof path)
            return true;
        found.info = fs_stat(path, true);
        found.kind = found.info.kind;
    }
    if (found.kind != FS_FILE && found.kind != FS_DIR)
        return true;
    if (buf_append(&scan->names, name, strlen(name) + 1) != 0)
        return false;
    vec_push(&scan->found, found);
    return true;
}

static void work(void *data)
{
    struct scan *scan = data;
    struct err err;
    for (size_t i = 0; i < scan->parts_len; i++) {
        struct part *part = scan->reading = &scan->parts[i];
        /* Its name may belong to another directory by now: that one has another number. */
        if (part->again)
            part->number = file_events_add(scan->watch->events, part->path, &err);
        part->first = scan->found.len;
        part->readable = fs_each(part->path, add_found, scan, &err) == 0;
        part->gone = !part->readable && !fs_is_dir(part->path);
        part->end = scan->found.len;
    }
}

/* --- comparing --- */

static struct file *new_file(struct watch *watch, struct dir *dir, const char *name,
                             const char *path)
{
    if (dir->narrow ? !ignore_is_named(watch->ignore, path)
                    : strcmp(name, ".gitignore") != 0 &&
                          ignore_entry(watch->ignore, dir->ignores, path, false, NULL))
        return NULL;
    struct file *file = files_add(dir, name, strlen(name));
    file->flags = FILE_NEW;
    watch->files_len++;
    return file;
}

static void compare_file(struct watch *watch, struct dir *dir, const char *name, const char *path,
                         const struct fs_info *info)
{
    struct file *file = files_find(dir, name);
    if (!file)
        file = new_file(watch, dir, name, path);
    if (!file)
        return;
    file->flags |= FILE_SEEN;
    bool known = (file->flags & FILE_STAT) && !(file->flags & (FILE_NEW | FILE_GONE | FILE_EMPTY));
    if (!known || (file->flags & FILE_RACY) || !look_same_stat(file, info))
        look_touch(watch, dir, file, TOUCH_VERIFY, clock_mono_ns());
}

static void compare_dir(struct watch *watch, struct dir *dir, const char *name, const char *path,
                        bool is_link)
{
    bool named = ignore_is_named(watch->ignore, path);
    if (dir_child(dir, name, strlen(name)) || tree_find(watch, path) || (dir->narrow && !named) ||
        ignore_entry(watch->ignore, dir->ignores, path, true, NULL))
        return;
    if (is_link) {
        char *real = watch->config->watch.follow_symlinks ? fs_real(path) : NULL;
        bool wanted = real && links_wanted(watch, real);
        free(real);
        if (!wanted)
            return;
    }
    (void)watch_top(watch, path, true, false);
}

/* What is in the tree and was not found. */
static void compare_rest(struct watch *watch, struct dir *dir)
{
    for (uint32_t i = 0; i < dir->files_len; i++) {
        struct file *file = &dir->files[i];
        if (!(file->flags & (FILE_SEEN | FILE_GONE)))
            look_touch(watch, dir, file, TOUCH_VERIFY, clock_mono_ns());
        file->flags &= ~(unsigned)FILE_SEEN;
    }
}

static void set_number(struct watch *watch, struct dir *dir, int number)
{
    tree_rewatch(watch, dir, number >= 0 ? number : -1, &watch->scan->numbers);
    watch->polled_len -= dir->polled;
    dir->polled = dir->watch < 0;
    watch->polled_len += dir->polled;
}

/* A directory that is not there, or is there again: true where there is nothing to compare. */
static bool came_or_went(struct watch *watch, struct dir *dir, const struct part *part)
{
    if (!part->readable) {
        if (!dir->missing && part->gone)
            events_dir_gone(watch, dir, clock_mono_ns(), &watch->scan->numbers);
        return true;
    }
    if (!dir->missing)
        return false;
    if (!dir->narrow) {
        (void)watch_top(watch, part->path, true, dir->extra);
        return true;
    }
    struct err err;
    dir->missing = false;
    if (watch->events)
        set_number(watch, dir, file_events_add(watch->events, part->path, &err));
    return false;
}

/* One part, or a piece of it; false where the turn is over. */
static bool compare(struct scan *scan, const struct part *part, uint64_t end_ns)
{
    struct watch *watch = scan->watch;
    struct dir *dir = tree_ref(watch, part->dir);
    if (!dir || (scan->entry == part->first && came_or_went(watch, dir, part)))
        return true;
    if (scan->entry == part->first && part->again && part->number != dir->watch)
        set_number(watch, dir, part->number);
    for (; scan->entry < part->end; scan->entry++) {
        char path[PATH_BYTES_MAX];
        const struct found *found = &scan->found.at[scan->entry];
        const char *name = scan->names.data + found->name;
        if (clock_mono_ns() > end_ns)
            return false;
        if (!dir_path(dir, path, name))
            continue;
        if (found->kind == FS_FILE)
            compare_file(watch, dir, name, path, &found->info);
        else
            compare_dir(watch, dir, name, path, found->is_link);
    }
    compare_rest(watch, dir);
    return true;
}

/* --- one after the other --- */

static void finish(struct watch *watch)
{
    tree_unwatch(watch, &watch->scan->numbers);
    scan_free(watch->scan);
    watch->scan = NULL;
    watch->rounds_done = watch->rounds_begun;
    scan_arm(watch);
    timer_start(watch->more, 0);
}

static void done(void *data)
{
    struct scan *scan = data;
    struct watch *watch = scan->watch;
    scan->working = false;
    if (watch_job_done(watch))
        watch_pump(watch);
}

/* The next directories for the work queue; false where there are none. */
static bool read_more(struct scan *scan)
{
    struct watch *watch = scan->watch;
    for (size_t i = 0; i < scan->parts_len; i++)
        free(scan->parts[i].path);
    scan->parts_len = scan->part = scan->found.len = 0;
    buf_reset(&scan->names);
    while (scan->next < scan->dirs && scan->parts_len < DIRS_MAX) {
        char path[PATH_BYTES_MAX];
        const struct dir *dir = watch->dirs.at[scan->next++];
        if (!dir || !(scan->all || dir->polled) || !dir_path(dir, path, ""))
            continue;
        scan->parts[scan->parts_len++] = (struct part){.path = mem_string(path),
                                                       .dir = {dir->index, dir->id},
                                                       .again = scan->all && dir->watch >= 0};
    }
    if (!scan->parts_len)
        return false;
    scan->entry = 0;
    scan->working = true;
    watch_job(watch, work, done, scan);
    return true;
}

void scan_more(struct watch *watch)
{
    struct scan *scan = watch->scan;
    uint64_t end_ns = clock_mono_ns() + WATCH_TURN_NS;
    if (scan->working)
        return;
    while (scan->part < scan->parts_len) {
        const struct part *part = &scan->parts[scan->part];
        if (!compare(scan, part, end_ns)) {
            timer_start(watch->more, 0);
            return;
        }
        scan->part++;
        scan->entry = part->end;
    }
    /* What was touched is looked at before more is read. */
    if (watch->touched.len)
        timer_start(watch->more, 0);
    else if (!read_more(scan))
        finish(watch);
}

void scan_start(struct watch *watch)
{
    struct scan *scan = mem_new(1, sizeof *scan);
    scan->watch = watch;
    scan->all = watch->scan_all;
    scan->dirs = watch->dirs.len;
    buf_init(&scan->names, NAMES_BYTES_MAX);
    watch->scan = scan;
    watch->scan_all = watch->poll_due = false;
    watch->rounds_begun++;
    timer_stop(watch->poll_timer);
    scan_more(watch);
}

void scan_arm(struct watch *watch)
{
    if (watch->polled_len && !timer_active(watch->poll_timer))
        timer_start(watch->poll_timer, watch->config->watch.poll_interval_ms);
}
