/*
 * What a run of a scenario found: all that a report says.
 *
 * load_run makes it, load_result_free ends it. Owns everything in it but the scenario.
 */
#ifndef ZONDA_MEASURE_RESULT_H
#define ZONDA_MEASURE_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"
#include "measure/scenario.h"
#include "measure/tally.h"
#include "measure/windows.h"

#define LOAD_POINTS 300 /* at most about so many in the series */

struct load_point {            /* one interval of the run */
    uint64_t begin_ns, end_ns; /* since the begin of the run */
    uint64_t requests, failed;
    uint32_t users; /* at its end; open model: requests that are under way or wait */
    uint64_t p50_ns, p95_ns, p99_ns, max_ns;
};

struct load_verdict { /* of one threshold */
    const struct threshold *threshold;
    double found; /* in the unit of threshold->limit */
    bool kept;
};

struct load_result {
    const struct scenario *scenario;
    uint64_t started_wall_ns, elapsed_ns;
    uint64_t begin_ns; /* monotonic */
    uint64_t load_ns;  /* from the begin to the end of the stages, or to when it was stopped */
    struct tally total;
    struct tally *tasks;   /* one for each of the scenario */
    struct histogram late; /* open model: from when a request was due to when it was sent */
    uint64_t unfinished;   /* under way when the run ended; not among the requests */
    uint32_t users_max;
    VEC(struct load_point) points;
    VEC(struct load_verdict) verdicts;
    const struct windows *windows; /* borrowed; may be NULL */
    uint64_t cpu_ns;               /* that this process used meanwhile */
    int threads;
    bool interrupted;
};

void load_result_free(struct load_result *result); /* NULL is allowed */

/* Judges the scenario's thresholds; true where all are kept (also where there is none). */
bool load_judge(struct load_result *result);
/* Requests a second while the load lasted. */
double load_rate(const struct load_result *result, const struct tally *tally);
/* Was the generator itself so busy that what it measured may be its own doing? */
bool load_was_saturated(const struct load_result *result);

#endif
