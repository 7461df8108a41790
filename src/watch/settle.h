/*
 * Settle: from changes to batches, without a pause for the ordinary save.
 *
 * An isolated hard change is given out in the same turn of the loop. While the owner is busy
 * (settle_busy: a build is under way), a new hard change makes settle call on_obsolete at once, and
 * the batch is given out after it has been quiet for 20 ms, doubling with every further change up
 * to 200 ms, but never later than max_ms after its first change. Soft changes (a file vanished)
 * wait 20 ms for the file to come back; only then they make a build obsolete, and one whose file is
 * there again without a hard change is dropped: its content is the old one.
 */
#ifndef ZONDA_WATCH_SETTLE_H
#define ZONDA_WATCH_SETTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "platform/loop.h"
#include "watch/plan.h"

#define SETTLE_QUIET_MIN_MS 20
#define SETTLE_QUIET_MAX_MS 200

struct settle;
/* The batch moves to the callee, which frees it with batch_fini. */
typedef void settle_batch_fn(void *data, struct batch *batch);
/* Called from settle_add for a hard change; for a soft one just before its batch is given out. */
typedef void settle_obsolete_fn(void *data, const struct change *change);

struct settle *settle_new(struct loop *loop, uint32_t max_ms, settle_batch_fn *on_batch,
                          settle_obsolete_fn *on_obsolete, void *data);
void settle_free(struct settle *settle);
void settle_set_max(struct settle *settle, uint32_t max_ms);
void settle_add(struct settle *settle, const struct change *change, bool soft); /* copies */
void settle_busy(struct settle *settle, bool busy);
bool settle_pending(const struct settle *settle); /* changes wait to be given out */

#endif
