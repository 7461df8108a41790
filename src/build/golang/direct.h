/*
 * The direct Go builder: `go build`'s work without `go build`, for one main package.
 *
 * The first build is `go build`'s, and a plan is asked from the go command after it; then compile
 * and link are run directly, importers only where export data changed. What the plan does not
 * understand falls back in the open: `go build` runs, a new plan is made after it, and the result
 * says why in one sentence.
 *
 * Life-cycle: direct_open (nothing runs yet), any number of builds one after the other,
 * direct_close. direct_build leads to exactly one on_done, never before it returns. direct_cancel
 * kills the groups of what runs and leads to on_done with DIRECT_CANCELLED once nobody is left.
 * The plan is made between builds; after a quick build the exact one is prepared at low priority
 * while nothing else is asked for. A build that is asked for meanwhile waits for the plan.
 * Everything lives on the loop's thread.
 *
 * Builders of several main packages share what they compile by one store (store.h): a package that
 * several of them import is compiled once.
 *
 * The binary is written under a new name and renamed to `artifact`: a running one is never written
 * to.
 */
#ifndef ZONDA_BUILD_GOLANG_DIRECT_H
#define ZONDA_BUILD_GOLANG_DIRECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/strs.h"
#include "platform/loop.h"
#include "platform/process.h"

#define DIRECT_REASON_BYTES 256

enum direct_outcome { DIRECT_DONE, DIRECT_FAILED, DIRECT_CANCELLED };

struct gostore;

struct direct_request {
    const char *go;           /* the go command */
    const char *dir;          /* absolute; where it would be run */
    const char *package;      /* "./cmd/api" */
    const struct strs *flags; /* of go build, without -o */
    const struct strs *env;   /* all of the environment */
    /* Made where missing; a new directory in it is used, and removed by direct_close. */
    const char *cache_dir;
    struct gostore *store; /* shared with builders of other main packages; NULL: one of its own */
    const char *artifact;  /* on the same file system as cache_dir; NULL: in that directory */
    /* What an earlier session has built, or NULL: go build need not link it again if it is still
       what it would make. */
    const char *earlier;
    bool debug_info; /* keep DWARF */
    bool exact;      /* precision: importers are never left for later */
    int jobs;        /* packages at a time; 0: one a processor */
    /* What is done between builds is through; both may be NULL. The plan: of so many packages that
       may be edited, 0 where there is none. */
    void (*on_planned)(void *data, int packages);
    /* The exact step: the next link has its objects. */
    void (*on_exact)(void *data, int packages);
    void *data;
};

struct direct_result {
    enum direct_outcome outcome;
    bool unchanged;   /* no object changed: the artifact is the one before */
    bool earlier;     /* … which an earlier session built: nothing was looked at but its note */
    bool quick;       /* importers have stale line numbers of inlined calls, and nothing else */
    bool by_go_build; /* go build did it */
    bool fell_back;   /* … because of reason; false where there was no plan yet */
    char reason[DIRECT_REASON_BYTES];
    int packages; /* compiled; 0 where only the go command knows */
    const char *artifact;
    struct exit_status status; /* of the program that failed */
    struct err err;            /* where the system is at fault */
    uint64_t look_ns, compile_ns, link_ns;
};

struct direct_events {
    void (*on_line)(void *data, const char *line, bool error); /* output, without newline */
    /* total 0: not known. package is borrowed. */
    void (*on_progress)(void *data, int done, int total, const char *package);
    void (*on_done)(void *data, const struct direct_result *result);
    void *data;
};

struct direct;
/* NULL and an error where cache_dir cannot be made. The request is copied. */
struct direct *direct_open(struct loop *loop, const struct direct_request *request,
                           struct err *err);

/* Builds. changed: absolute paths of files and directories, copied; NULL: everything is looked at.
   exact: wait for what a quick build leaves for later. No build may be under way. */
void direct_build(struct direct *direct, const struct strs *changed, bool exact,
                  const struct direct_events *events);

/* The next build reads path (absolute, copied), whatever the times of the file say. Any time. */
void direct_touch(struct direct *direct, const char *path);

void direct_cancel(struct direct *direct); /* nothing where none is; twice is fine */

/* Cancels what runs (without on_done) and calls closed when nobody is left; direct is gone then. */
void direct_close(struct direct *direct, void (*closed)(void *data), void *data);

/* Is this built directly? Appends sentences that say so, or why not, to out. */
bool direct_explain(const struct direct *direct, struct buf *out);

/* Why `go build` does it all from now on; NULL: it does not. Borrowed. */
const char *direct_never(const struct direct *direct);

/* Appends what to watch: the directories of the packages that main imports and may be edited, of
   what they embed, and go.mod and the like. Nothing before the first plan. Sorted by package. */
void direct_watched(const struct direct *direct, struct strs *dirs, struct strs *files);

#endif
