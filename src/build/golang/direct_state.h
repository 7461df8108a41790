/*
 * What the files of the direct builder share: its state and its stages.
 *
 *   PLANNING, LINKING, done              the first build, and falling back
 *   LOOKING, COMPILING, LINKING, done    what the plan understands
 *   COMMAND (go build), done             what no plan is for, and what the go command must say
 *   EXACT                                in the background, between builds
 */
#ifndef ZONDA_BUILD_GOLANG_DIRECT_STATE_H
#define ZONDA_BUILD_GOLANG_DIRECT_STATE_H

#include "build/golang/direct.h"
#include "build/golang/link.h"
#include "build/golang/look.h"
#include "build/golang/plan.h"
#include "build/golang/planning.h"
#include "build/golang/tool.h"
#include "build/golang/wave.h"

enum direct_stage {
    DIRECT_IDLE,
    DIRECT_PLANNING,
    DIRECT_COMMAND,
    DIRECT_LOOKING,
    DIRECT_COMPILING,
    DIRECT_LINKING,
    DIRECT_EXACT,
};

struct direct {
    struct loop *loop;
    struct {
        char *go, *dir, *package, *artifact;
        struct strs flags, env;
        bool debug_info, exact;
        int jobs;
        void (*on_exact)(void *data, int packages);
        void *data;
    } request;
    char *work; /* below cache_dir, ours alone */
    struct gostore *store;
    unsigned restored; /* how often the store was made anew when the plan was made */

    enum direct_stage stage;
    struct timer *soon; /* the beginning of a build, or of the exact step */
    struct direct_events events;
    struct direct_result result;
    bool building, cancelled, exact; /* this build */
    uint64_t since_ns;               /* the stage's begin */

    struct goplan *plan;
    struct golink *link;
    struct digest *linked; /* by package: the object that the artifact has */
    /* The first link of a plan and its baseline go side by side; the build is done after both. */
    bool baselining, link_over;
    enum direct_outcome link_outcome;
    struct err baseline_err;
    bool unlinked;                   /* objects changed since the last link */
    char never[DIRECT_REASON_BYTES]; /* why there is no plan and will be none; else empty */

    struct strs changed; /* that nobody has looked at yet */
    bool all_changed;
    struct strs looking; /* what the job looks at */
    bool looking_all;
    char reason[GOLOOK_REASON_BYTES];

    struct goplanning *planning;
    struct gowave *wave;
    struct tool *command;
    char *command_out;

    void (*closed)(void *data);
    void *closed_data;
};

/* direct_flow.c */
void direct_begin(struct direct *direct);
void direct_done(struct direct *direct, enum direct_outcome outcome);
void direct_plan(struct direct *direct);
void direct_fall_back(struct direct *direct, const char *reason);
void direct_drop_plan(struct direct *direct);
void direct_output(struct direct *direct, const char *text); /* lines to on_line */

/* direct_link.c */
void direct_link_first(struct direct *direct); /* of a new plan */
void direct_link(struct direct *direct);

/* direct_command.c */
void direct_command(struct direct *direct, const char *reason);

/* direct_exact.c: after a quick build */
void direct_exact_later(struct direct *direct);
void direct_exact_start(struct direct *direct);

#endif
