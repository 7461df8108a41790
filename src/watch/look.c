/*
 * Did a file really change? Touched files are looked at in order, a few milliseconds at a time:
 * stat(2), then the digest, on the loop for small files and on the work queue for large ones.
 *
 * A file that vanishes or becomes empty is told as a soft change. Its digest is kept: when it is
 * back within WATCH_RETURN_NS with the old content, nothing has happened, and settle, which waits
 * as long, drops the soft change.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "watch/state.h"

#define LARGE_MAX 64 /* digests of large files at a time; more count unseen */

void look_touch(struct watch *watch, struct dir *dir, struct file *file, unsigned why,
                uint64_t mono_ns)
{
    if (why != TOUCH_VERIFY)
        file->flags &= ~(unsigned)TOUCH_MASK;
    if (!(file->flags & TOUCH_MASK))
        file->flags |= why;
    if (file->flags & FILE_PENDING)
        return;
    file->flags |= FILE_PENDING;
    vec_push(
        &watch->touched,
        ((struct touched){.dir = {dir->index, dir->id}, .name = file->name, .mono_ns = mono_ns}));
}

void look_set_stat(struct file *file, const struct fs_info *info)
{
    uint64_t now = clock_wall_ns();
    file->mtime_ns = info->mtime_ns;
    file->size = (uint32_t)info->size_bytes;
    file->inode = (uint32_t)info->inode;
    file->flags |= FILE_STAT;
    file->flags &= ~(unsigned)FILE_RACY;
    if (info->mtime_ns + WATCH_RACY_NS > now)
        file->flags |= FILE_RACY;
}

bool look_same_stat(const struct file *file, const struct fs_info *info)
{
    return (file->flags & FILE_STAT) && file->mtime_ns == info->mtime_ns &&
           file->size == (uint32_t)info->size_bytes && file->inode == (uint32_t)info->inode;
}

static void forget(struct watch *watch, struct dir *dir, struct file *file)
{
    watch->files_len -= !(file->flags & FILE_GONE);
    files_remove(dir, file);
}

static void vanished(struct watch *watch, struct dir *dir, struct file *file, const char *path,
                     uint64_t mono_ns)
{
    if (file->flags & FILE_NEW) {
        forget(watch, dir, file);
        return;
    }
    if (file->flags & FILE_GONE)
        return;
    file->flags |= FILE_GONE;
    file->flags &= ~(unsigned)(FILE_STAT | FILE_RACY | FILE_EMPTY);
    file->mtime_ns = clock_mono_ns();
    dir->gone++;
    watch->files_len--;
    watch_tell(watch, path, CHANGE_DELETED, mono_ns, true);
}

/* What was read about a file, against what is known of it. */
static void judge(struct watch *watch, struct dir *dir, struct file *file, const char *path,
                  const struct fs_info *info, const struct digest *digest, bool racy,
                  uint64_t mono_ns)
{
    bool is_new = file->flags & FILE_NEW, gone = file->flags & FILE_GONE;
    bool away = file->flags & (FILE_GONE | FILE_EMPTY);
    uint64_t away_ns = away ? clock_mono_ns() - file->mtime_ns : 0;
    uint64_t half = digest ? digest->low : 0;
    bool equal = digest && (file->flags & FILE_DIGEST) && file->digest == half &&
                 (watch->config->watch.skip_unchanged || racy);
    bool emptied =
        !is_new && !gone && info->size_bytes == 0 && (file->flags & FILE_STAT) && file->size > 0;
    if ((file->flags & FILE_EMPTY) && info->size_bytes == 0)
        return; /* told already */
    dir->gone -= gone;
    watch->files_len += gone;
    file->flags &= ~(unsigned)(FILE_NEW | FILE_GONE | FILE_EMPTY);
    if (emptied && !equal) {
        file->flags |= FILE_EMPTY;
        file->flags &= ~(unsigned)(FILE_STAT | FILE_RACY);
        file->mtime_ns = clock_mono_ns();
        watch_tell(watch, path, CHANGE_WRITTEN, mono_ns, true);
        return;
    }
    look_set_stat(file, info);
    file->digest = half;
    file->flags = digest ? file->flags | FILE_DIGEST : file->flags & ~(unsigned)FILE_DIGEST;
    if (equal && !is_new && (!away || away_ns < WATCH_RETURN_NS))
        return;
    bool created = is_new || (gone && away_ns > CLOCK_NS_PER_S);
    watch_tell(watch, path, created ? CHANGE_CREATED : CHANGE_WRITTEN, mono_ns, false);
}

/* --- large files --- */

struct large {
    struct watch *watch;
    char *path;
    struct fs_info info;
    struct digest digest;
    bool failed, racy;
    uint64_t mono_ns;
};

static void large_work(void *data)
{
    struct large *large = data;
    struct err err;
    large->info = fs_stat(large->path, true);
    large->failed = fs_digest(large->path, &large->digest, &err) != 0;
}

static void large_done(void *data)
{
    struct large *large = data;
    struct watch *watch = large->watch;
    watch->large--;
    if (watch_job_done(watch)) {
        char *parent = path_dir(large->path);
        struct dir *dir = tree_find(watch, parent);
        struct file *file = dir ? files_find(dir, path_base(large->path)) : NULL;
        free(parent);
        if (file && large->info.kind == FS_FILE)
            judge(watch, dir, file, large->path, &large->info,
                  large->failed ? NULL : &large->digest, large->racy, large->mono_ns);
        watch_pump(watch);
    }
    free(large->path);
    free(large);
}

static void look_large(struct watch *watch, const char *path, bool racy, uint64_t mono_ns)
{
    struct large *large = mem_new(1, sizeof *large);
    *large =
        (struct large){.watch = watch, .path = mem_string(path), .racy = racy, .mono_ns = mono_ns};
    watch->large++;
    watch_job(watch, large_work, large_done, large);
}

/* --- one file --- */

/* For a file that a scan or a walk found: is there anything to be done? */
static bool verify(struct watch *watch, struct file *file, const struct fs_info *info, bool *racy)
{
    if (file->flags & (FILE_NEW | FILE_GONE | FILE_EMPTY))
        return true;
    if (!(file->flags & FILE_STAT) &&
        ((file->flags & FILE_FIRST) || info->mtime_ns + WATCH_RACY_NS < watch->start_wall_ns)) {
        look_set_stat(file, info); /* nothing was known, and it is older than the watch */
        return false;
    }
    if (!look_same_stat(file, info))
        return true;
    *racy = true;
    if ((file->flags & FILE_RACY) && !(file->flags & FILE_DIGEST))
        look_set_stat(file, info);
    return (file->flags & (FILE_RACY | FILE_DIGEST)) == (FILE_RACY | FILE_DIGEST);
}

static void look(struct watch *watch, struct dir *dir, struct file *file, uint64_t mono_ns)
{
    char path[PATH_BYTES_MAX];
    unsigned why = file->flags & TOUCH_MASK;
    bool racy = false;
    struct digest digest;
    struct err err;
    file->flags &= ~(unsigned)(TOUCH_MASK | FILE_PENDING);
    if (!dir_path(dir, path, file_name(dir, file)))
        return;
    struct fs_info info = fs_stat(path, true);
    if (info.kind == FS_DIR) { /* a link to a directory, or a directory in a file's place */
        forget(watch, dir, file);
        if (!dir->narrow && !ignore_entry(watch->ignore, dir->ignores, path, true, NULL))
            (void)watch_top(watch, path, true, false);
        return;
    }
    if (strcmp(file_name(dir, file), ".gitignore") == 0) {
        /* It may have been written between the reading of its rules and the stat after that. */
        bool again = (why & TOUCH_WRITTEN) && (file->flags & FILE_RACY);
        if (look_same_stat(file, &info) && !again)
            return;
        watch->rewalk = true;
        if (info.kind != FS_FILE)
            forget(watch, dir, file);
        return;
    }
    if (info.kind != FS_FILE) {
        vanished(watch, dir, file, path, mono_ns);
        return;
    }
    if (why & TOUCH_GONE)
        return; /* it is back; that it was written is still to come */
    if ((why & TOUCH_CREATED) && ((file->flags & FILE_AGAIN) || info.size_bytes == 0))
        return; /* who wrote it has not closed it yet */
    if ((why & TOUCH_VERIFY) && !verify(watch, file, &info, &racy))
        return;
    if (info.size_bytes > WATCH_INLINE_MAX_BYTES && watch->large < LARGE_MAX) {
        look_large(watch, path, racy, mono_ns);
        return;
    }
    bool read = info.size_bytes <= WATCH_INLINE_MAX_BYTES && fs_digest(path, &digest, &err) == 0;
    judge(watch, dir, file, path, &info, read ? &digest : NULL, racy, mono_ns);
}

bool look_some(struct watch *watch)
{
    uint64_t end = clock_mono_ns() + WATCH_TURN_NS;
    while (watch->touched_done < watch->touched.len) {
        struct touched touched = watch->touched.at[watch->touched_done++];
        struct dir *dir = tree_ref(watch, touched.dir);
        struct file *file = dir ? files_find(dir, dir->names + touched.name) : NULL;
        if (file && (file->flags & FILE_PENDING))
            look(watch, dir, file, touched.mono_ns);
        if (clock_mono_ns() > end)
            break;
    }
    if (watch->touched_done < watch->touched.len)
        return false;
    for (size_t i = 0; i < watch->touched.len; i++) {
        struct dir *dir = tree_ref(watch, watch->touched.at[i].dir);
        if (dir)
            files_compact(dir);
    }
    watch->touched_done = watch->touched.len = 0;
    if (watch->touched.cap > 1024)
        vec_fini(&watch->touched);
    return true;
}

void look_vanished(struct watch *watch, struct dir *dir, uint64_t mono_ns)
{
    char path[PATH_BYTES_MAX];
    for (uint32_t i = dir->files_len; i-- > 0;) {
        struct file *file = &dir->files[i];
        if (dir_path(dir, path, file_name(dir, file)))
            vanished(watch, dir, file, path, mono_ns);
    }
    for (struct dir *child = dir->child; child; child = child->sibling)
        look_vanished(watch, child, mono_ns);
}
