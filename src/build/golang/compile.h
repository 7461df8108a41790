/*
 * One package compiled, and the question whether its importers still fit.
 *
 * Life-cycle: gocompile_start, one call of on_done, gocompile_free (also inside on_done).
 * gocompile_cancel kills the compilers and leads to on_done with GOCOMPILE_CANCELLED once they are
 * gone. While it runs the package's sources must not be looked at by anybody else. Lives on the
 * loop's thread; files are read and written on the work queue.
 *
 * The real sources are compiled. Where `squeeze` is asked for and lines have moved, the squeezed
 * variant (squeeze.h) is compiled beside them; it is waited for only when the real export data is
 * another than the target's. If the variant's is the target's, the object gets the target's
 * fingerprint: moved.
 */
#ifndef ZONDA_BUILD_GOLANG_COMPILE_H
#define ZONDA_BUILD_GOLANG_COMPILE_H

#include "build/golang/plan.h"
#include "build/golang/store.h"
#include "build/golang/tool.h"

enum gocompile_outcome { GOCOMPILE_DONE, GOCOMPILE_FAILED, GOCOMPILE_CANCELLED };

struct gocompile_result {
    enum gocompile_outcome outcome;
    struct buf output;          /* what the compiler printed */
    struct gocompiled compiled; /* its real export data and object; key is the caller's */
    /* The object that fits the target's export data; NULL where there is none. */
    struct gooutput *moved;
    struct digest moved_digest;
    bool held;   /* the sources stayed as they were looked at, all the time */
    bool shared; /* no compiler has run for this: another builder's had */
    struct err err;
};

struct gocompile_request {
    struct goplan *plan;
    struct gostore *store;
    size_t package;
    enum goview
        view; /* of the imports' export data; the target is the package's own in this view */
    bool squeeze;
    int nice;
    void (*on_done)(void *data, struct gocompile_result *result);
    void *data;
};

struct gocompile;
struct gocompile *gocompile_start(struct loop *loop, const struct gocompile_request *request);
void gocompile_cancel(struct gocompile *compile); /* twice is fine */
void gocompile_free(struct gocompile *compile);   /* after on_done; NULL is allowed */

#endif
