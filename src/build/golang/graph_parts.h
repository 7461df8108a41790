/*
 * The inside of struct graph, shared by the files graph*.c, stale.c and templates.c and by nobody
 * else.
 *
 *   graph.c          the job: go list as a child, then the sources on the work queue
 *   graph_read.c     the go command's output, object by object
 *   graph_sources.c  the local sources
 *   graph_query.c    what is asked
 */
#ifndef ZONDA_BUILD_GOLANG_GRAPH_PARTS_H
#define ZONDA_BUILD_GOLANG_GRAPH_PARTS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/vec.h"
#include "build/golang/child.h"
#include "build/golang/constraint.h"
#include "build/golang/graph.h"

/* A local package: of the main module, of go.work or of a replace directory. */
struct graph_package {
    char *path;                      /* import path */
    char *dir;                       /* absolute */
    char *module_dir;                /* NULL where the go command does not say */
    struct strs go;                  /* base names: compiled Go files */
    VEC(unsigned long long) headers; /* of these, in their order; 0: unknown, as are missing ones */
    struct strs native;              /* C, assembler and the like */
    struct strs embedded;            /* files, relative to dir */
    struct strs patterns;            /* of //go:embed, relative to dir */
    bool cgo;
};

struct graph {
    VEC(struct graph_package) packages;
    size_t count; /* of all packages */
    char *main_dir;
    char *root; /* where the go command ran; NULL: unknown */
    struct build_tags tags;
    bool loads_env;
    enum template_mode templates;
    char *templates_where;
    struct strs *outside; /* filled by the question */
};

/* The output is cut into its top-level objects as it comes; only one of them is in memory. */
struct graph_reader {
    struct graph *graph;
    struct buf object;
    int depth;
    bool in_string, escaped;
};

/* go_child_start of `go list` with options (NULL-terminated) for the package of request. */
struct go_child *graph_list(struct loop *loop, const struct graph_request *request,
                            const char *const *options, int nice,
                            const struct go_child_events *events, struct err *err);

struct graph *graph_new(void);
void graph_reader_init(struct graph_reader *reader, struct graph *graph);
void graph_reader_fini(struct graph_reader *reader);
/* 0, or ERR_APP where the bytes are not what the go command prints or are too many. */
int graph_read(struct graph_reader *reader, const char *bytes, size_t len, struct err *err);
int graph_read_end(struct graph_reader *reader, struct err *err); /* is there a main package? */

/* Reads the local sources. What was written since then may be younger than what the go command has
   read. On any thread. */
void graph_read_sources(struct graph *graph, uint64_t since_wall_ns);

#endif
