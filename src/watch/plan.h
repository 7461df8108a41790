/*
 * A batch of changes, and the plan that classify makes of it.
 */
#ifndef ZONDA_WATCH_PLAN_H
#define ZONDA_WATCH_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"
#include "config/action.h"
#include "config/config.h"

enum change_kind { CHANGE_WRITTEN, CHANGE_CREATED, CHANGE_DELETED };

struct change {
    char *path; /* absolute */
    enum change_kind kind;
    uint64_t mono_ns; /* of the first event of this file in the batch */
};

#define BATCH_PATHS_MAX 4096 /* past it only the count grows and everything counts as changed */

struct batch {
    VEC(struct change) changes; /* one for each path */
    size_t overflow;            /* changes not listed */
    uint64_t first_ns;          /* monotonic, of the first event */
};

void batch_fini(struct batch *batch);

/* What is to be done about one file, and why, in words for a person. */
struct verdict {
    enum action action;
    const struct rule *rule; /* of the config, or NULL: a default decided */
    char reason[256];
    bool new_graph; /* go.mod, go.work, an import block: the import graph must be read again */
    bool config;    /* zonda's own configuration file */
};

/* What the whole batch leads to. */
struct plan {
    enum action action;                /* the strongest one */
    char reason[256];                  /* of the file that decided */
    char *decider;                     /* its path */
    int signal;                        /* ACTION_SIGNAL */
    VEC(const struct rule *) commands; /* rules with action run, each once, in the config's order */
    bool refresh;                      /* browsers must be told in any case */
    bool new_graph, config;
};

void plan_fini(struct plan *plan);

#endif
