/*
 * How many packages a build has to compile, for the progress line of a long one.
 *
 * Life-cycle: stale_count, then either one call of fn, after which the job is gone, or
 * stale_cancel. The count comes from `go list -deps`, which compares build IDs with the cache, as
 * the build does; it runs beside the build, with a lower priority, so what the build has finished
 * by then is not counted any more.
 */
#ifndef ZONDA_BUILD_GOLANG_STALE_H
#define ZONDA_BUILD_GOLANG_STALE_H

#include "build/golang/graph.h"

struct stale_job;
/* stale: packages that the build cache does not have, the standard library's and main included; 0
   where the go command could not tell. The request is copied. */
typedef void stale_fn(void *data, int stale);
struct stale_job *stale_count(struct loop *loop, const struct graph_request *request, stale_fn *fn,
                              void *data, struct err *err);
void stale_cancel(struct stale_job *job); /* no callback any more; NULL is allowed */

#endif
