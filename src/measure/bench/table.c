#include "measure/bench/table.h"

#include <math.h>
#include <string.h>

#include "measure/bench/compare.h"
#include "measure/bench/report.h"

#define GO_MORE(KIND)                                                                              \
    {                                                                                              \
        {FIGURE_##KIND##_NOTICED, "noticed"}, {FIGURE_##KIND##_BUILT, "built"},                    \
            {FIGURE_##KIND##_STARTED, "started"}, {FIGURE_##KIND##_FAILED, "failed"},              \
        {                                                                                          \
            FIGURE_##KIND##_GAP, "gap"                                                             \
        }                                                                                          \
    }

const struct bench_group BENCH_GROUPS[] = {
    {"Start",
     NULL,
     "The tool is started, to the first answer of the app. The floor starts a program that is "
     "linked.",
     FIGURE_START,
     "start",
     {{FIGURES, NULL}}},
    {"Go leaf package", "leaf", "A Go package that few import is saved.", FIGURE_LEAF_SERVED,
     "save to served", GO_MORE(LEAF)},
    {"Go deep package", "deep", "A Go package that many import is saved.", FIGURE_DEEP_SERVED,
     "save to served", GO_MORE(DEEP)},
    {"Template",
     "template",
     "A template is saved.",
     FIGURE_TEMPLATE_SERVED,
     "save to served",
     {{FIGURES, NULL}}},
    {"Static file",
     "static",
     "A static file is saved.",
     FIGURE_STATIC_SERVED,
     "save to served",
     {{FIGURES, NULL}}},
    {"Configuration file",
     "config",
     "A configuration file is saved, to the first answer of a new "
     "process.",
     FIGURE_CONFIG_SERVED,
     "save to served",
     {{FIGURES, NULL}}},
    {"Answers",
     NULL,
     "Latency of 100 requests, one after the other.",
     FIGURE_ANSWER_MEDIAN,
     "median",
     {{FIGURE_ANSWER_MEAN, "mean"}, {FIGURE_ANSWER_P99, "p99"}, {FIGURES, NULL}}},
    {"Storm of saves",
     "storm",
     "Ten saves a second of the Go leaf package.",
     FIGURE_STORM_SERVED,
     "last save to served",
     {{FIGURE_STORM_BUILDS, "builds"}, {FIGURE_STORM_CPU, "CPU time"}, {FIGURES, NULL}}},
    {"Idle",
     NULL,
     "Nothing is saved and nothing is asked.",
     FIGURE_IDLE_MEMORY,
     "memory of the tool",
     {{FIGURE_IDLE_CPU, "CPU a second"},
      {FIGURE_APP_MEMORY, "memory of the app"},
      {FIGURES, NULL}}},
};
const int BENCH_GROUPS_LEN = sizeof BENCH_GROUPS / sizeof *BENCH_GROUPS;
#define MORE_MAX (sizeof BENCH_GROUPS->more / sizeof *BENCH_GROUPS->more)

/* What the cells of one table have in common. */
struct maker {
    struct bench_table *table;
    const struct bench_result *result, *old;
    bool missed; /* some tool missed some */
};

static void cell(struct maker *maker, const char *text, const char *tone)
{
    strs_push(&maker->table->cells, text);
    strs_push(&maker->table->tones, tone);
}

static bool has_more(const struct bench_group *group, size_t number)
{
    return number < MORE_MAX && group->more[number].name;
}

static bool was_tried(const struct bench_result *result, int tool, const struct bench_group *group)
{
    struct bench_stat stat = bench_stat(result, tool, group->main);
    if (stat.n + stat.missed)
        return true;
    for (size_t i = 0; has_more(group, i); i++) {
        stat = bench_stat(result, tool, group->more[i].figure);
        if (stat.n + stat.missed)
            return true;
    }
    return false;
}

static void range_cell(struct maker *maker, enum bench_figure figure, const struct bench_stat *stat)
{
    struct buf text = BUF_INIT(200);
    if (stat->n) {
        bench_report_value(&text, figure, stat->median);
    } else {
        (void)buf_puts(&text, "–");
    }
    if (stat->n > 1) {
        (void)buf_puts(&text, " (");
        bench_report_value(&text, figure, stat->min);
        (void)buf_puts(&text, " - ");
        bench_report_value(&text, figure, stat->max);
        (void)buf_putc(&text, ')');
    }
    cell(maker, buf_text(&text), "");
    buf_fini(&text);
}

static void ratio_cell(struct maker *maker, int tool, int base, enum bench_figure figure)
{
    struct buf text = BUF_INIT(50);
    double ratio = bench_ratio(maker->result, tool, base, figure);
    if (isnan(ratio))
        (void)buf_puts(&text, "–");
    else
        (void)buf_printf(&text, "%.*f×", ratio < 9.995 ? 2 : ratio < 99.95 ? 1 : 0, ratio);
    cell(maker, buf_text(&text), "");
    buf_fini(&text);
}

static void more_cell(struct maker *maker, int tool, enum bench_figure figure)
{
    struct buf text = BUF_INIT(100);
    struct bench_stat stat = bench_stat(maker->result, tool, figure);
    bool failed = figure == FIGURE_LEAF_FAILED || figure == FIGURE_DEEP_FAILED;
    if (stat.n)
        bench_report_value(&text, figure, stat.median);
    else
        (void)buf_puts(&text, "–");
    cell(maker, buf_text(&text), failed && stat.median > 0 ? "bad" : "");
    buf_fini(&text);
}

static void missed_cell(struct maker *maker, const struct bench_stat *stat)
{
    struct buf text = BUF_INIT(100);
    if (stat->missed)
        (void)buf_printf(&text, "%d of %d", stat->missed, stat->n + stat->missed);
    cell(maker, buf_text(&text), stat->missed ? "bad" : "");
    buf_fini(&text);
}

static void change_cell(struct maker *maker, int tool, enum bench_figure figure)
{
    static const char *const TONES[] = {[CHANGE_LESS] = "good",
                                        [CHANGE_SERVED] = "good",
                                        [CHANGE_MORE] = "bad",
                                        [CHANGE_MISSED] = "bad"};
    struct buf text = BUF_INIT(100);
    struct bench_compared compared = bench_compare(maker->result, maker->old, tool, figure);
    bench_compare_words(&text, &compared);
    cell(maker, buf_text(&text), TONES[compared.change] ? TONES[compared.change] : "");
    buf_fini(&text);
}

static void base_head(struct maker *maker, int base)
{
    struct buf text = BUF_INIT(300);
    (void)buf_printf(&text, "of %s", maker->result->tools.at[base].name);
    cell(maker, buf_text(&text), "");
    buf_fini(&text);
}

static void head(struct maker *maker)
{
    const struct bench_group *group = maker->table->group;
    cell(maker, "tool", "");
    cell(maker, group->main_name, "");
    if (maker->result->first >= 0)
        base_head(maker, maker->result->first);
    if (maker->result->floor >= 0 && maker->result->floor != maker->result->first)
        base_head(maker, maker->result->floor);
    for (size_t i = 0; has_more(group, i); i++)
        cell(maker, group->more[i].name, "");
    if (maker->missed)
        cell(maker, "not served", "");
    if (maker->old)
        cell(maker, "since", "");
    maker->table->columns = maker->table->cells.len;
}

static void row(struct maker *maker, int tool)
{
    const struct bench_group *group = maker->table->group;
    struct bench_stat stat = bench_stat(maker->result, tool, group->main);
    cell(maker, maker->result->tools.at[tool].name, "");
    range_cell(maker, group->main, &stat);
    if (maker->result->first >= 0)
        ratio_cell(maker, tool, maker->result->first, group->main);
    if (maker->result->floor >= 0 && maker->result->floor != maker->result->first)
        ratio_cell(maker, tool, maker->result->floor, group->main);
    for (size_t i = 0; has_more(group, i); i++)
        more_cell(maker, tool, group->more[i].figure);
    if (maker->missed)
        missed_cell(maker, &stat);
    if (maker->old)
        change_cell(maker, tool, group->main);
}

void bench_table_make(struct bench_table *table, const struct bench_group *group,
                      const struct bench_result *result, const struct bench_result *old)
{
    struct maker maker = {.table = table, .result = result, .old = old};
    *table = (struct bench_table){.group = group};
    for (int tool = 0; tool < (int)result->tools.len; tool++)
        maker.missed = maker.missed || bench_stat(result, tool, group->main).missed > 0;
    head(&maker);
    for (int tool = 0; tool < (int)result->tools.len; tool++)
        if (was_tried(result, tool, group))
            row(&maker, tool);
}

size_t bench_table_rows(const struct bench_table *table)
{
    return table->cells.len / table->columns - 1;
}

void bench_table_fini(struct bench_table *table)
{
    strs_fini(&table->cells);
    strs_fini(&table->tones);
}
