/*
 * The tables of a bench's report as cells of text: report_text.c, report_markdown.c and
 * report_html.c only draw them.
 *
 * Life-cycle: bench_table_make for each number below bench_tables(), bench_table_fini.
 */
#ifndef ZONDA_MEASURE_BENCH_TABLE_H
#define ZONDA_MEASURE_BENCH_TABLE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/strs.h"
#include "measure/bench/result.h"

struct bench_group {
    const char *title;
    const char *kind; /* of the subject that was edited, or NULL */
    const char *about;
    enum bench_figure main; /* with range and ratios */
    const char *main_name;
    struct {
        enum bench_figure figure;
        const char *name;
    } more[5]; /* medians; up to one without a name */
};
extern const struct bench_group BENCH_GROUPS[];
extern const int BENCH_GROUPS_LEN;

struct bench_table {
    const struct bench_group *group;
    size_t columns;
    struct strs cells; /* row by row; the first is the head */
    struct strs tones; /* of the same cells: "", "good", "bad" */
};

/* No more than the head where nothing was measured. */
void bench_table_make(struct bench_table *table, const struct bench_group *group,
                      const struct bench_result *result, const struct bench_result *old);
size_t bench_table_rows(const struct bench_table *table); /* without the head */
void bench_table_fini(struct bench_table *table);

/* --- words that the reports share; each appends to out --- */
/* What was edited for a group: "internal/version/version.go, imported by 2 packages"; "" else. */
void bench_words_subject(struct buf *out, const struct bench_result *result, const char *kind);
/* Why a group has no rows. */
void bench_words_missing(struct buf *out, const struct bench_result *result,
                         const struct bench_group *group);
/* "zonda 0.1.0 · go1.26.0 · Linux ..." */
void bench_words_machine(struct buf *out, const struct bench_result *result);
/* "5 rounds in 3 min 20 s, begun 2026-...; load average 0.31 before, 1.20 after" */
void bench_words_run(struct buf *out, const struct bench_result *result);
/* What a reader must know to trust the figures; "" where there is nothing. */
void bench_words_caution(struct buf *out, const struct bench_result *result,
                         const struct bench_result *old);

#endif
