/*
 * The pictures of a bench's page, each below the table whose values it shows.
 */
#ifndef ZONDA_MEASURE_BENCH_REPORT_CHARTS_H
#define ZONDA_MEASURE_BENCH_REPORT_CHARTS_H

#include "base/buf.h"
#include "measure/bench/table.h"

/* Nothing where no tool has a value. */
void bench_chart(struct buf *out, const struct bench_result *result,
                 const struct bench_group *group);

#endif
