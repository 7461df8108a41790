/*
 * Stretches of a run whose requests are counted apart: the reloads of `zonda load --reload-every`.
 *
 * Life-cycle: windows_new before the run, windows_open and windows_close in turns from one thread
 * while it runs, windows_free after its reports. Threads of the run hand over what they counted
 * every 100 ms, so that a window begins and ends to that.
 */
#ifndef ZONDA_MEASURE_WINDOWS_H
#define ZONDA_MEASURE_WINDOWS_H

#include <stdbool.h>
#include <stdint.h>

#include "measure/tally.h"

#define WINDOWS_MAX 1000 /* further ones are not kept */

struct window {
    uint64_t begin_ns, end_ns; /* monotonic; end_ns is 0 while it is open */
    char *what;                /* how the reload ended, in words */
    bool good;
    struct tally tally;
};

struct windows;
struct windows *windows_new(void);
void windows_free(struct windows *windows); /* NULL is allowed */
void windows_open(struct windows *windows);
void windows_close(struct windows *windows, const char *what, bool good);

/* From the threads of a run: counts into the window that is open. NULL is allowed. */
void windows_count(struct windows *windows, const struct tally *tally);

/* After the run, when nobody opens or counts any more. */
size_t windows_len(const struct windows *windows); /* 0 for NULL */
const struct window *windows_at(const struct windows *windows, size_t number);

#endif
