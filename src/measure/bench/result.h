/*
 * What `zonda bench` found: the tools, every sample that was taken, and what follows from them.
 *
 * Life-cycle: bench_result_new, bench_result_tool and bench_sample_add while the bench runs, then
 * it is read; bench_result_free. bench_result_read makes one from the JSON of a report, for
 * --compare. Owns everything in it. Times are in seconds, memory in bytes, as the figure's unit
 * says.
 */
#ifndef ZONDA_MEASURE_BENCH_RESULT_H
#define ZONDA_MEASURE_BENCH_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/vec.h"

enum bench_unit { UNIT_SECONDS, UNIT_COUNT, UNIT_BYTES };

/* One thing that is measured. Its name is that of reports, of the raw log and of --only. */
enum bench_figure {
    FIGURE_START,        /* the tool is started, to the first answer of the app */
    FIGURE_LEAF_NOTICED, /* a Go package that few import is saved, to the first compiler process */
    FIGURE_LEAF_BUILT,   /* from there to the end of the last compiler or linker process */
    FIGURE_LEAF_STARTED, /* from there to the first answer of the new version: the restart */
    FIGURE_LEAF_SERVED,  /* the sum: from the save to the first answer of the new version */
    FIGURE_LEAF_FAILED,  /* requests refused or broken off meanwhile */
    FIGURE_LEAF_GAP,     /* the longest time between two good answers meanwhile */
    FIGURE_DEEP_NOTICED, /* the same for a package that many import */
    FIGURE_DEEP_BUILT,
    FIGURE_DEEP_STARTED,
    FIGURE_DEEP_SERVED,
    FIGURE_DEEP_FAILED,
    FIGURE_DEEP_GAP,
    FIGURE_TEMPLATE_SERVED, /* a template is saved, to the first page that shows it */
    FIGURE_STATIC_SERVED,   /* a static file is saved, to the first answer that has it */
    FIGURE_CONFIG_SERVED, /* a configuration file is saved, to the first answer of a new process */
    FIGURE_ANSWER_MEAN,   /* latency of 100 requests, one after the other */
    FIGURE_ANSWER_MEDIAN,
    FIGURE_ANSWER_P99,
    FIGURE_STORM_BUILDS, /* linker processes under 10 saves a second */
    FIGURE_STORM_CPU,    /* processor time of the tool and all below it meanwhile */
    FIGURE_STORM_SERVED, /* the last of the saves, to the first answer of its version */
    FIGURE_IDLE_CPU,     /* processor time of the tool without the app, for each second of idling */
    FIGURE_IDLE_MEMORY,  /* resident memory of the tool without the app */
    FIGURE_APP_MEMORY,   /* resident memory of the app */
    FIGURES,
};
struct bench_figure_info {
    const char *name;  /* "leaf.served" */
    const char *title; /* "Go leaf package: save to served" */
    enum bench_unit unit;
};
const struct bench_figure_info *bench_figure(enum bench_figure figure);
int bench_figure_find(const char *name); /* -1 where there is none */

struct bench_sample {
    int tool; /* its number in the result */
    enum bench_figure figure;
    int round;   /* from 1 */
    bool missed; /* it was waited for, and did not come in time: value is how long */
    double value;
};

struct bench_tool_result {
    char *name;
    char *version; /* "" where the tool does not tell */
    char *path;
    char *command; /* how it was run */
    char *skipped; /* why it was not measured, or NULL */
};

struct bench_subject_result { /* a kind of change */
    char *kind;               /* "leaf", "deep", "template", "static", "config" */
    char *file;               /* below the project, or NULL */
    char *why; /* why not measured where file is NULL; else what was chosen, or NULL */
};

struct bench_result {
    char *project; /* its directory's name */
    char *package; /* the main package, "./cmd/api" */
    char *machine; /* "Linux 6.18 x86_64 · 2 × AMD EPYC" */
    char *go;      /* "go1.26.0" */
    char *zonda;   /* version */
    int rounds;    /* planned */
    uint64_t started_wall_ns, elapsed_ns;
    double load_before, load_after; /* load average of a minute, of the whole machine */
    double storm_s, idle_s;
    bool interrupted;
    int first, floor; /* numbers of the tools that ratios refer to; -1: was not measured */
    VEC(struct bench_tool_result) tools;
    VEC(struct bench_subject_result) subjects;
    VEC(struct bench_sample) samples;
};
#define BENCH_SAMPLES_MAX 100000

struct bench_result *bench_result_new(void);
void bench_result_free(struct bench_result *result); /* NULL is allowed */
/* The number of a tool, new or known. */
int bench_result_tool(struct bench_result *result, const char *name);
/* The number of a known tool, or -1. */
int bench_result_find(const struct bench_result *result, const char *name);
/* Beyond BENCH_SAMPLES_MAX no more are kept. */
void bench_sample_add(struct bench_result *result, struct bench_sample sample);
/* From the JSON of a report; ERR_CONFIG names file and what is wrong in it. */
struct bench_result *bench_result_read(const char *text, size_t len, const char *file,
                                       struct err *err);

struct bench_stat {
    int n;      /* good samples */
    int missed; /* and the others */
    double min, median, max;
};
/* Sorts values. The median of an even number is the mean of the two in the middle. */
struct bench_stat bench_stat_of(double *values, size_t count);
/* Of one tool's samples of one figure. */
struct bench_stat bench_stat(const struct bench_result *result, int tool, enum bench_figure figure);
/* tool's value divided by base's, round by round: of the rounds in which both have a good sample
   and base's is not 0. missed is tool's. */
struct bench_stat bench_stat_ratio(const struct bench_result *result, int tool, int base,
                                   enum bench_figure figure);
/* The median of that; NAN where there is no such round. */
double bench_ratio(const struct bench_result *result, int tool, int base, enum bench_figure figure);

#endif
