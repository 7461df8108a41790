/*
 * Puts what was walked into the tree. What was known of a file is carried over; where the walk is
 * news (a directory came), files that were not there before are touched, and so are the others,
 * as a watch may have begun after they were written.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "watch/state.h"

/* --- what is known of files --- */

static void carry_file(const struct file *old, struct file *file)
{
    uint32_t name = file->name;
    bool newer = (file->flags & FILE_STAT) && !(old->flags & FILE_STAT);
    struct file kept = *file;
    *file = *old;
    file->name = name;
    if (newer && !(old->flags & (FILE_GONE | FILE_EMPTY))) {
        file->mtime_ns = kept.mtime_ns;
        file->size = kept.size;
        file->inode = kept.inode;
        file->flags |= kept.flags & (FILE_STAT | FILE_RACY);
    }
    file->flags |= FILE_SEEN;
}

/* From old (or NULL) to dir; what was not there before gets the flags unseen. TOUCH_VERIFY stands
   for what is to be touched once dir is entered. */
static void carry(struct dir *old, struct dir *dir, unsigned unseen)
{
    bool report = unseen & FILE_NEW;
    for (uint32_t i = 0; old && i < old->files_len; i++) {
        const char *name = file_name(old, &old->files[i]);
        struct file *file = files_find(dir, name);
        if (!file && report)
            file = files_add(dir, name, strlen(name)); /* gone: that is told when it is looked at */
        if (!file)
            continue;
        /* A stat of .gitignore is of when its rules were read. */
        if (strcmp(name, ".gitignore") == 0)
            file->flags |= FILE_SEEN;
        else
            carry_file(&old->files[i], file);
    }
    dir->gone = 0;
    for (uint32_t i = 0; i < dir->files_len; i++) {
        struct file *file = &dir->files[i];
        if (!(file->flags & FILE_SEEN))
            file->flags |= unseen;
        if (report && !(file->flags & TOUCH_MASK))
            file->flags |= TOUCH_VERIFY;
        file->flags &= ~(unsigned)FILE_SEEN;
        dir->gone += (file->flags & FILE_GONE) != 0;
    }
    for (struct dir *child = dir->child; child; child = child->sibling)
        carry(old ? dir_child(old, child->name, strlen(child->name)) : NULL, child, unseen);
}

/* Tells of the files in directories of old that dir has not. */
static void tell_lost(struct watch *watch, struct dir *old, const struct dir *dir, uint64_t mono_ns)
{
    for (struct dir *child = old->child; child; child = child->sibling) {
        const struct dir *now = dir_child(dir, child->name, strlen(child->name));
        if (now)
            tell_lost(watch, child, now, mono_ns);
        else
            look_vanished(watch, child, mono_ns);
    }
}

static void touch(struct watch *watch, struct dir *dir, uint64_t mono_ns)
{
    for (uint32_t i = 0; i < dir->files_len; i++) {
        struct file *file = &dir->files[i];
        unsigned why = file->flags & TOUCH_MASK;
        file->flags &= ~(unsigned)(TOUCH_MASK | FILE_PENDING);
        if (why)
            look_touch(watch, dir, file, why, mono_ns);
    }
    for (struct dir *child = dir->child; child; child = child->sibling)
        touch(watch, child, mono_ns);
}

/* --- its place --- */

/* The same directory with the last part of its path as name, below parent. */
static struct dir *as_child(struct dir *top, struct dir *parent)
{
    struct dir *dir = dir_new(parent, path_base(top->name));
    size_t name_at = offsetof(struct dir, name);
    struct dir blank = *dir;
    memcpy(dir, top, name_at);
    dir->parent = blank.parent;
    dir->sibling = parent->child;
    parent->child = dir;
    for (struct dir *child = dir->child; child; child = child->sibling)
        child->parent = dir;
    free(top);
    return dir;
}

static void take_out(struct watch *watch, struct dir *dir, struct numbers *numbers)
{
    tree_unlink(watch, dir);
    tree_forget(watch, dir, numbers);
}

/* Roots below path that dir has by now as well; the narrow ones come back if they are needed. */
static void absorb_roots(struct watch *watch, const char *path, struct dir *dir,
                         struct numbers *numbers)
{
    for (size_t i = watch->roots.len; i-- > 0;) {
        struct dir *root = watch->roots.at[i];
        const char *below = path_below(path, root->name);
        struct dir *twin = below && *below ? dir_descend(dir, below) : NULL;
        if (!twin)
            continue;
        carry(root, twin, 0);
        take_out(watch, root, numbers);
        dir_free(root);
    }
}

static void not_there(struct watch *watch, const struct walked *walked, struct dir *old)
{
    const struct top *top = &walked->top;
    if (old && old->missing)
        return;
    if (old && !old->narrow) {
        look_vanished(watch, old, top->mono_ns);
        tree_drop(watch, old);
    }
    if (walked->root)
        watch_await(watch, top->path, top->extra);
}

/* The directory of the tree that this one belongs into, or NULL. */
static struct dir *parent_of(const struct watch *watch, const struct top *top)
{
    char *above = path_dir(top->path);
    struct dir *parent = NULL;
    if (!top->extra && strcmp(above, top->path) != 0)
        parent = tree_find(watch, above);
    free(above);
    return parent && !parent->narrow && !parent->missing ? parent : NULL;
}

static void collect_watches(const struct dir *dir, struct numbers *numbers)
{
    if (dir->watch >= 0)
        vec_push(numbers, dir->watch);
    for (const struct dir *child = dir->child; child; child = child->sibling)
        collect_watches(child, numbers);
}

/* Is there a place for it still? Things change while a walk runs. */
static bool is_wanted(const struct watch *watch, const struct walked *walked)
{
    if (walked->top.extra)
        return strs_has(&watch->extra, walked->top.path);
    return walked->root || parent_of(watch, &walked->top);
}

void graft(struct watch *watch, struct walked *walked, struct numbers *numbers)
{
    const struct top *top = &walked->top;
    struct dir *dir = walked->dir, *old = tree_find(watch, top->path);
    if (!is_wanted(watch, walked)) {
        if (dir)
            collect_watches(dir, numbers);
        return;
    }
    walked->dir = NULL;
    if (!dir) {
        not_there(watch, walked, old);
        return;
    }
    if (old) {
        if (top->report)
            tell_lost(watch, old, dir, top->mono_ns);
        take_out(watch, old, numbers);
    }
    /* What comes into sight by other rules, or with another module, is as it was. */
    unsigned unseen = top->report ? FILE_NEW : watch->ready ? FILE_FIRST : 0;
    if (old || unseen)
        carry(old, dir, unseen);
    absorb_roots(watch, top->path, dir, numbers);
    dir->extra = top->extra;
    struct dir *parent = parent_of(watch, top);
    if (parent)
        dir = as_child(dir, parent);
    else
        vec_push(&watch->roots, dir);
    tree_enter(watch, dir);
    touch(watch, dir, top->mono_ns);
    if (old)
        dir_free(old);
}
