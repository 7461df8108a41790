/*
 * The tools that bench knows: how each is found, installed, set up in a copy of a project, and run.
 *
 * One file each (tool_air.c), one const table entry each; a plan is what a tool is to be run with.
 * What their options mean was read in their sources and documentation; the entry says which
 * version. A configuration of the tool that the project has is used as it stands; else a tool has
 * its defaults, and what its README recommends for a Go program that serves.
 *
 * bench_tool_version and bench_tool_install run programs on a loop of their own: they are for
 * before process_init.
 */
#ifndef ZONDA_MEASURE_BENCH_TOOL_H
#define ZONDA_MEASURE_BENCH_TOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strs.h"
#include "measure/bench/subject.h"

struct bench_place {    /* where and with what a tool is run */
    const char *path;   /* the tool's program */
    const char *copy;   /* absolute; the working directory */
    const char *output; /* absolute, below the copy: what the build makes */
    uint16_t app_port;  /* what the app listens on */
    uint16_t own_port;  /* a free one, for a tool that has a proxy which it cannot do without */
};

struct bench_plan {
    struct strs argv, env; /* env: NAME=value, added to bench's own and the subject's */
    char *input;           /* all that the tool reads from its standard input, or NULL */
    uint16_t ask_port;     /* 0: the app's */
};
void bench_plan_fini(struct bench_plan *plan);

struct bench_tool {
    const char *name;         /* "CompileDaemon" */
    const char *program;      /* looked up in PATH; NULL: zonda itself */
    const char *version[3];   /* arguments that print a version; {NULL}: from `go version -m`, or
                                 from what it says without any where it is not a Go program */
    const char *module;       /* of `go install MODULE@latest`; NULL: not a Go program */
    const char *crate;        /* of `cargo install CRATE`; NULL: not a Rust program */
    const char *package_hint; /* where neither can be: what to install by hand */
    bool by_hand;       /* go-run: nobody watches; bench ends it and starts it after each save */
    bool through_proxy; /* answers come from the tool's own process, not from the app's */
    const char *ready;  /* what it writes when its first build is done, where asking earlier spoils
                           it; else NULL */
    int (*plan)(const struct bench_subject *subject, const struct bench_place *place,
                struct bench_plan *plan, struct err *err); /* may write files into the copy;
                                                              ERR_CONFIG where it cannot be run */
};

extern const struct bench_tool *const BENCH_TOOLS[]; /* NULL-terminated, in the order of --tools */
const struct bench_tool *bench_tool_find(const char *name); /* NULL where there is none */

/* The program's path, heap: from PATH, then from the directory of --install; NULL where it is not
   there. */
char *bench_tool_path(const struct bench_tool *tool);
/* "v1.67.4", heap; "" where it does not say. Runs it, 5 s at most. */
char *bench_tool_version(const struct bench_tool *tool, const char *path);
/* Fetches it with its own package client into $XDG_CACHE_HOME/zonda/bench/bin; that client's words
   go to standard error. ERR_APP with a hint where it cannot. */
int bench_tool_install(const struct bench_tool *tool, struct err *err);

#endif
