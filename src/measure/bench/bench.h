/*
 * Measures hot-reload tools on a copy of a project, one after the other, round by round.
 *
 * Each tool has a copy of its own in a scratch directory; one runs at a time. A round of a tool: it
 * is started until the app answers, each kind of edit is made once and waited for, requests are
 * timed, it is stopped. The order moves on from round to round, and a round before the first one
 * warms the caches and is not counted. Behaviour while idling and under a storm of saves is
 * measured once a tool, at the end. The floor is what the stock compiler needs at least: bare
 * compile of the package, bare link, start (floor.c).
 *
 * Which version answers is told by the process that accepted the connection and by the mark in its
 * executable (subject.h), so any project will do as it stands. On which port it listens, and which
 * of its files it shows, is found by running it once (trial.c).
 *
 * SIGINT and SIGTERM end the step under way; what was found so far is the result, and no process,
 * port or file is left. Killed in another way it leaves no process and no port, as every tool has a
 * guard (platform/process.h). Blocks until it is over; one at a time in a process.
 */
#ifndef ZONDA_MEASURE_BENCH_BENCH_H
#define ZONDA_MEASURE_BENCH_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strs.h"
#include "measure/bench/result.h"

struct bench_progress {
    uint64_t elapsed_ns, left_ns; /* left_ns: from what the steps so far took; 0: not known yet */
    int round, rounds;            /* round 0 warms up; -1: before the rounds, or after them */
    const char *tool, *step;      /* "air", "leaf" */
};
typedef void bench_view_fn(void *data, const struct bench_progress *progress);

struct bench_options {
    struct strs tools; /* names; empty: all */
    struct strs only;  /* "start leaf deep template static config answer storm idle"; empty: all */
    struct strs edits; /* "leaf=internal/version/version.go" */
    const char *project; /* directory */
    const char *package; /* NULL: [build] package of zonda.toml, else the only main package */
    const char *path;    /* what is asked, "/"; NULL: found by asking */
    uint16_t port;       /* of the app; 0: found by asking */
    int rounds;
    uint32_t storm_ms, idle_ms, timeout_ms; /* timeout_ms: for one edit to be served */
    bool install;
    const char *raw;   /* file that gets each sample as a line of JSON when it is taken; or NULL */
    const char *zonda; /* the program of the tool "zonda" */
    uint32_t view_ms;  /* how often view is called while something is waited for */
    bench_view_fn *view; /* NULL: nobody looks */
    void *data;
};

/* Are tools, only and rounds what there is? ERR_USAGE with the nearest name as hint. */
int bench_check(const struct bench_options *options, struct err *err);
/* NULL where it could not begin: ERR_USAGE, ERR_CONFIG, ERR_APP, ERR_SYSTEM. A tool that could not
   be measured is no error: its result says why. */
struct bench_result *bench_run(const struct bench_options *options, struct err *err);

#endif
