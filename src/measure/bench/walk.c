#include "measure/bench/walk.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/vec.h"

struct walk {
    const char *root;
    walk_fn *fn;
    void *data;
    size_t entries;
};

struct entry {
    char *file;
    enum fs_kind kind;
};
struct level { /* the entries of one directory */
    struct walk *walk;
    const char *dir; /* below the root, "" for it */
    VEC(struct entry) entries;
};

static bool take_entry(void *data, const char *name, enum fs_kind kind)
{
    struct level *level = data;
    if (++level->walk->entries > WALK_ENTRIES_MAX)
        return false;
    char *file = *level->dir ? path_join(level->dir, name) : mem_string(name);
    vec_push(&level->entries, ((struct entry){.file = file, .kind = kind}));
    return true;
}

static int walk_dir(struct walk *walk, const char *dir, int depth, struct err *err)
{
    struct level level = {.walk = walk, .dir = dir};
    char *path = *dir ? path_join(walk->root, dir) : mem_string(walk->root);
    int result = fs_each(path, take_entry, &level, err);
    if (result == 0 && (walk->entries > WALK_ENTRIES_MAX || depth > WALK_DEPTH_MAX)) {
        result =
            err_set(err, ERR_CONFIG, "%s has more than %d files", walk->root, WALK_ENTRIES_MAX);
        err_hint(err, "name the directory of the Go module alone with --project");
    }
    VEC_EACH (struct entry, entry, &level.entries) {
        if (result == 0) {
            int told = walk->fn(walk->data, entry->file, entry->kind, err);
            result = told < 0 ? told : 0;
            if (told == WALK_ON && entry->kind == FS_DIR)
                result = walk_dir(walk, entry->file, depth + 1, err);
        }
        free(entry->file);
    }
    vec_fini(&level.entries);
    free(path);
    return result;
}

int bench_walk(const char *root, walk_fn *fn, void *data, struct err *err)
{
    struct walk walk = {.root = root, .fn = fn, .data = data};
    return walk_dir(&walk, "", 0, err);
}
