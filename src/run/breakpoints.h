/*
 * The breakpoints of Delve, as they go from one version of the app to the next: by file and line,
 * with their conditions and what they print. Pure.
 *
 * Left out are those that Delve made itself, watchpoints and addresses, which mean nothing in
 * another process, and those of an editor (DAP), which sets its own again when it connects.
 */
#ifndef ZONDA_RUN_BREAKPOINTS_H
#define ZONDA_RUN_BREAKPOINTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/vec.h"

#define BREAKPOINTS_MAX 1000

struct breakpoint {
    int64_t id;   /* in the Delve that has it */
    char *params; /* of CreateBreakpoint */
    char *place;  /* "/src/main.go:12" */
    bool disabled;
    bool unset; /* the version that runs has no such place: a later one may have it again */
};

struct breakpoints {
    VEC(struct breakpoint) list;
    VEC(int64_t) ids; /* of all that a person or an editor set in the Delve that was asked */
};

/* Takes over what ListBreakpoints answered. Those that are unset stay, behind. */
void breakpoints_read(struct breakpoints *breakpoints, const struct json *result);
void breakpoints_fini(struct breakpoints *breakpoints);

#endif
