/*
 * The import graph of a Go main package, as the go command tells it.
 *
 * Life-cycle: graph_load runs `go list -deps -e -json` as a child and calls back with a graph
 * (moved to the callee) or NULL and an error; graph_free. Only packages of the main module, of
 * go.work and of replace directories are kept file by file; packages from the module cache and the
 * standard library are only counted.
 */
#ifndef ZONDA_BUILD_GOLANG_GRAPH_H
#define ZONDA_BUILD_GOLANG_GRAPH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strs.h"
#include "platform/loop.h"

/* How the app gets its templates, from its sources: what a changed template needs. */
enum template_mode {
    TEMPLATES_UNKNOWN, /* nothing loads templates: a change restarts */
    TEMPLATES_RELOAD, /* gin's LoadHTMLGlob or LoadHTMLFiles: re-read for each request in debug mode
                       */
    TEMPLATES_ONCE,   /* parsed at start, or gin in release mode: a change restarts */
};

enum graph_file {
    GRAPH_NOT_GO,   /* no Go package's file */
    GRAPH_BUILT,    /* compiled into main */
    GRAPH_EMBEDDED, /* embedded by a package of main, or matching its embed patterns */
    GRAPH_TEST,     /* _test.go */
    GRAPH_EXCLUDED, /* in a package of main, left out by build constraints */
    GRAPH_UNUSED,   /* in a package (or directory) that main does not import */
};

struct graph;

struct graph_request {
    const char *go;           /* the go command */
    const char *dir;          /* where to run it */
    const char *package;      /* "./cmd/api" */
    const struct strs *flags; /* -tags and the like, from the build */
    const struct strs *env;
};
typedef void graph_fn(void *data, struct graph *graph, const struct err *err);

struct graph_job;
struct graph_job *graph_load(struct loop *loop, const struct graph_request *request, graph_fn *fn,
                             void *data, struct err *err);
void graph_cancel(struct graph_job *job); /* no callback any more; NULL is allowed */

/* The graph from the go command's output: for tests and fuzzing. */
struct graph *graph_parse(const char *json, size_t len, struct err *err);
void graph_free(struct graph *graph);

/* What path (absolute) is to this main package. package receives the import path, borrowed, or
 * NULL. */
enum graph_file graph_file(const struct graph *graph, const char *path, const char **package);
const struct strs *graph_outside_dirs(const struct graph *graph,
                                      const char *root); /* local dirs not below root */
size_t graph_packages(const struct graph *graph);        /* all of them, std included */
const char *graph_main_dir(const struct graph *graph);
enum template_mode graph_templates(const struct graph *graph,
                                   const char **where); /* "main.go:31" */
bool graph_loads_env(const struct graph *graph);        /* imports godotenv */

/* graph_header_digest of a file as it was when the graph was read; 0: unknown. */
unsigned long long graph_file_header(const struct graph *graph, const char *path);

/* The digest of a Go file's package clause, import declarations, build constraints and //go: lines:
   when it changes, the graph may have changed. Layout and comments do not count. 0 for a file that
   cannot be read; _of, from its text, is never 0. */
unsigned long long graph_header_digest(const char *path);
unsigned long long graph_header_digest_of(const char *text, size_t len);

#endif
