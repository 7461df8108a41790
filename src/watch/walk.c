/*
 * Reads directories anew, on the work queue: first the kernel's watch, then the names, so that what
 * comes in between is seen twice rather than never. What was read goes into the tree on the loop.
 *
 * Files are not looked at, except where there will be no events: their state of now is what the
 * first poll is compared with.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "watch/state.h"

#define NAMES_BYTES_MAX ((size_t)256 << 20) /* of one directory */
#define IGNORES_MAX     1024                /* read since all rules were read anew */

/* One name of the directory that is being read. */
struct listed {
    uint32_t name; /* in walk->names */
    enum fs_kind kind;
};

struct walk {
    struct watch *watch; /* the work queue reads config and adds to events, nothing else */
    struct ignore *ignore;
    bool anew; /* with ignore rules of its own, which replace the old ones */
    VEC(struct walked) tops;
    VEC(struct dir *) stack; /* still to be read */
    VEC(struct listed) list;
    struct buf names;
    bool has_ignores;       /* a .gitignore is among them */
    VEC(struct link) links; /* to directories */
    bool report;            /* of the top directory that is being walked */
    size_t dirs, files, ignores;
    bool many, full;
    struct err full_err;
    const char *no_events; /* the first file system without events, and where it is */
    char no_events_dir[PATH_BYTES_MAX];
};

/* --- on the work queue --- */

static void watch_dir(struct walk *walk, struct dir *dir, const char *path)
{
    const struct watch *watch = walk->watch;
    dir->polled = true;
    if (!watch->events)
        return;
    const char *no_events =
        watch->config->watch.backend == WATCH_AUTO ? file_events_missing(path) : NULL;
    if (no_events) {
        if (!walk->no_events)
            (void)snprintf(walk->no_events_dir, sizeof walk->no_events_dir, "%s", path);
        walk->no_events = no_events;
        return;
    }
    /* A directory that is watched already gets its number at the limit, too. */
    if (walk->full && !walk->anew)
        return;
    struct err err;
    int number = file_events_add(watch->events, path, &err);
    if (number >= 0) {
        dir->watch = number;
        dir->polled = false;
    } else if (number == FILE_EVENTS_FULL) {
        walk->full = true;
        walk->full_err = err;
    }
}

static bool list(void *data, const char *name, enum fs_kind kind)
{
    struct walk *walk = data;
    struct listed listed = {.name = (uint32_t)walk->names.len, .kind = kind};
    if (buf_append(&walk->names, name, strlen(name) + 1) != 0)
        return false;
    walk->has_ignores |= kind == FS_FILE && strcmp(name, ".gitignore") == 0;
    vec_push(&walk->list, listed);
    return true;
}

static void note_link(struct walk *walk, const char *path)
{
    char *real = fs_real(path);
    if (!real || walk->links.len >= WATCH_LINKS_MAX) {
        free(real);
        return;
    }
    vec_push(&walk->links, ((struct link){mem_string(path), real, walk->report}));
}

static void add_dir(struct walk *walk, struct dir *dir, const char *name)
{
    if (walk->dirs >= WATCH_DIRS_MAX) {
        walk->many = true;
        return;
    }
    struct dir *child = dir_new(dir, name);
    child->ignores = dir->ignores;
    child->sibling = dir->child;
    dir->child = child;
    walk->dirs++;
    vec_push(&walk->stack, child);
}

static void add_file(struct walk *walk, struct dir *dir, const char *path, const char *name,
                     bool is_ignores)
{
    if (walk->files >= WATCH_FILES_MAX) {
        walk->many = true;
        return;
    }
    files_append(dir, name, strlen(name));
    walk->files++;
    if (!dir->polled && !is_ignores)
        return;
    struct fs_info info = fs_stat(path, true);
    /* What was written since the watch began may be younger than what is being built. */
    if (info.kind == FS_FILE && (is_ignores || info.mtime_ns < walk->watch->start_wall_ns))
        look_set_stat(&dir->files[dir->files_len - 1], &info);
}

static void take_entry(struct walk *walk, struct dir *dir, const char *path, const char *name,
                       enum fs_kind kind)
{
    bool is_link = kind == FS_LINK;
    if (is_link)
        kind = fs_stat(path, true).kind;
    if (kind != FS_FILE && kind != FS_DIR)
        return;
    bool is_ignores = kind == FS_FILE && strcmp(name, ".gitignore") == 0;
    if (!is_ignores && ignore_entry(walk->ignore, dir->ignores, path, kind == FS_DIR, NULL))
        return;
    if (kind == FS_FILE)
        add_file(walk, dir, path, name, is_ignores);
    else if (!is_link)
        add_dir(walk, dir, name);
    else if (walk->watch->config->watch.follow_symlinks)
        note_link(walk, path);
}

static bool too_deep(const struct dir *dir)
{
    int depth = 0;
    for (; dir; dir = dir->parent)
        depth++;
    return depth > WATCH_DEPTH_MAX;
}

/* False where the directory cannot be read. */
static bool read_dir(struct walk *walk, struct dir *dir)
{
    char path[PATH_BYTES_MAX];
    struct err err;
    size_t len = dir_path(dir, path, "");
    if (!len || too_deep(dir))
        return false;
    walk->list.len = 0;
    buf_reset(&walk->names);
    walk->has_ignores = false;
    watch_dir(walk, dir, path);
    if (fs_each(path, list, walk, &err) != 0)
        return false;
    dir->ignores = ignore_enter(walk->ignore, dir->ignores, path, walk->has_ignores);
    walk->ignores += walk->has_ignores;
    len -= len == 1; /* "/" */
    path[len] = '/';
    VEC_EACH (struct listed, listed, &walk->list) {
        const char *name = walk->names.data + listed->name;
        size_t name_len = strlen(name);
        if (len + 1 + name_len >= sizeof path)
            continue;
        memcpy(path + len + 1, name, name_len + 1);
        take_entry(walk, dir, path, path + len + 1, listed->kind);
    }
    files_sort(dir);
    files_fit(dir);
    return true;
}

static void walk_top(struct walk *walk, struct walked *walked)
{
    const char *path = walked->top.path;
    walk->report = walked->top.report;
    if (!walked->root && !walked->top.linked && fs_stat(path, false).kind == FS_LINK) {
        if (walk->watch->config->watch.follow_symlinks && fs_is_dir(path))
            note_link(walk, path);
        return;
    }
    if (!fs_is_dir(path))
        return;
    struct dir *top = walked->dir = dir_new(NULL, path);
    top->ignores = walked->root ? ignore_above(walk->ignore, path) : walked->above;
    walk->dirs++;
    vec_push(&walk->stack, top);
    while (walk->stack.len) {
        struct dir *dir = walk->stack.at[--walk->stack.len];
        if (read_dir(walk, dir))
            continue;
        /* Gone meanwhile, or not ours to read. */
        if (dir == top)
            walked->dir = NULL;
        else
            tree_unlink(walk->watch, dir);
        dir_free(dir);
    }
}

static void walk_work(void *data)
{
    struct walk *walk = data;
    VEC_EACH (struct walked, walked, &walk->tops)
        walk_top(walk, walked);
}

/* --- on the loop --- */

static void walk_free(struct walk *walk)
{
    VEC_EACH (struct walked, walked, &walk->tops) {
        free(walked->top.path);
        if (walked->dir)
            dir_free(walked->dir);
    }
    vec_fini(&walk->tops);
    VEC_EACH (struct link, link, &walk->links) {
        free(link->path);
        free(link->real);
    }
    vec_fini(&walk->links);
    vec_fini(&walk->stack);
    vec_fini(&walk->list);
    buf_fini(&walk->names);
    if (walk->anew)
        ignore_free(walk->ignore);
    free(walk);
}

static void warn(struct watch *watch, const struct walk *walk)
{
    if (walk->no_events && !watch->told_missing) {
        watch->told_missing = true;
        watch_warn(watch, "keep the sources on a disk of this system for reloads at once",
                   "%s is on %s, which delivers no events: it is looked at every %u ms",
                   walk->no_events_dir, walk->no_events,
                   (unsigned)watch->config->watch.poll_interval_ms);
    }
    if (walk->full && !watch->told_full) {
        watch->told_full = true;
        watch_warn(watch, walk->full_err.hint, "%s: the rest is looked at every %u ms",
                   walk->full_err.message, (unsigned)watch->config->watch.poll_interval_ms);
    }
    if (walk->many && !watch->told_many) {
        watch->told_many = true;
        watch_warn(watch, "leave out what does not matter: [watch] exclude",
                   "there are more than %zu directories or %zu files: the rest is not watched",
                   WATCH_DIRS_MAX, WATCH_FILES_MAX);
    }
}

static void ready(struct watch *watch)
{
    watch->ready = true;
    if (watch->report.fresh)
        watch->start_wall_ns = clock_wall_ns() + WATCH_RACY_NS;
    watch->stats.ready_ns = clock_mono_ns() - watch->start_mono_ns;
    watch->report.on_ready(watch->report.data);
}

/* The rules that dir and what is below it were made with are about to go. */
static void forget_rules(struct dir *dir)
{
    dir->ignores = NULL;
    for (struct dir *child = dir->child; child; child = child->sibling)
        forget_rules(child);
}

/* Puts the new rules in force; gives the old ones, to be freed once the old directories are gone.
 */
static struct ignore *replace_rules(struct watch *watch, struct walk *walk)
{
    struct ignore *old = watch->ignore;
    watch->ignore = walk->ignore;
    watch->ignores_len = 0;
    watch->rewalk = false;
    walk->anew = false;
    walk->ignores = 0;
    links_fini(watch);
    for (size_t i = 0; i < watch->roots.len; i++)
        forget_rules(watch->roots.at[i]);
    return old;
}

static void walk_done(void *data)
{
    struct walk *walk = data;
    struct watch *watch = walk->watch;
    struct numbers numbers = {0};
    if (!watch_job_done(watch)) {
        walk_free(walk);
        return;
    }
    watch->walk = NULL;
    struct ignore *old = walk->anew ? replace_rules(watch, walk) : NULL;
    VEC_EACH (struct walked, walked, &walk->tops)
        graft(watch, walked, &numbers);
    tree_unwatch(watch, &numbers);
    ignore_free(old);
    VEC_EACH (struct link, link, &walk->links)
        links_follow(watch, link);
    named_add(watch);
    warn(watch, walk);
    /* Rules of directories that come and go must not add up. */
    watch->ignores_len += watch->ready ? walk->ignores : 0;
    watch->rewalk |= watch->ignores_len > IGNORES_MAX;
    walk_free(walk);
    if (watch->events)
        file_events_hold(watch->events, false);
    digests_again(watch);
    scan_arm(watch);
    if (!watch->ready && !watch->tops.len)
        ready(watch);
    watch_pump(watch);
}

static bool is_root(const struct watch *watch, const struct top *top)
{
    const struct config *config = watch->config;
    return top->extra || strs_has(&config->watch.paths, top->path) ||
           (!config->watch.paths.len && strcmp(config->root, top->path) == 0);
}

void walk_start(struct watch *watch, bool anew)
{
    struct walk *walk = mem_new(1, sizeof *walk);
    walk->watch = watch;
    walk->anew = anew;
    walk->ignore = walk->anew ? ignore_new(watch->config) : watch->ignore;
    walk->dirs = walk->anew ? 0 : watch->dirs_len;
    walk->files = walk->anew ? 0 : watch->files_len;
    buf_init(&walk->names, NAMES_BYTES_MAX);
    VEC_EACH (struct top, top, &watch->tops) {
        char *above = path_dir(top->path);
        const struct dir *dir = tree_find(watch, above);
        struct walked walked = {.top = *top, .root = is_root(watch, top)};
        walked.above = dir && !walked.root ? dir->ignores : NULL;
        vec_push(&walk->tops, walked);
        free(above);
    }
    vec_fini(&watch->tops);
    watch->walk = walk;
    if (watch->events)
        file_events_hold(watch->events, true);
    watch_job(watch, walk_work, walk_done, walk);
}
