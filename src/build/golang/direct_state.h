/*
 * What the files of the direct builder share: its state and its stages.
 *
 *   RECALLING, done                      the first build: it was built by an earlier session
 *   COMMAND (go build), done             where there is no plan, or it does not hold any more
 *   LOOKING, COMPILING, LINKING, done    what the plan understands
 *   PLANNING; EXACT; NOTING              in the background, between builds
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
    DIRECT_RECALLING,
    DIRECT_COMMAND,
    DIRECT_LOOKING,
    DIRECT_COMPILING,
    DIRECT_LINKING,
    DIRECT_PLANNING,
    DIRECT_EXACT,
    DIRECT_NOTING,
};

struct direct {
    struct loop *loop;
    struct {
        char *go, *dir, *package, *artifact, *earlier, *note;
        struct strs flags, env;
        bool debug_info, exact;
        int jobs;
        void (*on_planned)(void *data, int packages);
        void (*on_exact)(void *data, int packages);
        void *data;
    } request;
    char *work; /* below cache_dir, ours alone */
    struct gostore *store;
    unsigned restored; /* how often the store was made anew when the plan was made */

    enum direct_stage stage;
    struct timer *soon; /* the beginning of a build, or of what is done between builds */
    struct direct_events events;
    struct direct_result result;
    bool building, cancelled, exact; /* this build */
    uint64_t since_ns;               /* the stage's begin */

    struct goplan *plan;
    bool may_plan;   /* the go command has built, and was not asked since */
    bool owes_exact; /* a build was quick, and its exact step was not tried to its end */
    struct golink *link;
    struct digest *linked; /* by package: the object that the artifact has */
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
    uint64_t built_ns; /* wall clock: when the build began that the plan follows */
    bool offered;      /* what an earlier session built, to go build */
    bool recalled;     /* the note of an earlier session was looked at */
    bool holds;        /* … and its binary is the one to serve */
    bool noted;        /* there is a note of the artifact, or can be none */

    void (*closed)(void *data);
    void *closed_data;
};

/* direct_flow.c */
void direct_begin(struct direct *direct);
void direct_done(struct direct *direct, enum direct_outcome outcome);
void direct_fall_back(struct direct *direct, const char *reason);
void direct_drop_plan(struct direct *direct);
void direct_output(struct direct *direct, const char *text); /* lines to on_line */
void direct_progress(void *direct, int done, int total, const char *package);

/* direct_link.c */
void direct_link(struct direct *direct);
struct digest direct_object(const struct direct *direct, size_t package); /* the one to link */

/* direct_command.c */
void direct_command(struct direct *direct);

/* direct_note.c */
void direct_recall(struct direct *direct);
bool direct_may_note(const struct direct *direct);
void direct_note(struct direct *direct);

/* direct_idle.c */
void direct_idle_later(struct direct *direct);
void direct_idle(struct direct *direct);
void direct_idle_over(struct direct *direct); /* a build may wait for it */

#endif
