/*
 * The inside of struct service and of its generations, shared by the files of run/ and by nobody
 * else.
 *
 * There are two machines, each of them one table of states and events (docs/generations.md draws
 * them): the life of one generation in generation.c, and the service, which has at most one
 * generation that serves (main), one that starts beside it (next), and those that are leaving, in
 * states.c. A generation tells the service that it is ready or gone; the service tells a
 * generation to stop.
 *
 * A generation has one timer, and its meaning is the life's: the next look for listeners
 * (STARTING), the end of stop_timeout and of the patience after it (STOPPING, SWEEPING). The
 * service's timer is the back-off.
 */
#ifndef ZONDA_RUN_PARTS_H
#define ZONDA_RUN_PARTS_H

#include "base/buf.h"
#include "platform/handoff.h"
#include "run/policy.h"
#include "run/service.h"

enum life { LIFE_STARTING, LIFE_READY, LIFE_STOPPING, LIFE_SWEEPING };
#define LIVES 4

/* LIFE_GONE: nobody is left of the tree, after LIFE_EXIT. */
enum life_event { LIFE_ASK, LIFE_KILL, LIFE_TIMER, LIFE_EXIT, LIFE_GONE, LIFE_LISTENS };
#define LIFE_EVENTS 6

enum run_state {
    RUN_DOWN,
    RUN_STARTING,  /* main starts */
    RUN_READY,     /* main serves */
    RUN_BESIDE,    /* main serves, next starts */
    RUN_HANDING,   /* main is ready, but the one before still accepts connections as well */
    RUN_REPLACING, /* main serves, next is being stopped for a newer one */
    RUN_YIELDING,  /* main is being stopped for next, which waits for what main has */
    RUN_STOPPING,  /* all are being stopped */
    RUN_BACKOFF,   /* nothing runs; main will be started again */
};
#define RUN_STATES 9

enum run_event {
    RUN_START,
    RUN_STOP,
    RUN_KILL,
    RUN_TIMER,
    RUN_IS_READY, /* the one that starts */
    RUN_CONFLICT, /* next waits for what main has */
    RUN_MAIN_GONE,
    RUN_NEXT_GONE,
    RUN_LEFT, /* one of those that were leaving has gone */
};
#define RUN_EVENTS  9
#define RUN_NOTHING RUN_EVENTS /* no event */

/* What follows once no generation is left. */
enum run_after { AFTER_POLICY, AFTER_START, AFTER_STOPPED };

/* A struct service_start with what it points to. */
struct request {
    const struct config *config; /* NULL: there is none */
    struct strs env;
    char *artifact;
    bool tty, reset;
};

/* One direction of an app's terminal or pipes; fd is -1 where it is not open. */
struct stream {
    struct generation *generation;
    struct io *io; /* NULL after the end of the stream */
    int fd;
    bool error;
};

/* Did the generations that became ready listen? */
enum habit { HABIT_UNKNOWN, HABIT_LISTENS, HABIT_SILENT };

struct generation {
    struct service *service;
    struct generation *older; /* the next of those that are leaving */
    uint64_t number;
    enum life life;
    struct timer *timer;
    struct process *process;       /* until the sweep is over */
    struct handoff_child *handoff; /* NULL: without */
    struct exit_status status;
    struct policy_rules rules; /* copies: the configuration may be gone when it is stopped */
    uint32_t stop_timeout_ms, ready_timeout_ms;
    int stop_signal;
    bool expected;                 /* zonda asked it to end */
    bool killing;                  /* SIGKILL was sent to all of it */
    uint64_t started_ns, ready_ns; /* monotonic */
    struct listeners listeners;

    /* Its output and input. */
    struct stream out, err_out, in; /* with a terminal: out for all three */
    bool terminal, takes_input;
    struct buf input;
};

struct service {
    struct loop *loop;
    struct service_events events;
    enum run_state state;
    enum run_after after;
    struct timer *timer; /* the back-off; the next look whether the older ones let go */
    uint32_t looks;      /* of those */
    struct request current, waiting;
    struct policy policy;
    struct generation *main, *next, *leaving;
    uint64_t started, shown; /* generations that were started; the one that serves or served last */
    struct listeners listeners; /* of main, or of what was main last */
    struct policy_end end;      /* of the last that ended unasked, and its rules */
    struct policy_rules end_rules;
    enum habit habit;
    struct handoff *handoff;
    bool apart;                    /* old and new cannot live side by side: found out */
    bool told_refused, told_apart; /* said once */
    bool telling;                  /* in on_exit */
    enum run_event deferred;       /* came in on_exit; RUN_NOTHING */
    bool paused;                   /* output */
    char *chunk;                   /* what is read goes through this */
};

void run_dispatch(struct service *service, enum run_event event);
void life_dispatch(struct generation *generation, enum life_event event);

/* start.c */
void request_fini(struct request *request);
/* The current request as main, or beside it as next. NULL after on_failed. */
struct generation *generation_start(struct service *service, bool beside);
void generation_free(struct generation *generation);

/* ready.c */
void generation_look_first(struct generation *generation);
void generation_look(struct generation *generation);
void generation_listens(struct generation *generation);
bool generation_lets_go(struct generation *generation); /* it listens on nothing any more */

/* stop.c */
void generation_ask(struct generation *generation);      /* begins the ladder */
void generation_kill(struct generation *generation);     /* begins at its end */
void generation_escalate(struct generation *generation); /* the time is over */
void generation_crashed(struct generation *generation);
void generation_sweep(struct generation *generation);  /* its leader has ended */
void generation_finish(struct generation *generation); /* nobody is left of it */

/* states.c: nothing of it is left; frees it. */
void run_gone(struct generation *generation);

/* overlap.c */
bool run_can_overlap(struct service *service); /* main and the waiting request */
void run_tell_refused(struct service *service);
void run_tell_apart(struct service *service, const char *what);
struct handoff_child *run_handoff_child(struct generation *generation);

/* output.c */
int run_open_streams(struct generation *generation, struct spawn *spawn, int theirs[3],
                     struct err *err);
void run_close_theirs(int theirs[3]);
void run_read_streams(struct generation *generation); /* begins to read */
void run_close_streams(struct generation *generation, bool drain);

#endif
