#include "measure/bench/report_charts.h"

#include <math.h>

#include "measure/bench/report.h"
#include "measure/chart_bars.h"
#include "measure/report.h"

static void label_seconds(struct buf *out, double s)
{
    if (s <= 0)
        (void)buf_putc(out, '0');
    else if (s < 1e-3)
        (void)buf_printf(out, "%g µs", s * 1e6);
    else if (s < 1)
        (void)buf_printf(out, "%g ms", s * 1e3);
    else
        (void)buf_printf(out, "%g s", s);
}

/* Bytes are drawn as MiB, so that the marks are round numbers of these. */
static double drawn(enum bench_figure figure, double value)
{
    return bench_figure(figure)->unit == UNIT_BYTES ? value / (1024 * 1024) : value;
}

static void label_mebibytes(struct buf *out, double mebibytes)
{
    (void)buf_printf(out, "%g MiB", mebibytes);
}

static const char *const CLASSES[] = {"a", "b", "c"};
#define SERIES_MAX 3

/* What a picture shows of a group: up to three figures, one after the other in a bar, or as dots.
 */
struct picture {
    int series;
    enum bench_figure figure[SERIES_MAX];
    const char *name[SERIES_MAX];
    bool stacked;
    bool rounds; /* the rounds of the group's main figure as dots over the bar */
};

static struct picture picture_of(const struct bench_group *group)
{
    switch (group->main) {
    case FIGURE_LEAF_SERVED:
        return (struct picture){3,
                                {FIGURE_LEAF_NOTICED, FIGURE_LEAF_BUILT, FIGURE_LEAF_STARTED},
                                {"noticed", "built", "started"},
                                true,
                                true};
    case FIGURE_DEEP_SERVED:
        return (struct picture){3,
                                {FIGURE_DEEP_NOTICED, FIGURE_DEEP_BUILT, FIGURE_DEEP_STARTED},
                                {"noticed", "built", "started"},
                                true,
                                true};
    case FIGURE_ANSWER_MEDIAN:
        return (struct picture){3,
                                {FIGURE_ANSWER_MEDIAN, FIGURE_ANSWER_MEAN, FIGURE_ANSWER_P99},
                                {"median", "mean", "p99"},
                                false,
                                false};
    case FIGURE_IDLE_MEMORY:
        return (struct picture){
            2, {FIGURE_IDLE_MEMORY, FIGURE_APP_MEMORY}, {"tool", "app"}, true, false};
    case FIGURE_STORM_SERVED:
        return (struct picture){1, {FIGURE_STORM_CPU}, {"CPU time of the tool"}, true, false};
    default:
        return (struct picture){1, {group->main}, {group->main_name}, true, true};
    }
}

/* The length of a tool's bar, its furthest dot; 0 where it has no value. */
static double reach(const struct bench_result *result, const struct bench_group *group,
                    const struct picture *picture, int tool)
{
    double sum = 0, most = 0;
    for (int i = 0; i < picture->series; i++) {
        struct bench_stat stat = bench_stat(result, tool, picture->figure[i]);
        double median = drawn(picture->figure[i], stat.median);
        sum += median;
        most = fmax(most, median);
    }
    if (picture->rounds)
        most = fmax(most, bench_stat(result, tool, group->main).max);
    return picture->stacked ? fmax(sum, most) : most;
}

static void legend(struct buf *out, const struct picture *picture)
{
    (void)buf_puts(out, "<div class=\"legend\">");
    for (int i = 0; i < picture->series; i++)
        (void)buf_printf(out, "<span class=\"%s\"><i></i>%s</span>", CLASSES[i], picture->name[i]);
    if (picture->rounds)
        (void)buf_puts(out, "<span>○ each round</span>");
    (void)buf_puts(out, "</div>\n");
}

static void row(struct bars *bars, const struct bench_result *result,
                const struct bench_group *group, const struct picture *picture, int tool)
{
    struct buf text = BUF_INIT(300);
    bars_row(bars, result->tools.at[tool].name);
    for (int i = 0; i < picture->series; i++) {
        struct bench_stat stat = bench_stat(result, tool, picture->figure[i]);
        if (stat.n == 0)
            continue;
        (picture->stacked ? bars_part : bars_dot)(bars, CLASSES[i],
                                                  drawn(picture->figure[i], stat.median));
        (void)buf_puts(&text, text.len ? " · " : "");
        bench_report_value(&text, picture->figure[i], stat.median);
    }
    if (picture->rounds)
        VEC_EACH (const struct bench_sample, sample, &result->samples)
            if (sample->tool == tool && sample->figure == group->main && !sample->missed)
                bars_dot(bars, "round", sample->value);
    bars_text(bars, buf_text(&text));
    buf_fini(&text);
}

void bench_chart(struct buf *out, const struct bench_result *result,
                 const struct bench_group *group)
{
    struct picture picture = picture_of(group);
    bool bytes = bench_figure(picture.figure[0])->unit == UNIT_BYTES;
    struct bars bars = {.out = out, .label = bytes ? label_mebibytes : label_seconds};
    for (int tool = 0; tool < (int)result->tools.len; tool++) {
        double length = reach(result, group, &picture, tool);
        bars.max = fmax(bars.max, length);
        bars.rows += length > 0;
    }
    if (bars.rows == 0)
        return;
    (void)buf_puts(out, "<figure>");
    legend(out, &picture);
    bars_begin(&bars, group->title);
    for (int tool = 0; tool < (int)result->tools.len; tool++)
        if (reach(result, group, &picture, tool) > 0)
            row(&bars, result, group, &picture, tool);
    bars_end(&bars);
    (void)buf_puts(out, "</figure>\n");
}
