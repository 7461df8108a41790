/*
 * A wave of compiles through the import graph: what has changed, then its importers as far as
 * export data changes, side by side, at most `jobs` packages (an edited one may have its squeezed
 * variant beside it).
 *
 * In the served view a package whose export data differs from the served one in positions only
 * keeps the served export data (quick precision); its importers are then left for a later wave in
 * the exact view, which makes what `go build` makes. What a wave has compiled stays in the plan,
 * whether it is cancelled or fails: keys say what fits.
 *
 * Life-cycle: gowave_start, on_output for what the compiler says, one call of on_done, gowave_free
 * (also inside on_done). Lives on the loop's thread; nobody else changes the plan meanwhile.
 */
#ifndef ZONDA_BUILD_GOLANG_WAVE_H
#define ZONDA_BUILD_GOLANG_WAVE_H

#include "build/golang/plan.h"
#include "build/golang/store.h"
#include "platform/loop.h"

enum gowave_outcome { GOWAVE_DONE, GOWAVE_FAILED, GOWAVE_CANCELLED, GOWAVE_NOT_UNDERSTOOD };

struct gowave_result {
    enum gowave_outcome outcome;
    int compiled;     /* packages; what another builder's compiler has made does not count */
    int changed;      /* packages whose object in this view is another one now */
    char reason[256]; /* of GOWAVE_NOT_UNDERSTOOD */
};

struct gowave_request {
    struct goplan *plan;
    struct gostore *store;
    enum goview view;
    bool quick; /* served view: packages may keep export data that differs in positions */
    int jobs, nice;
    /* What `go build` would print for a package that does not compile: lines, each with a newline.
     */
    void (*on_output)(void *data, const char *text);
    void (*on_progress)(void *data, int done, int total, const char *package);
    void (*on_done)(void *data, const struct gowave_result *result);
    void *data;
};

struct gowave;
struct gowave *gowave_start(struct loop *loop, const struct gowave_request *request);
void gowave_cancel(struct gowave *wave); /* twice is fine */
void gowave_free(struct gowave *wave);   /* after on_done; NULL is allowed */

#endif
