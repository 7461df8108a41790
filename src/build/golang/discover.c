#include "build/golang/discover.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "build/golang/constraint.h"
#include "build/golang/gomod.h"
#include "build/golang/source.h"
#include "platform/fs.h"

#define DIRS_MAX         10000
#define DEPTH_MAX        64
#define NAMED_MAX        8 /* main packages in a message */
#define GO_MOD_BYTES_MAX ((size_t)1 << 20)

struct search {
    const char *root;
    struct build_tags tags;
    struct strs modules; /* those of go.work, absolute */
    struct strs *mains;
    size_t dirs;
};

/* The entries of one directory that matter. */
struct entries {
    struct strs files, dirs;
    bool has_go_mod;
};

static bool is_skipped(const char *name)
{
    return *name == '.' || *name == '_' || strcmp(name, "vendor") == 0 ||
           strcmp(name, "testdata") == 0 || strcmp(name, "node_modules") == 0;
}

static bool is_go_source(const char *name)
{
    return path_ends(name, ".go") && strcmp(name, ".go") != 0 && !source_is_test(name);
}

static bool take_entry(void *data, const char *name, enum fs_kind kind)
{
    struct entries *entries = data;
    if (kind == FS_DIR && !is_skipped(name))
        strs_push(&entries->dirs, name);
    else if (kind != FS_DIR && strcmp(name, "go.mod") == 0)
        entries->has_go_mod = true;
    else if (kind != FS_DIR && is_go_source(name))
        strs_push(&entries->files, name);
    return true;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(struct strs *list)
{
    if (list->len > 1)
        qsort(list->at, list->len, sizeof *list->at, compare);
}

/* All files of a package that are built name the same package: the first one decides. */
static bool is_main(const struct search *search, const char *dir, const struct strs *files)
{
    bool decided = false, is = false;
    for (size_t i = 0; i < files->len && !decided; i++) {
        struct buf text = BUF_INIT(SOURCE_BYTES_MAX);
        struct err ignored;
        char *path = path_join(dir, files->at[i]);
        if (constraint_name_fits(&search->tags, files->at[i]) &&
            fs_read(path, &text, &ignored) == 0 &&
            constraint_fits(&search->tags, files->at[i], buf_text(&text), text.len)) {
            decided = source_has_package(buf_text(&text), text.len);
            is = source_is_package(buf_text(&text), text.len, "main");
        }
        free(path);
        buf_fini(&text);
    }
    return is;
}

/* dir is relative to root; "." is root itself. */
static void walk(struct search *search, const char *dir, int depth)
{
    struct entries entries = {0};
    struct err ignored;
    if (search->dirs >= DIRS_MAX || depth > DEPTH_MAX)
        return;
    search->dirs++;
    char *joined = path_join(search->root, dir);
    char *path = path_clean(joined);
    (void)fs_each(path, take_entry, &entries, &ignored);
    bool other_module = depth > 0 && entries.has_go_mod && !strs_has(&search->modules, path);
    if (!other_module) {
        sort(&entries.files);
        sort(&entries.dirs);
        if (is_main(search, path, &entries.files))
            strs_pushf(search->mains, depth ? "./%s" : "%s", dir);
        STRS_EACH (name, &entries.dirs) {
            char *below = depth ? path_join(dir, *name) : mem_string(*name);
            walk(search, below, depth + 1);
            free(below);
        }
    }
    strs_fini(&entries.files);
    strs_fini(&entries.dirs);
    free(path);
    free(joined);
}

static void read_directive(const char *root, const char *file, const char *directive,
                           struct strs *values)
{
    struct buf text = BUF_INIT(GO_MOD_BYTES_MAX);
    struct err ignored;
    char *path = path_join(root, file);
    if (fs_read(path, &text, &ignored) == 0)
        gomod_read(buf_text(&text), text.len, directive, values);
    free(path);
    buf_fini(&text);
}

int discover_mains(const char *root, struct strs *mains, struct err *err)
{
    struct search search = {.root = root, .mains = mains};
    struct strs used = {0};
    if (!fs_is_dir(root))
        return err_set(err, ERR_CONFIG, "%s is not a directory", root);
    build_tags_init(&search.tags, NULL, NULL);
    search.tags.any = true; /* the flags of the build are not known here */
    read_directive(root, "go.work", "use", &used);
    STRS_EACH (dir, &used) {
        char *joined = path_join(root, *dir), *path = path_clean(joined);
        strs_push(&search.modules, path);
        free(path);
        free(joined);
    }
    walk(&search, ".", 0);
    strs_fini(&used);
    strs_fini(&search.modules);
    build_tags_fini(&search.tags);
    return 0;
}

static void refuse(const char *root, const struct strs *mains, struct err *err)
{
    struct buf names = BUF_INIT(sizeof err->message);
    if (!mains->len) {
        err_set(err, ERR_CONFIG, "there is no main package below %s", root);
        err_hint(err, "write one, start zonda where there is one, or set [build] command");
        return;
    }
    for (size_t i = 0; i < mains->len && i < NAMED_MAX; i++)
        (void)buf_printf(&names, "%s%s", i ? ", " : "", mains->at[i]);
    if (mains->len > NAMED_MAX)
        (void)buf_printf(&names, " and %zu more", mains->len - NAMED_MAX);
    err_set(err, ERR_CONFIG, "there are several main packages: %s", buf_text(&names));
    err_hint(err,
             "choose one: zonda --build.package=%.80s, or package = \"%.80s\" below [build] in "
             "zonda.toml",
             mains->at[0], mains->at[0]);
    buf_fini(&names);
}

char *discover_main(const char *root, struct err *err)
{
    struct strs mains = {0};
    char *found = NULL;
    if (discover_mains(root, &mains, err) == 0) {
        if (mains.len == 1 || strs_has(&mains, "."))
            found = mem_string(strs_has(&mains, ".") ? "." : mains.at[0]);
        else
            refuse(root, &mains, err);
    }
    strs_fini(&mains);
    return found;
}

char *discover_module(const char *root)
{
    struct strs values = {0};
    read_directive(root, "go.mod", "module", &values);
    char *module = values.len && *values.at[0] ? mem_string(values.at[0]) : NULL;
    strs_fini(&values);
    return module;
}
