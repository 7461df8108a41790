/*
 * What changed between two results beyond the noise.
 *
 * Times of a figure that the floor has too are compared as ratios to the floor's of the same round:
 * that takes the speed of the machine and of the compiler out. All else is compared as it is, and
 * so is the start, which at the floor has no build in it. A
 * change is one where both results have BENCH_COMPARE_ROUNDS good rounds at least, the ranges of
 * their rounds (min to max) do not overlap, and the medians differ by more than 5 % (counts: by
 * more than 1). It is also one where the edits were all served in one result and in the other not.
 */
#ifndef ZONDA_MEASURE_BENCH_COMPARE_H
#define ZONDA_MEASURE_BENCH_COMPARE_H

#include <stdbool.h>

#include "base/buf.h"
#include "measure/bench/result.h"

#define BENCH_COMPARE_ROUNDS 3
#define BENCH_COMPARE_SHARE  0.05
#define BENCH_COMPARE_COUNT  1.0

enum bench_change {
    CHANGE_UNKNOWN, /* one of the two does not have it */
    CHANGE_FEW,     /* too few rounds to tell */
    CHANGE_NOISE,
    CHANGE_LESS, /* faster, smaller, fewer */
    CHANGE_MORE,
    CHANGE_SERVED, /* before not always, now always */
    CHANGE_MISSED, /* the other way round */
};

struct bench_compared {
    enum bench_change change;
    bool by_floor;  /* was and is are ratios to the floor */
    double was, is; /* medians */
    bool is_count;  /* of a figure that counts */
};

struct bench_compared bench_compare(const struct bench_result *result,
                                    const struct bench_result *old, int tool,
                                    enum bench_figure figure);
/* "12 % less", "within noise", "too few rounds"; "" where it is unknown. */
void bench_compare_words(struct buf *out, const struct bench_compared *compared);
/* What makes the two hard to compare: another project, machine or version of Go; "" else. */
void bench_compare_caution(struct buf *out, const struct bench_result *result,
                           const struct bench_result *old);

#endif
