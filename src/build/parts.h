/*
 * The inside of struct build, shared by the files of this room that make it up and by nobody else.
 *
 *   build.c    make, go from step to step, end      steps.c    from the configuration to steps
 *   step.c     one process and its end              output.c   its pipes, as lines
 *   kill.c     cancel and timeout                   place.c    the new binary takes its place
 *   direct_step.c   the step that is no process but the direct Go builder
 */
#ifndef ZONDA_BUILD_PARTS_H
#define ZONDA_BUILD_PARTS_H

#include "base/buf.h"
#include "base/vec.h"
#include "build/build.h"
#include "build/place.h"

/* One command of a build. */
struct step {
    enum build_phase phase;
    bool is_direct;
    bool is_go; /* the default go build: its output is followed, its binary is put into place */
    struct strs argv;
    char *shown; /* as a person wrote it */
};

/* One pipe of the command that runs; fd is -1 where it is not open. */
struct stream {
    struct build *build;
    struct io *io; /* NULL at the end of the stream */
    int fd;
    bool error;
    struct buf line; /* the unfinished one */
};

/* Why it ends before its time. */
enum ending { ENDING_NOT, ENDING_CANCELLED, ENDING_LATE };

struct build {
    struct loop *loop;
    const struct config *config;
    struct build_events events;
    struct strs env;
    int nice;            /* added to the niceness of its processes */
    uint32_t timeout_ms; /* 0: none */
    VEC(struct step) steps;
    size_t at; /* the step that runs */
    struct process *process;
    struct stream out, err_out;
    char *chunk;         /* what is read goes through this */
    struct place *place; /* of the default go build */
    struct fs_info running;
    char *work;            /* its directory in tmp_dir */
    bool placing;          /* the work queue has place */
    struct direct *direct; /* of the step is_direct, or NULL */
    bool directing;        /* it builds */

    enum ending ending;
    struct timer *timer, *deadline; /* the ladder of signals; the timeout */
    bool killing;                   /* SIGKILL was sent to all */

    struct build_result result;
    bool no_space; /* a line of the output said so */
    bool reported; /* on_done was called */
};

/* steps.c: fill in steps, work, place. */
int steps_make(struct build *build, const struct build_request *request, struct err *err);
int steps_make_one(struct build *build, const struct command *command, struct err *err);
void steps_fini(struct build *build);

/* step.c */
int step_start(struct build *build, struct err *err); /* the one at at */
void step_over(struct build *build);                  /* nobody of a killed one is left */
void step_failed(struct build *build);

/* direct_step.c */
void direct_step_start(struct build *build);
void direct_step_cancel(struct build *build);

/* build.c */
void build_next(struct build *build);                            /* the step at at was good */
void build_place(struct build *build);                           /* … and has made a binary */
void build_go_on(struct build *build);                           /* to the next step */
void build_end(struct build *build, enum build_outcome outcome); /* on_done; build may be gone */

/* output.c */
int streams_open(struct build *build, int theirs[2], struct err *err);
void output_line(struct build *build, const char *line, bool error);
void streams_close(struct build *build, bool drain); /* drain: what there is comes first */

/* kill.c */
void kill_begin(struct build *build, enum ending ending);
void kill_gone(void *build);     /* nobody is left of the process, which has ended */
void kill_deadline(void *build); /* of the timer deadline */
void kill_timer(void *build);    /* of the timer timer */

#endif
