/*
 * From the kernel's events to touched files.
 *
 * An event only marks its file; events_end has every marked file looked at once, so that a save of
 * several events is one change. A file that was written to and not closed is looked at when half a
 * second has passed without another write, or five seconds after the first. A name that comes with
 * its content and without a write is a link.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "watch/state.h"

#define OPEN_LOOK_MS   500
#define OPEN_MAX_NS    (5 * CLOCK_NS_PER_S)
#define OPEN_FILES_MAX 1024

static void overflow(struct watch *watch)
{
    watch->stats.overflows++;
    watch->scan_all = true;
    sync_lost(watch);
    watch_warn(watch,
               "nothing is lost; a larger fs.inotify.max_queued_events avoids the extra work",
               "file events came faster than they could be read: looking at every file again");
}

static void dir_event(struct watch *watch, struct dir *dir, const struct file_event *event)
{
    char path[PATH_BYTES_MAX];
    if (!dir_path(dir, path, event->name) || (dir->narrow && !ignore_is_named(watch->ignore, path)))
        return;
    switch (event->kind) {
    case FILE_CREATED:
    case FILE_MOVED_TO:
        if (!ignore_entry(watch->ignore, dir->ignores, path, true, NULL))
            (void)watch_top(watch, path, true, false);
        break;
    case FILE_DELETED:
    case FILE_MOVED_FROM: {
        struct dir *child = dir_child(dir, event->name, strlen(event->name));
        if (child) {
            look_vanished(watch, child, event->mono_ns);
            tree_drop(watch, child);
        }
        break;
    }
    default:
        break;
    }
}

void events_dir_gone(struct watch *watch, struct dir *dir, uint64_t mono_ns,
                     struct numbers *numbers)
{
    char path[PATH_BYTES_MAX];
    bool root = !dir->parent && !dir->narrow, narrow = dir->narrow, extra = dir->extra;
    size_t len = dir_path(dir, path, "");
    look_vanished(watch, dir, mono_ns);
    tree_unlink(watch, dir);
    tree_forget(watch, dir, numbers);
    dir_free(dir);
    if (root)
        watch_await(watch, path, extra);
    else if (narrow)
        named_add(watch); /* it is looked for from now on */
    else if (len && fs_is_dir(path))
        (void)watch_top(watch, path, true, false); /* another one took its name */
}

static void opened(struct watch *watch, const char *path, struct file *file, uint64_t mono_ns)
{
    if (file->flags & FILE_OPEN) {
        file->flags |= FILE_AGAIN;
        return;
    }
    if (watch->open.len >= OPEN_FILES_MAX)
        return; /* its close is awaited */
    file->flags |= FILE_OPEN;
    vec_push(&watch->open, ((struct open_file){.path = mem_string(path), .first_ns = mono_ns}));
    if (!timer_active(watch->open_timer))
        timer_start(watch->open_timer, OPEN_LOOK_MS);
}

/* The entry of a file that matters, made if it is new; NULL for one that does not. */
static struct file *entry(struct watch *watch, struct dir *dir, const char *name, const char *path)
{
    struct file *file = files_find(dir, name);
    if (file)
        return file;
    if (dir->narrow ? !ignore_is_named(watch->ignore, path)
                    : strcmp(name, ".gitignore") != 0 &&
                          ignore_entry(watch->ignore, dir->ignores, path, false, NULL))
        return NULL;
    file = files_add(dir, name, strlen(name));
    file->flags = FILE_NEW;
    watch->files_len++;
    return file;
}

static void file_event(struct watch *watch, struct dir *dir, const struct file_event *event)
{
    char path[PATH_BYTES_MAX];
    struct file *file = files_find(dir, event->name);
    if (!file && (event->kind == FILE_DELETED || event->kind == FILE_MOVED_FROM)) {
        dir_event(watch, dir, event); /* a link to a directory is none for the kernel */
        return;
    }
    if (!dir_path(dir, path, event->name))
        return;
    file = entry(watch, dir, event->name, path);
    if (!file)
        return;
    switch (event->kind) {
    case FILE_CREATED:
        opened(watch, path, file, event->mono_ns);
        file->flags &= ~(unsigned)FILE_AGAIN;
        look_touch(watch, dir, file, TOUCH_CREATED, event->mono_ns);
        break;
    case FILE_MODIFIED:
        opened(watch, path, file, event->mono_ns);
        break;
    case FILE_WRITTEN:
    case FILE_MOVED_TO:
        file->flags &= ~(unsigned)(FILE_OPEN | FILE_AGAIN);
        look_touch(watch, dir, file, TOUCH_WRITTEN, event->mono_ns);
        break;
    default:
        file->flags &= ~(unsigned)(FILE_OPEN | FILE_AGAIN);
        look_touch(watch, dir, file, TOUCH_GONE, event->mono_ns);
        break;
    }
}

void events_take(void *data, const struct file_event *event)
{
    struct watch *watch = data;
    watch->stats.events++;
    if (event->kind == FILE_OVERFLOW || watch->simulate) {
        watch->simulate = false;
        overflow(watch);
        return;
    }
    if (*event->name && is_cookie(event->name)) {
        if (event->kind == FILE_MOVED_TO)
            sync_seen(watch, event->name);
        return;
    }
    struct dir *dir = tree_of_watch(watch, event->watch);
    if (event->kind == FILE_DIR_GONE) {
        if (event->watch == watch->cookie_watch) {
            watch->cookie_watch = -1;
            sync_lost(watch);
        }
        struct numbers numbers = {0};
        if (dir)
            events_dir_gone(watch, dir, event->mono_ns, &numbers);
        tree_unwatch(watch, &numbers);
    } else if (dir && *event->name) {
        if (event->is_dir)
            dir_event(watch, dir, event);
        else
            file_event(watch, dir, event);
    }
}

void events_end(void *data)
{
    watch_pump(data);
}

void events_open_look(void *data)
{
    struct watch *watch = data;
    uint64_t now = clock_mono_ns();
    size_t kept = 0;
    for (size_t i = 0; i < watch->open.len; i++) {
        struct open_file open = watch->open.at[i];
        char *parent = path_dir(open.path);
        struct dir *dir = tree_find(watch, parent);
        struct file *file = dir ? files_find(dir, path_base(open.path)) : NULL;
        free(parent);
        bool wait = file && (file->flags & FILE_OPEN);
        if (wait && (file->flags & FILE_AGAIN) && now - open.first_ns < OPEN_MAX_NS) {
            file->flags &= ~(unsigned)FILE_AGAIN;
            watch->open.at[kept++] = open;
            continue;
        }
        if (wait) {
            file->flags &= ~(unsigned)(FILE_OPEN | FILE_AGAIN);
            look_touch(watch, dir, file, TOUCH_WRITTEN, open.first_ns);
        }
        free(open.path);
    }
    watch->open.len = kept;
    if (kept)
        timer_start(watch->open_timer, OPEN_LOOK_MS);
    watch_pump(watch);
}
