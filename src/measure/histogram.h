/*
 * A histogram of times that is exact to 0.4 %, in bounded memory.
 *
 * Log-linear, after Gil Tene's HdrHistogram: each power of two is cut into 128 buckets of the same
 * width, so that a bucket is at most 1/128 of its values wide and its middle at most 1/256 away
 * from each of them. Below 128 ns every value has its own bucket; what is longer than
 * HISTOGRAM_MAX_NS (73 minutes) counts as that. 36 KiB each; adding two gives the histogram of
 * both.
 *
 * Life-cycle: {0} is an empty one; it owns nothing. One thread at a time.
 */
#ifndef ZONDA_MEASURE_HISTOGRAM_H
#define ZONDA_MEASURE_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#define HISTOGRAM_BITS    7 /* 2^7 buckets a power of two */
#define HISTOGRAM_OCTAVES 35
#define HISTOGRAM_BUCKETS ((HISTOGRAM_OCTAVES + 1) << HISTOGRAM_BITS)
#define HISTOGRAM_MAX_NS  ((UINT64_C(1) << (HISTOGRAM_BITS + HISTOGRAM_OCTAVES)) - 1)

struct histogram {
    uint64_t count, sum_ns;
    uint64_t min_ns, max_ns; /* exact; 0 while count is 0 */
    uint64_t bucket[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *histogram, uint64_t value_ns);
void histogram_merge(struct histogram *histogram, const struct histogram *more);
void histogram_reset(struct histogram *histogram);

/* The value that a share of percent (0 to 100) of all values does not exceed, by the nearest rank:
   that of number ceil(percent / 100 * count) in their order. 0 where there is none. */
uint64_t histogram_percentile(const struct histogram *histogram, double percent);
double histogram_mean(const struct histogram *histogram); /* exact, ns; 0 where there is none */

#endif
