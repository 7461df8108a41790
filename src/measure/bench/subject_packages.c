/* Which packages are edited: the project's import graph, as the go command tells it. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/vec.h"
#include "build/golang/child.h"
#include "build/golang/constraint.h"
#include "measure/bench/ask.h"
#include "measure/bench/subject_parts.h"
#include "platform/fs.h"

#define LIST_BYTES_MAX  ((size_t)16 << 20)
#define LIST_TIMEOUT_MS 300000 /* it may download modules */
#define PACKAGES_MAX    5000

/* A line a package of the project (or of a module that replaces one below it), after its imports;
   then its files and what it imports. */
#define LIST_FORMAT                                                                                \
    "{{if .Module}}{{if or .Module.Main .Module.Replace}}"                                         \
    "P\t{{.Name}}\t{{.ImportPath}}\t{{.Dir}}\n"                                                    \
    "{{range .GoFiles}}G\t{{.}}\n{{end}}{{range .Imports}}I\t{{.}}\n{{end}}{{end}}{{end}}"

struct package {
    char *name, *path, *dir; /* dir: absolute */
    struct strs files, imports;
    VEC(size_t) importers;
    size_t all_importers; /* those that import it through others as well */
    size_t depth;         /* the longest way from main */
    bool outside;         /* of the project's directory */
};
struct packages {
    VEC(struct package) list; /* main is the last one */
};

static void packages_fini(struct packages *packages)
{
    VEC_EACH (struct package, package, &packages->list) {
        free(package->name);
        free(package->path);
        free(package->dir);
        strs_fini(&package->files);
        strs_fini(&package->imports);
        vec_fini(&package->importers);
    }
    vec_fini(&packages->list);
}

/* --- the go command's answer --- */

/* "P\tNAME\tPATH\tDIR", cut at its tabs in place. */
static bool read_package(struct packages *packages, char *line, const char *root)
{
    char *path = strchr(line, '\t'), *dir = path ? strchr(path + 1, '\t') : NULL;
    if (!dir || packages->list.len == PACKAGES_MAX)
        return false;
    *path++ = *dir++ = '\0';
    vec_push(&packages->list, ((struct package){
                                  .name = mem_string(line),
                                  .path = mem_string(path),
                                  .dir = mem_string(dir),
                                  .outside = !path_below(root, dir),
                              }));
    return true;
}

static bool read_lines(struct packages *packages, char *text, const char *root)
{
    for (char *line = text, *next; *line; line = next) {
        size_t len = strcspn(line, "\n");
        struct package *last =
            packages->list.len ? &packages->list.at[packages->list.len - 1] : NULL;
        next = line + len + (line[len] == '\n');
        line[len] = '\0';
        if (len < 2 || line[1] != '\t')
            continue;
        if (*line == 'P' && !read_package(packages, line + 2, root))
            return false;
        if (*line == 'G' && last)
            strs_push(&last->files, line + 2);
        if (*line == 'I' && last)
            strs_push(&last->imports, line + 2);
    }
    return true;
}

static int list_packages(const struct bench_subject *subject, struct packages *packages,
                         struct err *err)
{
    static const char *const OPTIONS[] = {"-deps", "-f", LIST_FORMAT, NULL};
    struct strs argv = {0};
    struct buf out = BUF_INIT(LIST_BYTES_MAX);
    go_list_argv(&argv, "go", NULL, OPTIONS);
    strs_push(&argv, subject->package);
    struct bench_ask ask = {
        .argv = &argv, .env = &subject->env, .dir = subject->root, .timeout_ms = LIST_TIMEOUT_MS};
    int result = bench_ask(&ask, &out, err);
    if (result == 0 &&
        (out.truncated || !read_lines(packages, out.len ? out.data : (char[]){""}, subject->root)))
        result =
            err_set(err, ERR_CONFIG, "%s has more than %d packages", subject->root, PACKAGES_MAX);
    if (result == 0 && packages->list.len == 0)
        result = err_set(err, ERR_CONFIG, "%s in %s belongs to no module", subject->package,
                         subject->root);
    strs_fini(&argv);
    buf_fini(&out);
    return result;
}

/* --- the graph --- */

/* Imports come before those who import them, so one way back from main meets each package after
   all of its importers. */
static void link_packages(struct packages *packages)
{
    for (size_t i = packages->list.len; i-- > 0;) {
        struct package *importer = &packages->list.at[i];
        for (size_t j = 0; j < i; j++) {
            struct package *package = &packages->list.at[j];
            if (!strs_has(&importer->imports, package->path))
                continue;
            vec_push(&package->importers, i);
            if (package->depth <= importer->depth)
                package->depth = importer->depth + 1;
        }
    }
}

static void count_importers(struct packages *packages, size_t of, bool *seen, size_t *todo)
{
    size_t len = 0, count = 0;
    memset(seen, 0, packages->list.len * sizeof *seen);
    todo[len++] = of;
    while (len > 0) {
        const struct package *package = &packages->list.at[todo[--len]];
        VEC_EACH (size_t, importer, &package->importers) {
            if (seen[*importer])
                continue;
            seen[*importer] = true;
            todo[len++] = *importer;
            count++;
        }
    }
    packages->list.at[of].all_importers = count;
}

static void study(struct packages *packages)
{
    size_t len = packages->list.len;
    bool *seen = mem_new(len, sizeof *seen);
    size_t *todo = mem_new(len + 1, sizeof *todo);
    link_packages(packages);
    for (size_t i = 0; i < len; i++)
        count_importers(packages, i, seen, todo);
    free(seen);
    free(todo);
}

/* --- the choice --- */

/* No text of a file name or a //go:build line that leaves it out anywhere. */
bool subject_is_plain_go(const char *name, const char *text, size_t len)
{
    static const char GENERATED[] = "// Code generated ";
    struct build_tags nothing = {.goos = (char[]){"none"}, .goarch = (char[]){"none"}};
    const char *word = memmem(text, len, GENERATED, sizeof GENERATED - 1);
    const char *end = word ? memchr(word, '\n', len - (size_t)(word - text)) : NULL;
    bool generated = word && (word == text || word[-1] == '\n') && end &&
                     memmem(word, (size_t)(end - word), "DO NOT EDIT.", 12);
    return !generated && constraint_name_fits(&nothing, name) &&
           !memmem(text, len, "//go:build ", 11) && !memmem(text, len, "// +build ", 10);
}

/* The largest file of the package that can be edited, below the project; heap or NULL. */
static char *best_file(const struct bench_subject *subject, const struct package *package,
                       enum bench_kind kind)
{
    char *best = NULL;
    uint64_t best_bytes = 0;
    STRS_EACH (name, &package->files) {
        char *path = path_join(package->dir, *name);
        struct fs_info info = fs_stat(path, false);
        struct buf text = BUF_INIT(SUBJECT_FILE_MAX);
        struct err ignored;
        if (info.kind == FS_FILE && (!best || info.size_bytes > best_bytes) &&
            subject_try_mark(kind, path, &text, &ignored) > 0 &&
            subject_is_plain_go(*name, buf_text(&text), text.len)) {
            mem_replace(&best, path_below(subject->root, path));
            best_bytes = info.size_bytes;
        }
        buf_fini(&text);
        free(path);
    }
    return best;
}

/* Is a the better leaf than b (NULL: none yet)? */
static bool is_leafier(const struct packages *packages, const struct package *a,
                       const struct package *b)
{
    size_t main = packages->list.len - 1;
    if (!b || a->all_importers != b->all_importers)
        return !b || a->all_importers < b->all_importers;
    bool a_direct = a->importers.len && a->importers.at[0] == main;
    bool b_direct = b->importers.len && b->importers.at[0] == main;
    return a_direct && !b_direct;
}

static bool is_deeper(const struct package *a, const struct package *b)
{
    if (!b || a->all_importers != b->all_importers)
        return !b || a->all_importers > b->all_importers;
    return a->depth > b->depth;
}

static void choose_leaf(struct bench_subject *subject, const struct packages *packages)
{
    const struct package *leaf = NULL, *main = &packages->list.at[packages->list.len - 1];
    char *file = NULL;
    VEC_EACH (const struct package, package, &packages->list) {
        if (package == main || package->outside || !is_leafier(packages, package, leaf))
            continue;
        char *its = best_file(subject, package, KIND_LEAF);
        if (its) {
            free(file);
            file = its;
            leaf = package;
        }
    }
    char *why = leaf ? mem_format("imported by %zu package%s", leaf->all_importers,
                                  leaf->all_importers == 1 ? "" : "s")
                     : NULL;
    if (!file)
        file = best_file(subject, main, KIND_LEAF);
    if (!why)
        why = mem_string(file ? "main: the project has no other package to edit"
                              : "no Go file to edit: all are generated or have build constraints");
    bench_subject_choose(subject, KIND_LEAF, file, why);
    free(why);
    free(file);
}

/* One that is compiled again with nobody else than main is a leaf. */
static void choose_deep(struct bench_subject *subject, const struct packages *packages)
{
    const struct package *deep = NULL;
    char *file = NULL;
    VEC_EACH (const struct package, package, &packages->list) {
        if (package->outside || package->all_importers < 2 || !is_deeper(package, deep))
            continue;
        char *its = best_file(subject, package, KIND_DEEP);
        if (its) {
            free(file);
            file = its;
            deep = package;
        }
    }
    char *why =
        deep ? mem_format("imported by %zu packages, %zu deep", deep->all_importers, deep->depth)
             : mem_string("no package is imported by more than one");
    bench_subject_choose(subject, KIND_DEEP, file, why);
    free(why);
    free(file);
}

int subject_find_packages(struct bench_subject *subject, struct err *err)
{
    struct packages packages = {0};
    int result = list_packages(subject, &packages, err);
    if (result == 0) {
        const struct package *main = &packages.list.at[packages.list.len - 1];
        if (strcmp(main->name, "main") != 0) {
            result = err_set(err, ERR_CONFIG, "%s is package %s, no program", subject->package,
                             main->name);
            err_hint(err, "name the directory of a package main");
        } else {
            subject->import_path = mem_string(main->path);
            study(&packages);
            choose_leaf(subject, &packages);
            choose_deep(subject, &packages);
        }
    }
    packages_fini(&packages);
    return result;
}
