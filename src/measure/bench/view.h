/*
 * A bench as it goes, on standard error: one line that is written over where that is a terminal,
 * else a line every few seconds.
 */
#ifndef ZONDA_MEASURE_BENCH_VIEW_H
#define ZONDA_MEASURE_BENCH_VIEW_H

#include "measure/bench/bench.h"
#include "measure/load_view.h"

/* view: load_view_init, bench_view_every_ms, load_view_end. */
uint32_t bench_view_every_ms(const struct load_view *view);
void bench_view_show(void *view, const struct bench_progress *progress); /* a bench_view_fn */

#endif
