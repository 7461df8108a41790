/*
 * A result in words, tables and pictures.
 *
 * report_write chooses by the end of the path: .html is one file that needs nothing else and no
 * script, .md a table for a README, .json everything for programs, .csv the course of the run.
 */
#ifndef ZONDA_MEASURE_REPORT_H
#define ZONDA_MEASURE_REPORT_H

#include "base/buf.h"
#include "base/err.h"
#include "measure/report_file.h"
#include "measure/result.h"

#define REPORT_VERSION 1 /* of the JSON's fields */

int report_write(const struct load_result *result, const char *path, struct err *err);

/* The kinds; the text is for a terminal. */
void report_text(const struct load_result *result, struct buf *out);
void report_markdown(const struct load_result *result, struct buf *out);
void report_html(const struct load_result *result, struct buf *out);
void report_json(const struct load_result *result, struct buf *out);
void report_csv(const struct load_result *result, struct buf *out);

/* The pictures of report_html. */
void report_charts(struct buf *out, const struct load_result *result);

/* --- words that they share; each appends to out --- */
void report_duration(struct buf *out, double ns); /* "850 µs", "3.21 ms", "1.24 s", "3 min" */
/* A percentile, or "–" where nothing was counted. */
void report_latency(struct buf *out, const struct histogram *latency, double percent);
void report_span(struct buf *out, uint64_t ns);     /* of a plan: "2 s", "10 min" */
void report_count(struct buf *out, uint64_t count); /* "1,234,567" */
void report_rate(struct buf *out, double rate);     /* "49.8", "1,203" */
void report_percent(struct buf *out, double share); /* "0 %", "0.02 %", "12 %" */
void report_verdict(struct buf *out, const struct load_verdict *verdict); /* "p99 is 12 ms" */
/* "Linux 6.18 x86_64 · 2 × AMD EPYC · zonda 0.1.0 with 2 threads" */
void report_machine(struct buf *out, const struct load_result *result);
/* "1,000 users, up 50 a second …" */
void report_stages(struct buf *out, const struct scenario *scenario);
/* What a reader must know to trust the figures; "" where there is nothing. */
void report_caution(struct buf *out, const struct load_result *result);

#endif
