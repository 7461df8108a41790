/*
 * The inside of struct service, shared by the files of run/ and by nobody else.
 *
 * What happens is an event; what it leads to stands in one table in service.c, a row for each
 * state. There is one timer, and its meaning is the state's: the next look for listeners
 * (STARTING), the end of stop_timeout (STOPPING), the next round of the sweep (SWEEPING), the
 * back-off (BACKOFF).
 */
#ifndef ZONDA_RUN_PARTS_H
#define ZONDA_RUN_PARTS_H

#include "base/buf.h"
#include "run/policy.h"
#include "run/service.h"

enum run_state { RUN_DOWN, RUN_STARTING, RUN_READY, RUN_STOPPING, RUN_SWEEPING, RUN_BACKOFF };
#define RUN_STATES 6

enum run_event { RUN_START, RUN_STOP, RUN_KILL, RUN_TIMER, RUN_EXIT };
#define RUN_EVENTS 5

/* What follows once the generation is gone. */
enum run_next { NEXT_POLICY, NEXT_START, NEXT_STOPPED };

/* A struct service_start with what it points to. */
struct request {
    const struct config *config; /* NULL: there is none */
    struct strs env;
    char *artifact;
    bool tty, reset;
};

/* One direction of the app's terminal or pipes; fd is -1 where it is not open. */
struct stream {
    struct service *service;
    struct io *io; /* NULL after the end of the stream */
    int fd;
    bool error;
};

/* Did the generations that became ready listen? */
enum habit { HABIT_UNKNOWN, HABIT_LISTENS, HABIT_SILENT };

struct service {
    struct loop *loop;
    struct service_events events;
    enum run_state state;
    enum run_next next;
    struct timer *timer;
    struct request current, waiting;
    struct policy policy;

    /* This generation. */
    uint64_t generation;
    struct process *process; /* until the sweep is over */
    struct exit_status status;
    char mark[72];             /* ZONDA_GENERATION_ID=… */
    struct policy_rules rules; /* copies: the configuration may be gone when it is stopped */
    uint32_t stop_timeout_ms, ready_timeout_ms;
    int stop_signal;
    bool expected;                          /* zonda asked it to end */
    bool killing;                           /* SIGKILL from now on */
    uint64_t started_ns, ready_ns, kill_ns; /* monotonic; kill_ns: the end of stop_timeout */
    uint32_t looks;                         /* for listeners, or rounds of the sweep */
    struct listeners listeners;
    enum habit habit;

    /* Its output and input. */
    struct stream out, err_out, in; /* with a terminal: out for all three */
    bool terminal, takes_input, paused;
    struct buf input;
    char *chunk; /* what is read goes through this */
};

void run_dispatch(struct service *service, enum run_event event);

/* start.c */
void run_launch_waiting(struct service *service); /* the waiting request becomes the current one */
void run_launch(struct service *service);         /* the current request, again */
void request_fini(struct request *request);

/* ready.c */
void run_look_first(struct service *service);
void run_look(struct service *service);

/* stop.c: each puts the service into the state it is in afterwards. */
void run_ask(struct service *service);      /* begins the ladder */
void run_kill(struct service *service);     /* begins at its end */
void run_escalate(struct service *service); /* stop_timeout is over */
void run_crashed(struct service *service);
void run_sweep(struct service *service);

/* output.c */
int run_open_streams(struct service *service, struct spawn *spawn, int theirs[3], struct err *err);
void run_close_theirs(int theirs[3]);
void run_read_streams(struct service *service); /* begins to read */
void run_close_streams(struct service *service, bool drain);

#endif
