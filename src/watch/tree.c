/* Directories: parents and children, watch numbers, paths. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "watch/state.h"

struct dir *dir_new(struct dir *parent, const char *name)
{
    size_t len = strlen(name);
    struct dir *dir = mem_new(1, sizeof *dir + len + 1);
    memcpy(dir->name, name, len);
    dir->parent = parent;
    dir->watch = -1;
    return dir;
}

void dir_free(struct dir *dir)
{
    for (struct dir *child = dir->child; child;) {
        struct dir *next = child->sibling;
        dir_free(child);
        child = next;
    }
    free(dir->files);
    free(dir->names);
    free(dir);
}

/* Puts part before what is at out + at; the new at, or 0 where there is no room. */
static size_t before(char *out, size_t at, const char *part)
{
    size_t len = strlen(part);
    if (at < len + 2)
        return 0;
    if (out[at])
        out[--at] = '/';
    at -= len;
    memcpy(out + at, part, len);
    return at;
}

size_t dir_path(const struct dir *dir, char *out, const char *name)
{
    /* From the end to the front, then moved to the beginning. */
    size_t at = PATH_BYTES_MAX - 1;
    out[at] = '\0';
    if (*name)
        at = before(out, at, name);
    for (; dir && at; dir = dir->parent)
        at = before(out, at, strcmp(dir->name, "/") == 0 ? "" : dir->name);
    if (at == 0)
        return 0;
    if (!out[at])
        out[--at] = '/'; /* the root of the file system */
    size_t len = PATH_BYTES_MAX - 1 - at;
    memmove(out, out + at, len + 1);
    return len;
}

struct dir *dir_child(const struct dir *dir, const char *name, size_t len)
{
    for (struct dir *child = dir->child; child; child = child->sibling)
        if (strncmp(child->name, name, len) == 0 && child->name[len] == '\0')
            return child;
    return NULL;
}

struct dir *dir_descend(struct dir *dir, const char *below)
{
    while (dir && *below) {
        size_t len = strcspn(below, "/");
        dir = dir_child(dir, below, len);
        below += len;
        below += *below == '/';
    }
    return dir;
}

struct dir *tree_find(const struct watch *watch, const char *path)
{
    for (size_t i = 0; i < watch->roots.len; i++) {
        struct dir *root = watch->roots.at[i];
        const char *below = path_below(root->name, path);
        struct dir *dir = below ? dir_descend(root, below) : NULL;
        if (dir)
            return dir;
    }
    return NULL;
}

struct dir *tree_ref(const struct watch *watch, struct dir_ref ref)
{
    struct dir *dir = ref.index < watch->dirs.len ? watch->dirs.at[ref.index] : NULL;
    return dir && dir->id == ref.id ? dir : NULL;
}

/* --- watch numbers --- */

static size_t slot_of(const struct watch *watch, int number)
{
    size_t at = ((uint32_t)number * UINT32_C(2654435761)) & (watch->slots_cap - 1);
    while (watch->slots[at].dir && watch->slots[at].watch != number)
        at = (at + 1) & (watch->slots_cap - 1);
    return at;
}

struct dir *tree_of_watch(const struct watch *watch, int number)
{
    return watch->slots_cap && number >= 0 ? watch->slots[slot_of(watch, number)].dir : NULL;
}

static void slots_grow(struct watch *watch)
{
    struct slot *old = watch->slots;
    size_t old_cap = watch->slots_cap;
    watch->slots_cap = old_cap ? old_cap * 2 : 64;
    watch->slots = mem_new(watch->slots_cap, sizeof *watch->slots);
    for (size_t i = 0; i < old_cap; i++)
        if (old[i].dir)
            watch->slots[slot_of(watch, old[i].watch)] = old[i];
    free(old);
}

static void slot_put(struct watch *watch, struct dir *dir)
{
    if (watch->slots_len * 4 >= watch->slots_cap * 3)
        slots_grow(watch);
    struct slot *slot = &watch->slots[slot_of(watch, dir->watch)];
    if (slot->dir) {
        dir->watch = -1; /* the same directory by another name: the first one reports */
        return;
    }
    *slot = (struct slot){.watch = dir->watch, .dir = dir};
    watch->slots_len++;
}

static void slot_remove(struct watch *watch, int number)
{
    size_t hole = slot_of(watch, number), mask = watch->slots_cap - 1;
    if (!watch->slots[hole].dir)
        return;
    watch->slots_len--;
    /* What follows moves up, so that searches find no gap before what they look for. */
    for (size_t at = (hole + 1) & mask; watch->slots[at].dir; at = (at + 1) & mask) {
        size_t home = ((uint32_t)watch->slots[at].watch * UINT32_C(2654435761)) & mask;
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            watch->slots[hole] = watch->slots[at];
            hole = at;
        }
    }
    watch->slots[hole] = (struct slot){0};
}

void tree_rewatch(struct watch *watch, struct dir *dir, int number, struct numbers *numbers)
{
    if (dir->watch == number)
        return;
    if (dir->watch >= 0) {
        slot_remove(watch, dir->watch);
        vec_push(numbers, dir->watch);
    }
    /* Another directory that had this number was moved to this name: it gets its own when its turn
       comes. */
    struct dir *other = tree_of_watch(watch, number);
    if (other) {
        slot_remove(watch, number);
        other->watch = -1;
    }
    dir->watch = number;
    if (number >= 0)
        slot_put(watch, dir);
}

/* --- into the tree and out of it --- */

void tree_enter(struct watch *watch, struct dir *dir)
{
    dir->index = (uint32_t)watch->dirs.len;
    dir->id = ++watch->next_id;
    vec_push(&watch->dirs, dir);
    if (dir->watch >= 0)
        slot_put(watch, dir);
    watch->dirs_len++;
    watch->files_len += dir->files_len - dir->gone;
    watch->polled_len += dir->polled;
    for (struct dir *child = dir->child; child; child = child->sibling)
        tree_enter(watch, child);
}

void tree_unlink(struct watch *watch, struct dir *dir)
{
    if (dir->parent) {
        for (struct dir **at = &dir->parent->child; *at; at = &(*at)->sibling) {
            if (*at == dir) {
                *at = dir->sibling;
                break;
            }
        }
        return;
    }
    for (size_t i = 0; i < watch->roots.len; i++) {
        if (watch->roots.at[i] == dir) {
            vec_remove(&watch->roots, i);
            break;
        }
    }
}

void tree_forget(struct watch *watch, struct dir *dir, struct numbers *numbers)
{
    watch->dirs.at[dir->index] = NULL;
    watch->dirs_len--;
    watch->files_len -= dir->files_len - dir->gone;
    watch->polled_len -= dir->polled;
    if (dir->watch >= 0) {
        slot_remove(watch, dir->watch);
        vec_push(numbers, dir->watch);
    }
    for (struct dir *child = dir->child; child; child = child->sibling)
        tree_forget(watch, child, numbers);
}

void tree_unwatch(struct watch *watch, struct numbers *numbers)
{
    VEC_EACH (int, number, numbers) {
        if (watch->events && !tree_of_watch(watch, *number) && *number != watch->cookie_watch)
            file_events_remove(watch->events, *number);
    }
    vec_fini(numbers);
}

void tree_drop(struct watch *watch, struct dir *dir)
{
    struct numbers numbers = {0};
    tree_unlink(watch, dir);
    tree_forget(watch, dir, &numbers);
    tree_unwatch(watch, &numbers);
    dir_free(dir);
}

void tree_compact(struct watch *watch)
{
    if (watch->dirs.len < 64 || watch->dirs.len < 2 * watch->dirs_len)
        return;
    uint32_t kept = 0;
    for (size_t i = 0; i < watch->dirs.len; i++) {
        struct dir *dir = watch->dirs.at[i];
        if (!dir)
            continue;
        dir->index = kept;
        watch->dirs.at[kept++] = dir;
    }
    watch->dirs.len = kept;
}

void tree_free(struct watch *watch)
{
    for (size_t i = 0; i < watch->roots.len; i++)
        dir_free(watch->roots.at[i]);
    vec_fini(&watch->roots);
    vec_fini(&watch->dirs);
    free(watch->slots);
}
