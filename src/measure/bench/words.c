/* Words that the reports share. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "measure/bench/compare.h"
#include "measure/bench/report.h"
#include "measure/bench/table.h"
#include "measure/report.h"

#define BUSY_SHARE 0.5 /* of a processor, by others, before the bench began */
#define WIDE       1.5 /* slowest round to median */
#define WIDE_S     0.1 /* what is shorter is not worth a word */

void bench_report_value(struct buf *out, enum bench_figure figure, double value)
{
    switch (bench_figure(figure)->unit) {
    case UNIT_SECONDS:
        report_duration(out, value * 1e9);
        break;
    case UNIT_COUNT:
        if (fabs(value - floor(value)) > 0 && value < 1e6) /* a median between two */
            (void)buf_printf(out, "%.1f", value);
        else
            report_count(out, value < 1e18 ? (uint64_t)value : (uint64_t)1e18);
        break;
    case UNIT_BYTES:
        if (value < 1024 * 1024)
            (void)buf_printf(out, "%.0f KiB", value / 1024);
        else
            (void)buf_printf(out, "%.1f MiB", value / (1024 * 1024));
        break;
    }
}

static const struct bench_subject_result *subject_of(const struct bench_result *result,
                                                     const char *kind)
{
    VEC_EACH (const struct bench_subject_result, subject, &result->subjects)
        if (kind && strcmp(subject->kind, kind) == 0)
            return subject;
    return NULL;
}

void bench_words_subject(struct buf *out, const struct bench_result *result, const char *kind)
{
    const struct bench_subject_result *subject = subject_of(result, kind);
    if (subject && subject->file)
        (void)buf_printf(out, "%s%s%s", subject->file, subject->why ? ", " : "",
                         subject->why ? subject->why : "");
}

void bench_words_missing(struct buf *out, const struct bench_result *result,
                         const struct bench_group *group)
{
    const struct bench_subject_result *subject = subject_of(result, group->kind);
    bool why = subject && !subject->file && subject->why;
    (void)buf_printf(out, "not measured%s%s", why ? ": " : "", why ? subject->why : "");
}

void bench_words_machine(struct buf *out, const struct bench_result *result)
{
    (void)buf_printf(out, "%s · %s · zonda %s", result->machine ? result->machine : "?",
                     result->go ? result->go : "?", result->zonda ? result->zonda : "?");
}

void bench_words_run(struct buf *out, const struct bench_result *result)
{
    char started[CLOCK_WALL_BYTES];
    clock_format_utc(result->started_wall_ns, started);
    (void)buf_printf(out, "%d round%s, begun %s, took ", result->rounds,
                     result->rounds == 1 ? "" : "s", started);
    report_duration(out, (double)result->elapsed_ns);
    (void)buf_printf(out, "; load average of the machine %.2f before, %.2f after",
                     result->load_before, result->load_after);
}

/* Tools whose slowest round took much longer than their median. */
static void wide_ones(struct buf *out, const struct bench_result *result)
{
    bool any = false;
    for (int g = 0; g < BENCH_GROUPS_LEN; g++) {
        const struct bench_group *group = &BENCH_GROUPS[g];
        if (bench_figure(group->main)->unit != UNIT_SECONDS)
            continue;
        for (int tool = 0; tool < (int)result->tools.len; tool++) {
            struct bench_stat stat = bench_stat(result, tool, group->main);
            if (stat.n < BENCH_COMPARE_ROUNDS || stat.max <= WIDE * stat.median ||
                stat.max - stat.median < WIDE_S)
                continue;
            (void)buf_printf(out, "%s%s (%s)",
                             any ? ", " : "Rounds lie far apart: ", result->tools.at[tool].name,
                             bench_figure(group->main)->name);
            any = true;
        }
    }
    if (any)
        (void)buf_puts(out, ". ");
}

void bench_words_caution(struct buf *out, const struct bench_result *result,
                         const struct bench_result *old)
{
    if (result->interrupted)
        (void)buf_puts(out, "The run was stopped before its end. ");
    if (result->rounds < BENCH_COMPARE_ROUNDS)
        (void)buf_puts(out, "So few rounds show no spread. ");
    if (result->load_before > BUSY_SHARE)
        (void)buf_printf(out,
                         "The machine was busy when it began (load average %.2f): read the "
                         "ratios. ",
                         result->load_before);
    wide_ones(out, result);
    if (old)
        bench_compare_caution(out, result, old);
}
