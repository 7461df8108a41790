#include "measure/result.h"

#include <stdlib.h>

#define BUSY 0.9 /* of the time of its threads */

void load_result_free(struct load_result *result)
{
    if (!result)
        return;
    vec_fini(&result->points);
    vec_fini(&result->verdicts);
    free(result->tasks);
    free(result);
}

double load_rate(const struct load_result *result, const struct tally *tally)
{
    return result->load_ns ? (double)tally->requests * 1e9 / (double)result->load_ns : 0;
}

bool load_was_saturated(const struct load_result *result)
{
    double threads_ns = (double)result->elapsed_ns * result->threads;
    return threads_ns > 0 && (double)result->cpu_ns > BUSY * threads_ns;
}

static double found(const struct load_result *result, const struct threshold *threshold)
{
    const struct tally *tally =
        threshold->task < 0 ? &result->total : &result->tasks[threshold->task];
    double failed = (double)tally_failed(tally);
    switch (threshold->metric) {
    case METRIC_PERCENTILE:
        return (double)histogram_percentile(&tally->latency, threshold->percent);
    case METRIC_MEAN:
        return histogram_mean(&tally->latency);
    case METRIC_MAX:
        return (double)tally->latency.max_ns;
    case METRIC_RATE:
        return load_rate(result, tally);
    default:
        if (!threshold->is_share)
            return failed;
        return tally->requests ? failed / (double)tally->requests : 0;
    }
}

/* A run without an answer keeps no promise about how fast answers are. */
static bool has_values(const struct load_result *result, const struct threshold *threshold)
{
    const struct tally *tally =
        threshold->task < 0 ? &result->total : &result->tasks[threshold->task];
    if (threshold->metric == METRIC_ERRORS)
        return tally->requests > 0;
    return threshold->metric == METRIC_RATE || tally->latency.count > 0;
}

bool load_judge(struct load_result *result)
{
    bool all = true;
    VEC_EACH (const struct threshold, threshold, &result->scenario->thresholds) {
        double value = found(result, threshold);
        bool kept = threshold->below ? value < threshold->limit : value > threshold->limit;
        kept = (kept ||
                (threshold->equal && value <= threshold->limit && value >= threshold->limit)) &&
               has_values(result, threshold);
        vec_push(&result->verdicts, ((struct load_verdict){threshold, value, kept}));
        all = all && kept;
    }
    return all;
}
