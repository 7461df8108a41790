/* Statistics of the rounds. */
#include <math.h>
#include <stdlib.h>

#include "measure/bench/result.h"

struct rounds {
    VEC(struct bench_sample) at; /* good ones, in the order of their rounds */
    int missed;
};

static int by_round(const void *left, const void *right)
{
    const struct bench_sample *a = left, *b = right;
    return (a->round > b->round) - (a->round < b->round);
}

static int by_value(const void *left, const void *right)
{
    const double *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static void collect(struct rounds *rounds, const struct bench_result *result, int tool,
                    enum bench_figure figure)
{
    *rounds = (struct rounds){0};
    VEC_EACH (const struct bench_sample, sample, &result->samples) {
        if (sample->tool != tool || sample->figure != figure)
            continue;
        if (sample->missed)
            rounds->missed++;
        else
            vec_push(&rounds->at, *sample);
    }
    if (rounds->at.len)
        qsort(rounds->at.at, rounds->at.len, sizeof *rounds->at.at, by_round);
}

struct bench_stat bench_stat_of(double *values, size_t count)
{
    struct bench_stat stat = {.n = (int)count};
    if (count == 0)
        return stat;
    qsort(values, count, sizeof *values, by_value);
    stat.min = values[0];
    stat.max = values[count - 1];
    stat.median = count % 2 ? values[count / 2] : values[count / 2 - 1] / 2 + values[count / 2] / 2;
    return stat;
}

struct bench_stat bench_stat(const struct bench_result *result, int tool, enum bench_figure figure)
{
    struct rounds rounds;
    collect(&rounds, result, tool, figure);
    double *values = mem_new(rounds.at.len + 1, sizeof *values);
    for (size_t i = 0; i < rounds.at.len; i++)
        values[i] = rounds.at.at[i].value;
    struct bench_stat stat = bench_stat_of(values, rounds.at.len);
    stat.missed = rounds.missed;
    free(values);
    vec_fini(&rounds.at);
    return stat;
}

struct bench_stat bench_stat_ratio(const struct bench_result *result, int tool, int base,
                                   enum bench_figure figure)
{
    struct rounds above, below;
    collect(&above, result, tool, figure);
    collect(&below, result, base, figure);
    double *values = mem_new(above.at.len + 1, sizeof *values);
    size_t count = 0, b = 0;
    for (size_t a = 0; a < above.at.len && b < below.at.len; a++) {
        const struct bench_sample *sample = &above.at.at[a];
        while (b < below.at.len && below.at.at[b].round < sample->round)
            b++;
        if (b == below.at.len || below.at.at[b].round != sample->round)
            continue;
        if (below.at.at[b].value > 0)
            values[count++] = sample->value / below.at.at[b].value;
        b++; /* each is used once */
    }
    struct bench_stat stat = bench_stat_of(values, count);
    stat.missed = above.missed;
    free(values);
    vec_fini(&above.at);
    vec_fini(&below.at);
    return stat;
}

double bench_ratio(const struct bench_result *result, int tool, int base, enum bench_figure figure)
{
    struct bench_stat stat = bench_stat_ratio(result, tool, base, figure);
    return stat.n ? stat.median : NAN;
}
