/*
 * Runs a scenario: a thread a processor, each with a loop and its part of the users or arrivals.
 *
 * The calling thread shows progress and takes SIGINT and SIGTERM: after one of them nothing new
 * is sent, and what was found so far is the result. Otherwise the run ends with the last stage;
 * what is under way then is waited for, at most as long as the scenario's timeout.
 *
 * Closed model: each user asks, waits for the answer, thinks, and asks again; latency counts from
 * when it sends. Open model: requests are due at times that no answer has a say in, and latency
 * counts from when a request was due, sent or not, so that a server that stalls cannot hide how
 * long others would have waited ("coordinated omission").
 */
#ifndef ZONDA_MEASURE_LOAD_H
#define ZONDA_MEASURE_LOAD_H

#include "base/err.h"
#include "measure/result.h"

struct load_progress {
    uint64_t elapsed_ns, length_ns;
    uint32_t users;
    uint64_t requests, failed; /* since the begin */
    double rate;               /* the rest: since the last call */
    uint64_t p50_ns, p95_ns, p99_ns;
    bool stopping; /* only what is under way is waited for */
};
typedef void load_view_fn(void *data, const struct load_progress *progress);

struct load_options {
    int threads;        /* 0: one a processor */
    load_view_fn *view; /* called every view_ms on the calling thread; may be NULL */
    void *data;
    uint32_t view_ms;
    struct windows *windows; /* counted apart, borrowed with the result; may be NULL */
};

/* NULL where it could not begin: ERR_CONFIG, ERR_SYSTEM. scenario outlives the result. */
struct load_result *load_run(const struct scenario *scenario, const struct load_options *options,
                             struct err *err);

#endif
