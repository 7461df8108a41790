/* `go list -deps -export -json`: a stream of objects, each from a line "{" to a line "}". */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/path.h"
#include "build/golang/plan_read.h"

/* Lists whose files the go command compiles with other programs: such a package is its business. */
static const struct {
    const char *list, *why;
} OTHERS[] = {
    {"CgoFiles", "uses cgo"},         {"CFiles", "has C sources"},
    {"CXXFiles", "has C++ sources"},  {"MFiles", "has Objective-C sources"},
    {"FFiles", "has Fortran"},        {"SFiles", "has assembly"},
    {"SwigFiles", "uses SWIG"},       {"SwigCXXFiles", "uses SWIG"},
    {"SysoFiles", "has .syso files"},
};

static void add_file(struct gopackage *package, const char *name, enum gofile_kind kind)
{
    struct gofile *file = vec_add(&package->files);
    *file = (struct gofile){
        .name = mem_string(name), .path = path_join(package->dir, name), .kind = kind};
    if (kind != GOFILE_EMBEDDED)
        strs_push(&package->known, name);
}

static void add_files(struct gopackage *package, const struct json *object, const char *list,
                      enum gofile_kind kind)
{
    const struct json *names = json_get(object, list);
    for (size_t i = 0; i < json_len(names); i++) {
        const char *name = json_text(json_at(names, i));
        if (name && !(kind == GOFILE_IGNORED && (name[0] == '_' || name[0] == '.')))
            add_file(package, name, kind);
    }
}

/* The directories that an embed pattern looks into: the part before its first wildcard. */
static void add_embeds(struct gopackage *package, const struct json *object)
{
    const struct json *patterns = json_get(object, "EmbedPatterns");
    for (size_t i = 0; i < json_len(patterns); i++) {
        const char *pattern = json_text(json_at(patterns, i));
        if (!pattern)
            continue;
        bool all = strncmp(pattern, "all:", 4) == 0;
        pattern += all ? 4 : 0;
        package->embeds_hidden |= all || pattern[0] == '.' || pattern[0] == '_' ||
                                  strstr(pattern, "/.") || strstr(pattern, "/_");
        char *plain = mem_string_n(pattern, strcspn(pattern, "*?[\\"));
        char *full = path_join(package->dir, plain);
        char *dir = fs_is_dir(full) ? path_clean(full) : path_dir(full);
        if (!strs_has(&package->embeds, dir))
            strs_push(&package->embeds, dir);
        free(dir);
        free(full);
        free(plain);
    }
}

static void read_local(struct gopackage *package, const struct json *object)
{
    add_files(package, object, "GoFiles", GOFILE_COMPILED);
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        const struct json *names = json_get(object, OTHERS[i].list);
        if (json_len(names) == 0)
            continue;
        if (!package->why_not)
            package->why_not = mem_string(OTHERS[i].why);
        for (size_t at = 0; at < json_len(names); at++) {
            add_file(package, json_text(json_at(names, at)), GOFILE_EMBEDDED);
            strs_push(&package->known, json_text(json_at(names, at)));
        }
    }
    add_files(package, object, "IgnoredGoFiles", GOFILE_IGNORED);
    const char *const seen[] = {"HFiles", "IgnoredOtherFiles"};
    for (size_t i = 0; i < 2; i++) {
        const struct json *names = json_get(object, seen[i]);
        for (size_t at = 0; at < json_len(names); at++)
            strs_push(&package->known, json_text(json_at(names, at)));
    }
    add_files(package, object, "EmbedFiles", GOFILE_EMBEDDED);
    add_embeds(package, object);
    if (!package->archive && !package->why_not)
        package->why_not = mem_string("is not compiled yet");
}

void goguard_add(struct goplan *plan, const char *path)
{
    VEC_EACH (struct goguard, guard, &plan->guards) {
        if (strcmp(guard->path, path) == 0)
            return;
    }
    struct goguard *guard = vec_add(&plan->guards);
    *guard = (struct goguard){.path = mem_string(path)};
}

static void guard_module(struct goplan *plan, const struct json *module)
{
    const char *file = json_text(json_get(module, "GoMod"));
    if (!file)
        return;
    char *dir = path_dir(file);
    const char *const names[] = {"go.mod", "go.sum", "vendor/modules.txt"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *path = path_join(dir, names[i]);
        goguard_add(plan, path);
        free(path);
    }
    free(dir);
}

static void read_object(struct goplan *plan, const struct json *object, const char *module_cache)
{
    const char *path = json_text(json_get(object, "ImportPath"));
    const char *dir = json_text(json_get(object, "Dir"));
    if (!path)
        return;
    struct gopackage *package = vec_add(&plan->packages);
    const char *archive = json_text(json_get(object, "Export"));
    const char *name = json_text(json_get(object, "Name"));
    *package = (struct gopackage){.path = mem_string(path),
                                  .dir = mem_string(dir ? dir : ""),
                                  .archive = mem_string(archive),
                                  .is_main = name && strcmp(name, "main") == 0};
    package->local = dir && !json_truth(json_get(object, "Standard")) &&
                     !json_truth(json_get(object, "Goroot")) &&
                     !(module_cache && path_below(module_cache, dir));
    if (!package->local)
        return;
    read_local(package, object);
    guard_module(plan, json_get(object, "Module"));
    char *nested = path_join(dir, "go.mod");
    goguard_add(plan, nested);
    free(nested);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct gopackage *)a)->path, ((const struct gopackage *)b)->path);
}

int goplan_read_list(struct goplan *plan, const char *text, size_t len, const char *module_cache,
                     struct err *err)
{
    const char *end = text + len;
    for (const char *at = text; at < end;) {
        const char *close = memmem(at, (size_t)(end - at), "\n}\n", 3);
        if (!close)
            break;
        struct json *object = json_parse(at, (size_t)(close - at) + 2, err);
        if (!object)
            return err->code;
        read_object(plan, object, module_cache);
        json_free(object);
        at = close + 3;
    }
    if (plan->packages.len == 0)
        return err_set(err, ERR_APP, "go list names no package");
    qsort(plan->packages.at, plan->packages.len, sizeof *plan->packages.at, by_path);
    plan->main = GOPLAN_NONE;
    for (size_t i = 0; i < plan->packages.len; i++) {
        if (plan->packages.at[i].local && plan->packages.at[i].is_main) {
            if (plan->main != GOPLAN_NONE)
                return err_set(err, ERR_APP, "there is more than one main package");
            plan->main = i;
        }
    }
    if (plan->main == GOPLAN_NONE)
        return err_set(err, ERR_APP, "the package is no program");
    return 0;
}
