/*
 * Which packages' tests a change can reach.
 *
 * `go list -e -test -deps` tells the packages of the main module (all modules of a go.work), what
 * they and their tests import, and what they embed. A changed file reaches its package, every
 * package that imports that one, and so on; tests are reached that belong to such a package or
 * import one. A _test.go file, and what lies in testdata, reaches the tests of its own package
 * only; go.mod, go.sum and go.work reach everything.
 *
 * Life-cycle: affected_find, one call of fn (never inside it); affected_cancel before that ends it
 * without a call.
 */
#ifndef ZONDA_BUILD_GOLANG_AFFECTED_H
#define ZONDA_BUILD_GOLANG_AFFECTED_H

#include <stddef.h>

#include "base/err.h"
#include "base/strs.h"
#include "platform/loop.h"

/* Packages of main modules that have tests and are reached, and their directories beside them. */
struct affected {
    struct strs packages, dirs;
};
void affected_fini(struct affected *found);

struct affected_request {
    const char *go;             /* the go command */
    const char *dir;            /* where to run it */
    const struct strs *flags;   /* -tags and the like */
    const struct strs *env;     /* its environment */
    const struct strs *changed; /* absolute, clean paths of files, also of those that are gone */
};
typedef void affected_fn(void *data, struct affected *found,
                         const struct err *err); /* found: moved */

struct affected_job;
/* The go command runs at low priority. Everything is copied. NULL and an error where it cannot
   start. */
struct affected_job *affected_find(struct loop *loop, const struct affected_request *request,
                                   affected_fn *fn, void *data, struct err *err);
void affected_cancel(struct affected_job *job); /* NULL is allowed */

/* The template that affected_parse understands, for go list -f. */
extern const char AFFECTED_TEMPLATE[];
/* The go command's output; text is taken apart in place. ERR_APP where it names too many packages.
 */
int affected_parse(char *text, const struct strs *changed, struct affected *found, struct err *err);

#endif
