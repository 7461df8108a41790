#include "build/golang/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "build/golang/source.h"
#include "platform/fs.h"

/* go/build's goodOSArchFile and matchFile, by extension. */
static const char *const EXTENSIONS[] = {"go",  "s",   "S",   "sx",   "c",       "cc",  "cpp",
                                         "cxx", "m",   "h",   "hh",   "hpp",     "hxx", "f",
                                         "F",   "for", "f90", "swig", "swigcxx", "syso"};

bool names_matter(const char *name)
{
    if (name[0] == '_' || name[0] == '.' || source_is_test(name))
        return false;
    const char *extension = path_ext(name);
    for (size_t i = 0; i < sizeof EXTENSIONS / sizeof EXTENSIONS[0]; i++)
        if (strcmp(extension, EXTENSIONS[i]) == 0)
            return true;
    return false;
}

struct comparison {
    const struct strs *known;
    struct strs found;
    char *other;
};

static bool compare(void *data, const char *name, enum fs_kind kind)
{
    struct comparison *comparison = data;
    if (kind == FS_DIR || !names_matter(name))
        return true;
    strs_push(&comparison->found, name);
    if (strs_has(comparison->known, name))
        return true;
    comparison->other = mem_string(name);
    return false;
}

char *names_other(const char *dir, const struct strs *known)
{
    struct comparison comparison = {.known = known};
    struct err err = {0};
    char *path = NULL;
    int result = fs_each(dir, compare, &comparison, &err);
    if (result < 0)
        comparison.other = mem_string("");
    for (size_t i = 0; i < known->len && !comparison.other; i++)
        if (names_matter(known->at[i]) && !strs_has(&comparison.found, known->at[i]))
            comparison.other = mem_string(known->at[i]);
    if (comparison.other)
        path = path_join(dir, comparison.other);
    free(comparison.other);
    strs_fini(&comparison.found);
    return path;
}

struct collection {
    const char *dir;
    bool hidden;
    struct strs names, dirs;
};

static bool collect(void *data, const char *name, enum fs_kind kind)
{
    struct collection *collection = data;
    if (!collection->hidden && (name[0] == '.' || name[0] == '_'))
        return true;
    char *path = path_join(collection->dir, name);
    strs_push(&collection->names, path);
    if (kind == FS_DIR)
        strs_push(&collection->dirs, path);
    free(path);
    return collection->names.len < NAMES_MAX;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

struct digest names_digest(const struct strs *dirs, bool hidden)
{
    struct collection collection = {.hidden = hidden};
    struct err err = {0};
    struct digest_state *state = digest_state_new();
    strs_copy(&collection.dirs, dirs);
    for (size_t i = 0; i < collection.dirs.len; i++) {
        char *dir = mem_string(collection.dirs.at[i]); /* the list grows meanwhile */
        collection.dir = dir;
        (void)fs_each(dir, collect, &collection, &err); /* a missing one has no names */
        free(dir);
    }
    if (collection.names.len)
        qsort(collection.names.at, collection.names.len, sizeof *collection.names.at, by_text);
    STRS_EACH (name, &collection.names)
        digest_state_add(state, *name, strlen(*name) + 1);
    strs_fini(&collection.names);
    strs_fini(&collection.dirs);
    return digest_state_free(state);
}
