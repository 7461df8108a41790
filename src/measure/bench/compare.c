#include "measure/bench/compare.h"

#include <math.h>
#include <string.h>

/* Of the start the floor has the app's part only, without a build. */
static bool floor_has(const struct bench_result *result, int tool, enum bench_figure figure)
{
    return figure != FIGURE_START && result->floor >= 0 && result->floor != tool &&
           bench_stat_ratio(result, tool, result->floor, figure).n >= BENCH_COMPARE_ROUNDS;
}

static bool overlap(const struct bench_stat *a, const struct bench_stat *b)
{
    return a->min <= b->max && b->min <= a->max;
}

static bool is_enough(const struct bench_compared *compared)
{
    double difference = fabs(compared->is - compared->was);
    if (compared->is_count)
        return difference > BENCH_COMPARE_COUNT;
    return difference > BENCH_COMPARE_SHARE * compared->was;
}

struct bench_compared bench_compare(const struct bench_result *result,
                                    const struct bench_result *old, int tool,
                                    enum bench_figure figure)
{
    struct bench_compared compared = {.is_count = bench_figure(figure)->unit == UNIT_COUNT};
    int before = bench_result_find(old, result->tools.at[tool].name);
    if (before < 0)
        return compared;
    struct bench_stat is = bench_stat(result, tool, figure);
    struct bench_stat was = bench_stat(old, before, figure);
    if (is.n + is.missed == 0 || was.n + was.missed == 0)
        return compared;
    if ((is.missed > 0) != (was.missed > 0)) {
        compared.change = is.missed ? CHANGE_MISSED : CHANGE_SERVED;
        return compared;
    }
    if (bench_figure(figure)->unit == UNIT_SECONDS && floor_has(result, tool, figure) &&
        floor_has(old, before, figure)) {
        compared.by_floor = true;
        is = bench_stat_ratio(result, tool, result->floor, figure);
        was = bench_stat_ratio(old, before, old->floor, figure);
    }
    compared.is = is.median;
    compared.was = was.median;
    if (is.n < BENCH_COMPARE_ROUNDS || was.n < BENCH_COMPARE_ROUNDS)
        compared.change = CHANGE_FEW;
    else if (overlap(&is, &was) || !is_enough(&compared))
        compared.change = CHANGE_NOISE;
    else
        compared.change = compared.is < compared.was ? CHANGE_LESS : CHANGE_MORE;
    return compared;
}

void bench_compare_words(struct buf *out, const struct bench_compared *compared)
{
    static const char *const WORDS[] = {
        [CHANGE_UNKNOWN] = "",
        [CHANGE_FEW] = "too few rounds",
        [CHANGE_NOISE] = "within noise",
        [CHANGE_SERVED] = "now always served",
        [CHANGE_MISSED] = "was always served",
    };
    double difference = fabs(compared->is - compared->was);
    if (compared->change != CHANGE_LESS && compared->change != CHANGE_MORE)
        (void)buf_puts(out, WORDS[compared->change]);
    else if (compared->is_count || compared->was <= 0)
        (void)buf_printf(out, "%.3g %s", difference,
                         compared->change == CHANGE_LESS ? "less" : "more");
    else
        (void)buf_printf(out, "%.0f %% %s", 100 * difference / compared->was,
                         compared->change == CHANGE_LESS ? "less" : "more");
}

static void other(struct buf *out, const char *what, const char *is, const char *was)
{
    if (strcmp(is ? is : "", was ? was : "") != 0)
        (void)buf_printf(out, "The older result is of another %s: %s. ", what, was ? was : "none");
}

void bench_compare_caution(struct buf *out, const struct bench_result *result,
                           const struct bench_result *old)
{
    other(out, "project", result->project, old->project);
    other(out, "machine", result->machine, old->machine);
    other(out, "version of Go", result->go, old->go);
}
