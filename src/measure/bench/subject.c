#include "measure/bench/subject.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "build/golang/child.h"
#include "build/golang/discover.h"
#include "measure/bench/subject_parts.h"
#include "platform/environment.h"
#include "platform/fs.h"

static const char *const KIND_NAMES[KINDS] = {"leaf", "deep", "template", "static", "config"};

const char *bench_kind_name(enum bench_kind kind)
{
    return KIND_NAMES[kind];
}

static int find_kind(const char *name, size_t len)
{
    for (int kind = 0; kind < KINDS; kind++)
        if (strlen(KIND_NAMES[kind]) == len && memcmp(KIND_NAMES[kind], name, len) == 0)
            return kind;
    return -1;
}

void bench_subject_choose(struct bench_subject *subject, enum bench_kind kind, const char *file,
                          const char *why)
{
    struct strs *candidates = &subject->candidates[kind];
    char *path = mem_string(file); /* it may be one of candidates */
    mem_replace(&subject->files[kind].why, why);
    mem_replace(&subject->files[kind].path, path);
    strs_clear(candidates);
    if (path)
        strs_push(candidates, path);
    free(path);
}

/* --- files that were asked for --- */

static int refuse_edit(const char *edit, const char *why, struct err *err)
{
    return err_set(err, ERR_USAGE, "--edit %s: %s", edit, why);
}

/* Is there a place for a mark in it? */
static int check_markable(const struct bench_subject *subject, enum bench_kind kind,
                          const char *file, const char *edit, struct err *err)
{
    char *path = path_join(subject->root, file);
    struct buf text = BUF_INIT(SUBJECT_FILE_MAX);
    int result = subject_try_mark(kind, path, &text, err);
    if (result == 0) {
        result = refuse_edit(edit, "it has no place for a mark", err);
        err_hint(err, "Go files for leaf and deep; elsewhere HTML, CSS, JavaScript, TOML, YAML or "
                      ".env, which know comments");
    }
    buf_fini(&text);
    free(path);
    return result < 0 ? result : 0;
}

static int take_edit(struct bench_subject *subject, const char *edit, struct err *err)
{
    size_t len = strcspn(edit, "=");
    int kind = find_kind(edit, len);
    if (kind < 0 || edit[len] != '=' || !edit[len + 1]) {
        (void)refuse_edit(edit, "it is no KIND=FILE", err);
        err_hint(err, "KIND is leaf, deep, template, static or config");
        return err->code;
    }
    char *path = path_join(subject->root, edit + len + 1);
    char *real = fs_real(path);
    const char *below = real ? path_below(subject->root, real) : NULL;
    int result = 0;
    if (!real || !fs_is_file(real))
        result = refuse_edit(edit, "there is no such file in the project", err);
    else if (!below)
        result = refuse_edit(edit, "it is outside the project", err);
    else
        result = check_markable(subject, (enum bench_kind)kind, below, edit, err);
    if (result == 0)
        bench_subject_choose(subject, (enum bench_kind)kind, below, "as --edit says");
    free(real);
    free(path);
    return result;
}

/* --- the whole --- */

/* The go.work outside the project that the go command would take; heap or NULL. */
static char *outer_workspace(const char *root)
{
    struct strs env = {0};
    environment_read(&env);
    const char *said = strs_env_get(&env, "GOWORK");
    char *found = NULL;
    if (said && *said) {
        found = strcmp(said, "off") == 0 || path_below(root, said) ? NULL : mem_string(said);
    } else {
        char *dir = mem_string(root);
        for (bool top = false; !top && !found;) {
            char *file = path_join(dir, "go.work"), *above = path_dir(dir);
            top = fs_is_file(file) || strcmp(above, dir) == 0;
            if (top && strcmp(dir, root) != 0 && fs_is_file(file))
                found = mem_string(file);
            free(file);
            free(dir);
            dir = above;
        }
        free(dir);
    }
    strs_fini(&env);
    return found;
}

/* It names directories of the original, not of a copy. */
static int check_workspace(const struct bench_subject *subject, struct err *err)
{
    char *workspace = outer_workspace(subject->root);
    int result = 0;
    if (workspace) {
        char *dir = path_dir(workspace);
        result = err_set(err, ERR_CONFIG,
                         "the project is part of a workspace, %.300s, and a copy of "
                         "it would not be",
                         workspace);
        err_hint(err, "--project %.150s, with the package below that as --package; or GOWORK=off",
                 dir);
        free(dir);
    }
    free(workspace);
    return result;
}

static int find_package(struct bench_subject *subject, const char *package, struct err *err)
{
    if (!package) {
        subject->package = discover_main(subject->root, err);
        if (subject->package)
            return 0;
        err_hint(err, "name the directory of a package main with --package");
        return err->code;
    }
    char *clean = path_clean(package), *dir = path_join(subject->root, clean);
    int result = 0;
    if (*package == '.' && !fs_is_dir(dir)) /* the go command would take the name for one of std */
        result =
            err_set(err, ERR_USAGE, "the package %.200s is no directory of the project", package);
    else
        subject->package = go_package(subject->root, clean);
    free(dir);
    free(clean);
    return result;
}

static int find_all(struct bench_subject *subject, const char *package, const struct strs *edits,
                    struct err *err)
{
    int result = check_workspace(subject, err);
    if (result == 0)
        result = find_package(subject, package, err);
    if (result == 0)
        result = subject_find_packages(subject, err);
    if (result == 0)
        result = subject_find_files(subject, err);
    for (size_t i = 0; result == 0 && edits && i < edits->len; i++)
        result = take_edit(subject, edits->at[i], err);
    return result;
}

struct bench_subject *bench_subject_find(const char *root, const char *package,
                                         const struct strs *edits, struct err *err)
{
    struct bench_subject *subject = mem_new(1, sizeof *subject);
    subject->root = fs_real(root);
    if (!subject->root || !fs_is_dir(subject->root)) {
        (void)err_set(err, ERR_USAGE, "%s is no directory", root);
        bench_subject_free(subject);
        return NULL;
    }
    if (find_all(subject, package, edits, err) != 0) {
        bench_subject_free(subject);
        return NULL;
    }
    return subject;
}

void bench_subject_free(struct bench_subject *subject)
{
    if (!subject)
        return;
    free(subject->root);
    free(subject->package);
    free(subject->import_path);
    strs_fini(&subject->args);
    strs_fini(&subject->env);
    for (int kind = 0; kind < KINDS; kind++) {
        free(subject->files[kind].path);
        free(subject->files[kind].why);
        strs_fini(&subject->candidates[kind]);
    }
    free(subject);
}
