#include "check.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "measure/histogram.h"

#define VALUES 50000

static uint64_t state_of_random;

/* splitmix64; the same numbers each time */
static double uniform(void)
{
    uint64_t z = state_of_random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

static uint64_t evenly(void)
{
    return (uint64_t)(uniform() * 5e7);
}

static uint64_t exponentially(void)
{
    return (uint64_t)(-log(1 - uniform()) * 3e6);
}

static uint64_t log_normally(void)
{
    double normal = sqrt(-2 * log(1 - uniform())) * cos(6.283185307179586 * uniform());
    return (uint64_t)exp(13 + 2 * normal);
}

static uint64_t with_two_humps(void) /* most are fast, one in fifty stalls for a second */
{
    return uniform() < 0.98 ? (uint64_t)(2e5 + 1e5 * uniform()) : (uint64_t)(1e9 + 1e8 * uniform());
}

static uint64_t heavy_tailed(void) /* Pareto */
{
    return (uint64_t)(1e5 / pow(1 - uniform(), 1 / 1.1));
}

static uint64_t few_small(void) /* where buckets are single values */
{
    return (uint64_t)(uniform() * 300);
}

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

static void assert_near(uint64_t found, uint64_t exact)
{
    double error = fabs((double)found - (double)exact);
    if (error > 0.004 * (double)exact)
        fail_msg("%llu, but exactly %llu", (unsigned long long)found, (unsigned long long)exact);
}

static void assert_like_exact(const struct histogram *histogram, uint64_t *values, size_t len)
{
    static const double PERCENTS[] = {0, 0.1, 1, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100};
    double sum = 0;
    qsort(values, len, sizeof *values, compare);
    for (size_t i = 0; i < len; i++)
        sum += (double)values[i];
    assert_int_equal(histogram->count, len);
    assert_int_equal(histogram->min_ns, values[0]);
    assert_int_equal(histogram->max_ns, values[len - 1]);
    assert_true(fabs(histogram_mean(histogram) - sum / (double)len) <= 1e-9 * sum);
    for (size_t i = 0; i < sizeof PERCENTS / sizeof *PERCENTS; i++) {
        double rank = ceil(PERCENTS[i] / 100 * (double)len);
        assert_near(histogram_percentile(histogram, PERCENTS[i]),
                    values[rank < 1 ? 0 : (size_t)rank - 1]);
    }
}

static void percentiles_are_those_of_the_values(void **state)
{
    static uint64_t (*const KINDS[])(void) = {evenly,         exponentially, log_normally,
                                              with_two_humps, heavy_tailed,  few_small};
    (void)state;
    uint64_t *values = mem_new(VALUES, sizeof *values);
    struct histogram *whole = mem_new(1, sizeof *whole), *part = mem_new(3, sizeof *part);
    for (size_t kind = 0; kind < sizeof KINDS / sizeof *KINDS; kind++) {
        state_of_random = kind + 1;
        histogram_reset(whole);
        for (size_t i = 0; i < VALUES; i++) {
            values[i] = KINDS[kind]();
            if (values[i] > HISTOGRAM_MAX_NS)
                values[i] = HISTOGRAM_MAX_NS;
            histogram_add(whole, values[i]);
            histogram_add(&part[i % 3], values[i]);
        }
        /* Three that were counted apart and added are the one that counted all. */
        for (size_t i = 1; i < 3; i++) {
            histogram_merge(&part[0], &part[i]);
            histogram_reset(&part[i]);
        }
        assert_memory_equal(&part[0], whole, sizeof *whole);
        histogram_reset(&part[0]);
        assert_like_exact(whole, values, VALUES);
    }
    free(part);
    free(whole);
    free(values);
}

/* Each value between 1 ns and the longest is found again to 0.4 %, at every edge of a bucket. */
static void edges_are_exact(void **state)
{
    (void)state;
    struct histogram *one = mem_new(1, sizeof *one);
    for (int bit = 0; bit < HISTOGRAM_BITS + HISTOGRAM_OCTAVES; bit++)
        for (int64_t off = -1; off <= 1; off++) {
            uint64_t value = (UINT64_C(1) << bit) + (uint64_t)off;
            histogram_reset(one);
            /* Not the least nor the greatest, which are exact anyway. */
            histogram_add(one, 0);
            histogram_add(one, value);
            histogram_add(one, HISTOGRAM_MAX_NS);
            assert_near(histogram_percentile(one, 50), value);
        }
    free(one);
}

static void what_is_too_long_counts_as_the_longest(void **state)
{
    (void)state;
    struct histogram *one = mem_new(1, sizeof *one);
    assert_int_equal(histogram_percentile(one, 50), 0);
    assert_true(histogram_mean(one) == 0);
    histogram_add(one, UINT64_MAX);
    assert_int_equal(histogram_percentile(one, 50), HISTOGRAM_MAX_NS);
    assert_int_equal(one->bucket[HISTOGRAM_BUCKETS - 1], 1);
    free(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentiles_are_those_of_the_values),
        cmocka_unit_test(edges_are_exact),
        cmocka_unit_test(what_is_too_long_counts_as_the_longest),
    };
    return cmocka_run_group_tests_name("measure/histogram", tests, NULL, NULL);
}
