/* A small Go project in the scratch directory, for the tests of bench's subject. */
#ifndef ZONDA_TESTS_MEASURE_BENCH_PROJECT_H
#define ZONDA_TESTS_MEASURE_BENCH_PROJECT_H

#include "build/scratch.h"

#include "measure/bench/ask.h"
#include "measure/bench/subject.h"

#define SUBJECT_TEMPLATE "<html><body>{{.}}</body></html>\n"

static inline void clear(void)
{
    struct err err;
    assert_int_equal(fs_remove_tree(scratch, &err), 0);
    assert_int_equal(fs_mkdirs(scratch, 0755, &err), 0);
}

/* main imports web and log; web imports store and log; store imports log. */
static inline void put_project(void)
{
    clear();
    put("p/go.mod", "module example.com/p\n\ngo 1.21\n");
    put("p/main.go",
        "package main\n\nimport (\n\t\"example.com/p/log\"\n\t\"example.com/p/web\"\n)\n\n"
        "func main() { println(web.Page(), log.Line) }\n");
    put("p/web/page.go", "package web\n\nimport (\n\t\"example.com/p/log\"\n"
                         "\t\"example.com/p/store\"\n)\n\n"
                         "func Page() string { return store.Get() + log.Line }\n");
    put("p/store/store.go", "package store\n\nimport \"example.com/p/log\"\n\n"
                            "func Get() string { return log.Line }\n");
    put("p/log/log.go", "package log\n\nvar Line = \"line\"\n");
    put("p/log/large_windows.go",
        "package log\n\n// much longer than the other file of log, but not of "
        "this system, so it is not chosen at all\n");
    put("p/web/page_test.go",
        "package web\n\n// far longer than page.go is, and a test, so that it must "
        "not be taken for an edit, whatever else there is in this package\n");
    put("p/templates/index.html", SUBJECT_TEMPLATE);
    put("p/templates/about.html", SUBJECT_TEMPLATE);
    put("p/static/app.css", "body { color: red }");
    put("p/config.yaml", "a: 1\n");
    put("p/docker-compose.yml", "services: {}\n");
    put("p/.air.toml", "root = \".\"\n");
}

static inline struct bench_subject *found(const char *package, const char *edit)
{
    struct err err = {0};
    struct strs edits = {0};
    if (edit)
        strs_push(&edits, edit);
    struct bench_subject *subject = bench_subject_find(at("p"), package, &edits, &err);
    strs_fini(&edits);
    if (!subject)
        fail_msg("%s", err.message);
    return subject;
}

static inline void copy(const struct bench_subject *subject, const char *to)
{
    struct err err = {0};
    if (bench_subject_copy(subject, at(to), &err) != 0)
        fail_msg("%s", err.message);
}

static inline void go(const char *dir, const char *const *words, struct buf *out)
{
    struct strs argv = {0};
    struct err err = {0};
    for (; *words; words++)
        strs_push(&argv, *words);
    struct bench_ask ask = {.argv = &argv, .dir = at(dir), .timeout_ms = 100000};
    if (bench_ask(&ask, out, &err) != 0)
        fail_msg("%s", err.message);
    strs_fini(&argv);
}

#define GO(dir, out, ...) go(dir, (const char *const[]){"go", __VA_ARGS__, NULL}, out)

#endif
