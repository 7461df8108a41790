/* The files of one directory: a sorted array, and their names in one piece of memory. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "watch/state.h"

/* The index of name, or where it belongs. */
static uint32_t search(const struct dir *dir, const char *name, bool *found)
{
    uint32_t low = 0, high = dir->files_len;
    *found = false;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(file_name(dir, &dir->files[middle]), name);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct file *files_find(const struct dir *dir, const char *name)
{
    bool found;
    uint32_t at = search(dir, name, &found);
    return found ? &dir->files[at] : NULL;
}

static uint32_t add_name(struct dir *dir, const char *name, size_t len)
{
    if (dir->names_len + len + 1 > dir->names_cap) {
        dir->names_cap = (dir->names_cap ? dir->names_cap * 2 : 64) + (uint32_t)len;
        dir->names = mem_resize(dir->names, dir->names_cap, 1);
    }
    uint32_t at = dir->names_len;
    memcpy(dir->names + at, name, len);
    dir->names[at + len] = '\0';
    dir->names_len += (uint32_t)len + 1;
    return at;
}

static void make_room(struct dir *dir)
{
    if (dir->files_len < dir->files_cap)
        return;
    dir->files_cap = dir->files_cap ? dir->files_cap * 2 : 4;
    dir->files = mem_resize(dir->files, dir->files_cap, sizeof *dir->files);
}

struct file *files_add(struct dir *dir, const char *name, size_t len)
{
    bool found;
    uint32_t at = search(dir, name, &found);
    make_room(dir);
    memmove(&dir->files[at + 1], &dir->files[at], (dir->files_len - at) * sizeof *dir->files);
    dir->files_len++;
    dir->files[at] = (struct file){.name = add_name(dir, name, len)};
    return &dir->files[at];
}

void files_append(struct dir *dir, const char *name, size_t len)
{
    make_room(dir);
    uint32_t offset = add_name(dir, name, len);
    dir->files[dir->files_len++] = (struct file){.name = offset};
}

static int by_name(const void *a, const void *b, void *names)
{
    const char *text = names;
    return strcmp(text + ((const struct file *)a)->name, text + ((const struct file *)b)->name);
}

void files_sort(struct dir *dir)
{
    if (dir->files_len > 1)
        qsort_r(dir->files, dir->files_len, sizeof *dir->files, by_name, dir->names);
}

void files_remove(struct dir *dir, struct file *file)
{
    uint32_t at = (uint32_t)(file - dir->files);
    dir->garbage += (uint32_t)strlen(file_name(dir, file)) + 1;
    dir->gone -= (file->flags & FILE_GONE) != 0;
    dir->files_len--;
    memmove(file, file + 1, (dir->files_len - at) * sizeof *file);
}

void files_fit(struct dir *dir)
{
    if (dir->files_len < dir->files_cap) {
        dir->files_cap = dir->files_len;
        dir->files = mem_resize(dir->files, dir->files_cap, sizeof *dir->files);
    }
    if (dir->names_len < dir->names_cap) {
        dir->names_cap = dir->names_len;
        dir->names = mem_resize(dir->names, dir->names_cap, 1);
    }
}

void files_compact(struct dir *dir)
{
    /* Names that came and went, and files that never came back, must not add up. */
    if (dir->gone > 64) {
        for (uint32_t i = dir->files_len; i-- > 0;)
            if (dir->files[i].flags & FILE_GONE)
                files_remove(dir, &dir->files[i]);
    }
    if (dir->garbage < 256 || dir->garbage < dir->names_len / 2)
        return;
    char *old = dir->names;
    dir->names = NULL;
    dir->names_len = dir->names_cap = dir->garbage = 0;
    for (uint32_t i = 0; i < dir->files_len; i++) {
        const char *name = old + dir->files[i].name;
        dir->files[i].name = add_name(dir, name, strlen(name));
    }
    free(old);
}
