/*
 * A new binary takes the place of the old one.
 *
 * Life-cycle: fill in artifact and fresh, place_run (on the work queue), then place_keep or
 * place_undo, place_fini. A running binary is never written to: the new one gets its name by
 * rename(2). The old one is kept under another name until the build as a whole is known to be good,
 * so that one that fails or is given up later leaves nothing behind that the app could be started
 * from, and that a later build could be compared with.
 */
#ifndef ZONDA_BUILD_PLACE_H
#define ZONDA_BUILD_PLACE_H

#include <stdbool.h>

#include "base/err.h"
#include "platform/fs.h"

enum place_compare {
    PLACE_BY_ID,      /* by the go command's build ID, and by content where there is none */
    PLACE_BY_CONTENT, /* the IDs say nothing */
    PLACE_DIFFERS,    /* it is known to be another */
};

struct place {
    char *artifact, *fresh; /* owned */
    char *from;             /* linked or copied to fresh first; owned, or NULL */
    enum place_compare compare;
    char *kept;             /* the old one's other name, or NULL */
    struct fs_info running; /* what the app was started from; FS_NONE: unknown */
    bool unchanged;         /* the same content as that but for the build ID */
    bool placed;
    struct err err;
};

void place_run(void *place);                      /* fills in the rest; on any thread */
bool place_is_running(const struct place *place); /* artifact is what the app was started from */
void place_keep(struct place *place);             /* the old one goes with the directory of fresh */
void place_undo(struct place *place);             /* also where nothing was placed */
void place_fini(struct place *place);

#endif
