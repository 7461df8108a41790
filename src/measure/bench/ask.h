/*
 * One run of a short command that is waited for: `go list`, a tool's --version, `go install`.
 *
 * bench_ask blocks on a loop of its own, so it is for before process_init and after process_fini
 * only; in between, bench_ask_on runs the loop that there is.
 */
#ifndef ZONDA_MEASURE_BENCH_ASK_H
#define ZONDA_MEASURE_BENCH_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/strs.h"
#include "platform/loop.h"

struct bench_ask {
    const struct strs *argv;
    const struct strs *env; /* NAME=value, added to zonda's own; NULL: nothing */
    const char *dir;
    uint32_t timeout_ms;
    bool aloud;  /* all that it writes goes to standard error as it comes */
    bool joined; /* its error output goes to out as well */
};

/* Appends its standard output to out. 0 where it ended with status 0; ERR_APP with what it
   complained of; ERR_SYSTEM where it did not end in time. */
int bench_ask(const struct bench_ask *ask, struct buf *out, struct err *err);
/* The same on loop, in the environment env instead of that of ask. ERR_SYSTEM also where *stopped
   was found to be true: it is looked at whenever somebody stops the loop. */
int bench_ask_on(struct loop *loop, const struct bench_ask *ask, const struct strs *env,
                 const bool *stopped, struct buf *out, struct err *err);

#endif
