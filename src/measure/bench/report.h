/*
 * A bench's result in words, tables and pictures, and beside an older one.
 *
 * bench_report_write chooses by the end of the path: .html is one file that needs nothing else and
 * no script, .md a table for a README, .json everything for programs (and for --compare), .csv the
 * samples.
 */
#ifndef ZONDA_MEASURE_BENCH_REPORT_H
#define ZONDA_MEASURE_BENCH_REPORT_H

#include "base/buf.h"
#include "base/err.h"
#include "measure/bench/result.h"

int bench_report_write(const struct bench_result *result, const struct bench_result *old,
                       const char *path, struct err *err);
/* old may be NULL; else what changed beyond the noise is marked. */
void bench_report_text(const struct bench_result *result, const struct bench_result *old,
                       struct buf *out);
void bench_report_markdown(const struct bench_result *result, const struct bench_result *old,
                           struct buf *out);
void bench_report_html(const struct bench_result *result, const struct bench_result *old,
                       struct buf *out);
void bench_report_json(const struct bench_result *result, struct buf *out);
void bench_report_csv(const struct bench_result *result, struct buf *out);
/* A value in its unit: "312 ms", "4", "21.3 MiB". */
void bench_report_value(struct buf *out, enum bench_figure figure, double value);
/* One sample as JSON, as in a line of the raw log and in the report's "samples"; without a newline:
   {"tool":"air","round":1,"figure":"leaf.served","value":1.88,"missed":false} */
void bench_report_sample(struct buf *out, const struct bench_result *result,
                         const struct bench_sample *sample);

#endif
