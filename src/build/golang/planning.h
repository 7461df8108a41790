/*
 * A plan asked from the go command: `go env`, then `go list -deps -export` (which compiles what
 * Go's cache does not have) beside `go build -n -a`, then plan_read.h on the work queue.
 *
 * Life-cycle: goplanning_start, one call of on_done, goplanning_free (also inside on_done).
 * goplanning_cancel kills the groups and leads to on_done once nobody is left. Lives on the loop's
 * thread.
 */
#ifndef ZONDA_BUILD_GOLANG_PLANNING_H
#define ZONDA_BUILD_GOLANG_PLANNING_H

#include "build/golang/plan.h"
#include "platform/loop.h"

struct goplanning_result {
    struct goplan *plan; /* moved to the callee; NULL: see the rest */
    bool cancelled;
    bool refused;   /* the go command itself failed: `go build` will say why */
    struct err err; /* otherwise, one sentence: what is not understood */
};

struct goplanning_request {
    const char *go, *dir, *package, *work; /* borrowed until on_done, as are the next two */
    const struct strs *flags, *env;
    bool debug_info;
    uint64_t since_ns; /* wall clock: a source that changed after it makes the plan obsolete */
    void (*on_done)(void *data, struct goplanning_result *result);
    void *data;
};

struct goplanning;
struct goplanning *goplanning_start(struct loop *loop, const struct goplanning_request *request);
void goplanning_cancel(struct goplanning *planning);
void goplanning_free(struct goplanning *planning); /* NULL is allowed */

#endif
