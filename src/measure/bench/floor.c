/*
 * The floor: what the stock compiler needs at least. The edited package is compiled alone, the
 * program is linked, the app is ended and started; nobody looks for changes, asks what depends on
 * what, or writes into a cache.
 *
 * Its command lines are those of the go command itself, which says them with -x and keeps their
 * files with -work, for one edit of each kind. They leave out the symbols for debuggers (-w), as
 * `go run` does: with them no floor would be the least. An edit of the mark changes nothing that
 * importers see, so the rest may stay as it was compiled. A package with cgo or assembly takes more
 * than one compile: there the floor is a whole `go build`.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "build/golang/child.h"
#include "measure/bench/floor_trace.h"
#include "measure/bench/parts.h"
#include "platform/fs.h"

#define TRACE_MAX ((size_t)64 << 20)
#define KINDS_GO  2 /* KIND_LEAF and KIND_DEEP */

struct floor {
    char *copy, *program;
    struct strs env;
    struct {
        struct floor_step compile,
            link; /* compile: empty where all of it is link, a whole go build */
        bool there;
    } kinds[KINDS_GO];
    char *words;
};

/* --- command lines --- */

/* What stands after -o becomes program; the linker's output is kept nowhere else. */
static void set_output(struct floor_step *step, const char *program)
{
    for (size_t i = 0; i + 1 < step->argv.len; i++)
        if (strcmp(step->argv.at[i], "-o") == 0)
            mem_replace(&step->argv.at[i + 1], program);
}

/* --- asking the go command --- */

/* Nothing where the go command has to do it, else what `go tool compile -p` is told. */
#define FORM                                                                                       \
    "{{if or .CgoFiles .SFiles .CFiles .CXXFiles .MFiles .FFiles .SwigFiles .SwigCXXFiles "        \
    ".SysoFiles}}{{else if eq .Name \"main\"}}main{{else}}{{.ImportPath}}{{end}}"

/* Its import path, "main" for a program; "" where more than the compiler makes it. */
static int ask_package(struct bench *bench, const struct floor *floor, const char *file,
                       struct buf *out, struct err *err)
{
    struct strs argv = {0};
    char *dir = path_dir(file), *package = go_package(floor->copy, dir);
    const char *const words[] = {"go", "list", "-f", FORM, package, NULL};
    strs_push_all(&argv, words);
    int result = bench_command(bench, &argv, &floor->env, floor->copy, out, err);
    while (out->len && isspace((unsigned char)out->data[out->len - 1]))
        out->data[--out->len] = '\0';
    strs_fini(&argv);
    free(package);
    free(dir);
    return result;
}

/* `go build -x -work`; its first line says where it works. */
static int trace(struct bench *bench, const struct floor *floor, struct buf *out, struct err *err)
{
    struct strs argv = {0};
    struct buf text = BUF_INIT(TRACE_MAX);
    const char *const words[] = {"go",          "build", "-x",           "-work",
                                 "-ldflags=-w", "-o",    floor->program, bench->subject->package,
                                 NULL};
    strs_push_all(&argv, words);
    int result = bench_command(bench, &argv, &floor->env, floor->copy, &text, err);
    const char *begin = result == 0 ? strstr(buf_text(&text), "WORK=") : NULL;
    if (begin) {
        char *work = mem_string_n(begin + 5, strcspn(begin + 5, "\n"));
        floor_put_work(begin + 5 + strlen(work), work, out);
        free(work);
    }
    buf_fini(&text);
    strs_fini(&argv);
    return result;
}

static void use_go_build(struct bench *bench, struct floor *floor, enum bench_kind kind)
{
    struct floor_step *link = &floor->kinds[kind].link;
    floor_step_fini(&floor->kinds[kind].compile);
    floor_step_fini(link);
    const char *const words[] = {
        "go", "build", "-ldflags=-w", "-o", floor->program, bench->subject->package, NULL};
    strs_push_all(&link->argv, words);
    link->dir = mem_string(floor->copy);
}

static int prepare_kind(struct bench *bench, struct floor *floor, enum bench_kind kind,
                        struct err *err)
{
    struct buf package = BUF_INIT((size_t)PATH_BYTES_MAX), text = BUF_INIT(TRACE_MAX);
    struct floor_step *compile = &floor->kinds[kind].compile, *link = &floor->kinds[kind].link;
    int result = ask_package(bench, floor, bench->subject->files[kind].path, &package, err);
    if (result == 0)
        result = bench_subject_edit(bench->subject, floor->copy, kind, ++bench->mark, err);
    if (result == 0)
        result = trace(bench, floor, &text, err);
    floor->kinds[kind].there = result == 0;
    if (result == 0 && package.len && text.len &&
        floor_read_trace(text.data, package.data, floor->copy, compile, link))
        set_output(link, floor->program);
    else if (result == 0)
        use_go_build(bench, floor, kind);
    buf_fini(&package);
    buf_fini(&text);
    return result;
}

static void put_words(struct floor *floor)
{
    bool bare = false, plain = false;
    for (int kind = 0; kind < KINDS_GO; kind++) {
        bare |= floor->kinds[kind].there && floor->kinds[kind].compile.argv.len > 0;
        plain |= floor->kinds[kind].there && floor->kinds[kind].compile.argv.len == 0;
    }
    floor->words = mem_format("%s%s%s", bare ? "go tool compile, go tool link -w" : "",
                              bare && plain ? "; " : "", plain ? "go build -ldflags=-w" : "");
}

int floor_prepare(struct bench *bench, const char *copy, struct err *err)
{
    struct floor *floor = mem_new(1, sizeof *floor);
    char *work = path_join(bench->scratch, "floor-work");
    bench->floor = floor;
    floor->copy = mem_string(copy);
    floor->program = path_join(bench->scratch, "floor-app");
    strs_copy(&floor->env, &bench->env);
    strs_env_set(&floor->env, "GOTMPDIR", work);
    int result = fs_mkdirs(work, 0700, err);
    for (int kind = 0; result == 0 && kind < KINDS_GO; kind++)
        if (bench->subject->files[kind].path)
            result = prepare_kind(bench, floor, (enum bench_kind)kind, err);
    if (result == 0)
        put_words(floor);
    free(work);
    return result;
}

void floor_free(struct floor *floor)
{
    if (!floor)
        return;
    for (int kind = 0; kind < KINDS_GO; kind++) {
        floor_step_fini(&floor->kinds[kind].compile);
        floor_step_fini(&floor->kinds[kind].link);
    }
    strs_fini(&floor->env);
    free(floor->copy);
    free(floor->program);
    free(floor->words);
    free(floor);
}

const char *floor_program(const struct floor *floor)
{
    return floor->program;
}

const char *floor_words(const struct floor *floor)
{
    return floor->words;
}

/* --- building --- */

static int run_step(struct bench *bench, const struct floor *floor, const struct floor_step *step,
                    struct err *err)
{
    struct strs env = {0};
    struct buf out = BUF_INIT((size_t)64 << 10);
    strs_copy(&env, &floor->env);
    strs_env_add(&env, &step->env);
    int result = bench_command(bench, &step->argv, &env, step->dir, &out, err);
    buf_fini(&out);
    strs_fini(&env);
    return result;
}

int floor_link(struct bench *bench, struct err *err)
{
    const struct floor *floor = bench->floor;
    for (int kind = 0; kind < KINDS_GO; kind++)
        if (floor->kinds[kind].there)
            return run_step(bench, floor, &floor->kinds[kind].link, err);
    return err_set(err, ERR_APP, "there is no Go file to edit");
}

int floor_build(struct bench *bench, enum bench_kind kind, struct err *err)
{
    const struct floor *floor = bench->floor;
    const struct floor_step *compile = &floor->kinds[kind].compile;
    int result = compile->argv.len ? run_step(bench, floor, compile, err) : 0;
    return result ? result : run_step(bench, floor, &floor->kinds[kind].link, err);
}
