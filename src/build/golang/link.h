/*
 * The link of one main package: open, update a package, link, cancel, close.
 *
 * Everything behind this header may be another linker one day; today it is the stock one, `go tool
 * link`, which reads all objects anew each time. Life-cycle: golink_open; golink_update for each
 * package whose object is another one now (all of them are named once before the first link);
 * golink_run → on_done; golink_close when nothing runs. The output is a new file under an
 * unguessable name in the plan's work directory; whoever takes it renames it. Lives on the loop's
 * thread.
 */
#ifndef ZONDA_BUILD_GOLANG_LINK_H
#define ZONDA_BUILD_GOLANG_LINK_H

#include "build/golang/plan.h"
#include "build/golang/tool.h"

struct golink_result {
    bool done, cancelled;
    const char *path; /* of the new file; the callee renames it, else it is removed */
    const char *output;
    struct exit_status status;
    struct err err;
};
typedef void golink_fn(void *data, const struct golink_result *result);

struct golink;
/* The plan is borrowed until golink_close. */
struct golink *golink_open(struct loop *loop, const struct goplan *plan);
/* The object of a package (its index in the plan), copied. */
void golink_update(struct golink *link, size_t package, const char *object);
/* One at a time. */
int golink_run(struct golink *link, golink_fn *fn, void *data, struct err *err);
void golink_cancel(struct golink *link); /* leads to on_done; nothing where nothing runs */
void golink_close(struct golink *link);  /* NULL is allowed */

#endif
