/*
 * What `go build -x` says, `go help build`: the compile of one package and the link of the program,
 * taken out of all its command lines.
 *
 * Used by floor.c only.
 */
#ifndef ZONDA_MEASURE_BENCH_FLOOR_TRACE_H
#define ZONDA_MEASURE_BENCH_FLOOR_TRACE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/strs.h"

struct floor_step {
    struct strs argv, env; /* env: NAME=value, those before the command */
    char *dir;
};
void floor_step_fini(struct floor_step *step); /* it may be used again */

/* Appends text with work in the place of each $WORK. */
void floor_put_work(const char *text, const char *work, struct buf *out);
/* Takes text apart; dir is where the go command ran, until a line "cd DIR" says otherwise. package:
   the import path as the compiler is told, "main" for a program. compile and link are empty before.
   False where there is not exactly one compile of it and one link: then both are empty again. */
bool floor_read_trace(char *text, const char *package, const char *dir, struct floor_step *compile,
                      struct floor_step *link);

#endif
