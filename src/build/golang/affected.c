/* From the go command's lines to the packages that a change reaches. */
#include "build/golang/affected.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/vec.h"
#include "build/golang/gomod.h"
#include "build/golang/source.h"

#define PACKAGES_MAX 20000

/* One letter says what a line is; see take_line. Test variants of packages ("p [q.test]") would mix
   what a package imports with what its tests import, and are left out. */
const char AFFECTED_TEMPLATE[] = "-f={{if not (or .Standard .ForTest)}}"
                                 "p{{.ImportPath}}\nd{{.Dir}}\n"
                                 "{{with .Module}}{{if .Main}}m\n{{end}}{{else}}m\n{{end}}"
                                 "{{if or .TestGoFiles .XTestGoFiles}}t\n{{end}}"
                                 "{{range .Imports}}i{{.}}\n{{end}}"
                                 "{{range .TestImports}}I{{.}}\n{{end}}"
                                 "{{range .XTestImports}}I{{.}}\n{{end}}"
                                 "{{range .EmbedFiles}}e{{.}}\n{{end}}"
                                 "{{range .TestEmbedFiles}}E{{.}}\n{{end}}"
                                 "{{range .XTestEmbedFiles}}E{{.}}\n{{end}}{{end}}";

typedef VEC(const char *) names;

/* All strings are the text's. */
struct package {
    const char *path, *dir;
    bool is_main, has_tests;
    names imports, test_imports, embedded, test_embedded;
    bool reached; /* its own code may behave otherwise */
    bool touched; /* its tests may */
};
typedef VEC(struct package) packages;

/* --- reading --- */

static void take_line(packages *list, const char *line)
{
    if (*line == 'p') {
        vec_push(list, ((struct package){.path = line + 1, .dir = ""}));
        return;
    }
    if (!list->len)
        return;
    struct package *package = &list->at[list->len - 1];
    switch (*line) {
    case 'd':
        package->dir = line + 1;
        break;
    case 'm':
        package->is_main = true;
        break;
    case 't':
        package->has_tests = true;
        break;
    case 'i':
        vec_push(&package->imports, line + 1);
        break;
    case 'I':
        vec_push(&package->test_imports, line + 1);
        break;
    case 'e':
        vec_push(&package->embedded, line + 1);
        break;
    case 'E':
        vec_push(&package->test_embedded, line + 1);
        break;
    default: /* an empty line: a package of the standard library */
        break;
    }
}

static int take_text(packages *list, char *text, struct err *err)
{
    while (*text) {
        char *line = text;
        text += strcspn(text, "\n");
        if (*text)
            *text++ = '\0';
        if (list->len >= PACKAGES_MAX)
            return err_set(err, ERR_APP, "there are more than %d packages", PACKAGES_MAX);
        take_line(list, line);
    }
    return 0;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct package *)a)->path, ((const struct package *)b)->path);
}

/* --- what the files touch --- */

static bool has(const names *list, const char *name)
{
    for (size_t i = 0; i < list->len; i++)
        if (strcmp(list->at[i], name) == 0)
            return true;
    return false;
}

static void touch(struct package *package, const char *path)
{
    const char *below = path_below(package->dir, path);
    if (!below || !*below)
        return;
    if (has(&package->test_embedded, below) || strncmp(below, "testdata/", 9) == 0)
        package->touched = true;
    else if (!strchr(below, '/') && source_is_test(below))
        package->touched = true;
    else if (!strchr(below, '/') || has(&package->embedded, below))
        package->reached = true;
}

static void touch_all(packages *list, const char *path)
{
    VEC_EACH (struct package, package, list) {
        if (gomod_is_file(path))
            package->reached = true;
        else
            touch(package, path);
    }
}

/* --- how far that goes --- */

static bool reaches(const packages *list, const names *imports)
{
    for (size_t i = 0; i < imports->len; i++) {
        struct package key = {.path = imports->at[i]};
        const struct package *found =
            list->len ? bsearch(&key, list->at, list->len, sizeof key, by_path) : NULL;
        if (found && found->reached)
            return true;
    }
    return false;
}

/* As often as something new is reached: the length of the longest chain of imports at most. */
static void spread(packages *list)
{
    for (bool more = true; more;) {
        more = false;
        VEC_EACH (struct package, package, list) {
            if (!package->reached && reaches(list, &package->imports))
                more = package->reached = true;
        }
    }
}

int affected_parse(char *text, const struct strs *changed, struct affected *found, struct err *err)
{
    packages list = {0};
    int failed = take_text(&list, text, err);
    if (failed)
        goto out;
    if (list.len)
        qsort(list.at, list.len, sizeof *list.at, by_path);
    STRS_EACH (path, changed)
        touch_all(&list, *path);
    spread(&list);
    VEC_EACH (struct package, package, &list) {
        bool runs = package->reached || package->touched || reaches(&list, &package->test_imports);
        if (!runs || !package->is_main || !package->has_tests)
            continue;
        strs_push(&found->packages, package->path);
        strs_push(&found->dirs, package->dir);
    }
out:
    VEC_EACH (struct package, package, &list) {
        vec_fini(&package->imports);
        vec_fini(&package->test_imports);
        vec_fini(&package->embedded);
        vec_fini(&package->test_embedded);
    }
    vec_fini(&list);
    return failed;
}

void affected_fini(struct affected *found)
{
    strs_fini(&found->packages);
    strs_fini(&found->dirs);
}
