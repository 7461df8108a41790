/*
 * The sources as they are now, against the plan. Blocking: for the work queue, while nobody else
 * uses the plan.
 */
#ifndef ZONDA_BUILD_GOLANG_LOOK_H
#define ZONDA_BUILD_GOLANG_LOOK_H

#include <stdbool.h>

#include "base/strs.h"
#include "build/golang/plan.h"

#define GOLOOK_REASON_BYTES 256
#define GOLOOK_FILE_MAX     ((size_t)1 << 27)

/* Reads everything for the first time. plan->obsolete says what has changed since made_ns. */
void golook_first(struct goplan *plan);

/* Looks at the packages that changed paths (absolute) belong to, or at all of them where all is
   set, and brings digests and texts up to date. False, and a reason in words, where the plan does
   not hold any more: a file is new or gone, its header is another, go.mod or the like has changed.
 */
bool golook_again(struct goplan *plan, const struct strs *changed, bool all,
                  char reason[GOLOOK_REASON_BYTES]);

/* Can any of the paths (absolute) be what the plan is made from? */
bool golook_touches(const struct goplan *plan, const struct strs *paths);

/* Files that had just been written when they were looked at are looked at again: from now on their
   times tell. False where one is not what it was, or was written just now. */
bool golook_settle(struct goplan *plan);

/* Have the files of a package stayed as they were looked at? Else they are looked at anew the next
   time, whatever their times say. */
bool golook_held(struct gopackage *package);

#endif
