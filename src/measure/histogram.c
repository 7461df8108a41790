#include "measure/histogram.h"

#include <math.h>
#include <string.h>

#define WIDTH (UINT64_C(1) << HISTOGRAM_BITS)

/* 0 to 2·WIDTH-1 are themselves; above, the leading bit gives the octave and the next
   HISTOGRAM_BITS bits the place in it. */
static size_t bucket_of(uint64_t value_ns)
{
    if (value_ns < WIDTH)
        return (size_t)value_ns;
    int octave = 63 - __builtin_clzll(value_ns) - HISTOGRAM_BITS;
    return ((size_t)octave << HISTOGRAM_BITS) + (size_t)(value_ns >> octave);
}

/* The middle of a bucket. */
static uint64_t value_of(size_t bucket)
{
    if (bucket < 2 * WIDTH)
        return bucket;
    int octave = (int)(bucket >> HISTOGRAM_BITS) - 1;
    uint64_t low = (WIDTH + (bucket & (WIDTH - 1))) << octave;
    return low + (UINT64_C(1) << octave) / 2;
}

void histogram_add(struct histogram *histogram, uint64_t value_ns)
{
    if (value_ns > HISTOGRAM_MAX_NS)
        value_ns = HISTOGRAM_MAX_NS;
    histogram->bucket[bucket_of(value_ns)]++;
    if (histogram->count == 0 || value_ns < histogram->min_ns)
        histogram->min_ns = value_ns;
    if (value_ns > histogram->max_ns)
        histogram->max_ns = value_ns;
    histogram->count++;
    histogram->sum_ns += value_ns;
}

void histogram_merge(struct histogram *histogram, const struct histogram *more)
{
    if (more->count == 0)
        return;
    size_t last = bucket_of(more->max_ns);
    for (size_t i = bucket_of(more->min_ns); i <= last; i++)
        histogram->bucket[i] += more->bucket[i];
    if (histogram->count == 0 || more->min_ns < histogram->min_ns)
        histogram->min_ns = more->min_ns;
    if (more->max_ns > histogram->max_ns)
        histogram->max_ns = more->max_ns;
    histogram->count += more->count;
    histogram->sum_ns += more->sum_ns;
}

void histogram_reset(struct histogram *histogram)
{
    if (histogram->count)
        memset(histogram, 0, sizeof *histogram);
}

uint64_t histogram_percentile(const struct histogram *histogram, double percent)
{
    if (histogram->count == 0)
        return 0;
    double exact = ceil(percent / 100 * (double)histogram->count);
    uint64_t rank = exact < 1 ? 1 : (uint64_t)exact, seen = 0;
    if (rank >= histogram->count)
        return histogram->max_ns;
    size_t bucket = bucket_of(histogram->min_ns);
    while ((seen += histogram->bucket[bucket]) < rank)
        bucket++;
    uint64_t value = value_of(bucket);
    if (value < histogram->min_ns)
        return histogram->min_ns;
    return value > histogram->max_ns ? histogram->max_ns : value;
}

double histogram_mean(const struct histogram *histogram)
{
    return histogram->count ? (double)histogram->sum_ns / (double)histogram->count : 0;
}
