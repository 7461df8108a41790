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
 * (STARTING), the next look at what it has read (DRAINING), the end of stop_timeout and of the
 * patience after it (STOPPING, SWEEPING). The
 * service's timer is the back-off.
 */
#ifndef ZONDA_RUN_PARTS_H
#define ZONDA_RUN_PARTS_H

#include "base/buf.h"
#include "platform/handoff.h"
#include "platform/late_file.h"
#include "platform/threads.h"
#include "run/breakpoints.h"
#include "run/policy.h"
#include "run/service.h"

/* LIFE_DRAINING: it is to be stopped, and reads what was sent to it before. */
enum life { LIFE_STARTING, LIFE_READY, LIFE_DRAINING, LIFE_STOPPING, LIFE_SWEEPING };
#define LIVES 5

/* LIFE_GONE: nobody is left of the tree, after LIFE_EXIT. LIFE_GOOD: what was chosen as the sign
   that it is ready has come. */
enum life_event {
    LIFE_ASK,
    LIFE_KILL,
    LIFE_TIMER,
    LIFE_EXIT,
    LIFE_GONE,
    LIFE_LISTENS,
    LIFE_GOOD,
};
#define LIFE_EVENTS 7

enum run_state {
    RUN_DOWN,
    RUN_STARTING,  /* main starts */
    RUN_READY,     /* main serves */
    RUN_BESIDE,    /* main serves, next starts */
    RUN_HANDING,   /* main is ready, but the one before still accepts connections as well */
    RUN_REPLACING, /* main serves, next is being stopped for a newer one */
    RUN_DROPPING,  /* main serves, next is being stopped since it was not ready in time */
    RUN_YIELDING,  /* main is being stopped for next, which waits for what main has */
    RUN_STOPPING,  /* all are being stopped */
    RUN_BACKOFF,   /* nothing runs; main will be started again */
    RUN_BLOCKED,   /* nothing runs; main will be started when somebody else lets its port go */
};
#define RUN_STATES 11

enum run_event {
    RUN_START,
    RUN_STOP,
    RUN_KILL,
    RUN_TIMER,
    RUN_IS_READY, /* the one that starts */
    RUN_CONFLICT, /* next waits for what main has */
    RUN_LATE,     /* next did not give the chosen sign in time */
    RUN_MAIN_GONE,
    RUN_NEXT_GONE,
    RUN_LEFT, /* one of those that were leaving has gone */
};
#define RUN_EVENTS  10
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

/* [run] ready_path and ready_log: what has to come until a generation counts as ready. */
struct sign {
    char *path; /* NULL: not chosen */
    uint16_t port;
    struct regex *log; /* the same */
    char *log_text;    /* as it was written */
    bool answered, logged;
    struct health *health; /* while it is asked */
    struct buf lines[2];   /* what has come of a line, of output and error output */
};

struct generation {
    struct service *service;
    struct generation *older; /* the next of those that are leaving */
    uint64_t number;
    enum life life;
    enum life_event event; /* that is being dealt with */
    struct timer *timer;
    struct process *process;       /* until the sweep is over */
    struct handoff_child *handoff; /* NULL: without */
    unsigned rounds;               /* in which it was found to have done with its connections */
    unsigned looks;                /* for that, while it is LIFE_DRAINING */
    struct threads *threads;       /* while it leaves: in the middle of something; or NULL */
    uint16_t debug_port;           /* of its debugger; 0: without one */
    bool debug_ours;               /* zonda has put it before the app, and talks to it */
    struct debugger *debugger;     /* talks to it; NULL: nothing to say */
    struct late_file *state_in;    /* NULL: its content was there from the start */
    bool state_settled;
    struct exit_status status;
    struct policy_rules rules; /* copies: the configuration may be gone when it is stopped */
    uint32_t stop_timeout_ms, ready_timeout_ms;
    int stop_signal;
    bool expected;                 /* zonda asked it to end */
    bool killing;                  /* SIGKILL was sent to all of it */
    uint64_t started_ns, ready_ns; /* monotonic */
    struct listeners listeners;
    struct sign sign;
    uint64_t listen_first_ns, listen_last_ns; /* what was seen by the hand-off; 0: nothing */
    uint64_t open_ns; /* since when it has a file open that main has locked; 0: it has not */

    /* Its output and input. */
    struct stream out, err_out, in; /* with a terminal: out for all three */
    bool terminal, takes_input;
    struct buf input;
};

/* What one generation leaves to the next; see pass.c. */
struct passing {
    char *dir;   /* NULL: none was made yet */
    uint64_t by; /* the generation that left what is there; 0: none */
    bool told;   /* once, that it does not work */
};

struct service {
    struct loop *loop;
    struct service_events events;
    enum run_state state;
    enum run_event event;       /* that is being dealt with */
    uint64_t steps, life_steps; /* transitions that were told */
    enum run_after after;
    struct timer *timer; /* the back-off; the next look whether the older ones let go */
    uint32_t looks;      /* of those */
    uint64_t span_ms;    /* of the last main that has gone: see run_span_ms */
    bool asked;          /* the older ones were asked to stop */
    struct request current, waiting;
    struct policy policy;
    struct generation *main, *next, *leaving;
    uint64_t started, shown; /* generations that were started; the one that serves or served last */
    struct listeners listeners; /* of main, or of what was main last */
    struct policy_end end;      /* of the last that ended unasked, and its rules */
    struct policy_rules end_rules;
    enum habit habit;
    struct handoff *handoff;
    struct passing passing;
    struct breakpoints breakpoints;           /* of the debugger; outlive generations */
    bool apart;                               /* old and new cannot live side by side: found out */
    bool told_refused, told_apart, told_lock; /* said once */
    char *lock_path;         /* the file whose lock has been in the way before, or NULL */
    bool telling;            /* in on_exit */
    enum run_event deferred; /* came in on_exit; RUN_NOTHING */
    uint16_t wanted_port,
        taken_port;        /* in on_exit: it was bound and not listened on; see blocked.c */
    uint16_t last_port;    /* of the generation that served last; 0: none */
    uint16_t blocked_port; /* RUN_BLOCKED: it, since when, and the pause between two looks */
    uint64_t blocked_ns;
    uint32_t look_ms;
    bool paused; /* output */
    char *chunk; /* what is read goes through this */
};

void run_dispatch(struct service *service, enum run_event event);
void life_dispatch(struct generation *generation, enum life_event event);
/* Has the table a cell for it? */
bool run_handles(enum run_state state, enum run_event event);
bool life_handles(enum life life, enum life_event event);

/* transitions.c: the one way into a state, and into none. An event that leads nowhere stays. */
void run_enter(struct service *service, enum run_state state);
void run_stay(struct service *service);
void life_enter(struct generation *generation, enum life life);
void life_stay(const struct generation *generation);
void life_gone(const struct generation *generation);
/* As docs/generations.md has them. */
const char *run_state_name(enum run_state state);
const char *run_event_name(enum run_event event);
const char *life_name(enum life life);
const char *life_event_name(enum life_event event);

/* start.c */
void request_fini(struct request *request);
/* The current request as main, or beside it as next. NULL after on_failed. */
struct generation *generation_start(struct service *service, bool beside);
void generation_free(struct generation *generation);

/* ready.c */
void generation_look_first(struct generation *generation);
void generation_look(struct generation *generation);
void generation_listens(struct generation *generation);
void generation_good(struct generation *generation);
bool generation_lets_go(struct generation *generation); /* it listens on nothing any more */

/* sign.c */
int sign_init(struct generation *generation, const struct config_run *run, struct err *err);
void sign_fini(struct generation *generation);
bool sign_is_chosen(const struct generation *generation);
void sign_ask(struct generation *generation); /* begins to, where there is somebody to ask */
void sign_output(struct generation *generation, const char *bytes, size_t len, bool error);
void sign_stop(struct generation *generation); /* nothing is looked for any more */
/* What has not come: "GET /healthz on port 8080 answers 503". */
void sign_words(const struct generation *generation, struct buf *out);

/* From the first to the last listener of main, or of what was main last. */
uint64_t run_span_ms(const struct service *service);

/* stop.c */
void generation_ask(struct generation *generation);   /* begins the ladder */
void generation_drain(struct generation *generation); /* the next look before its first step */
void generation_drain_ended(struct generation *generation); /* it has not waited for that */
void generation_kill(struct generation *generation);        /* begins at its end */
void generation_escalate(struct generation *generation);    /* the time is over */
void generation_crashed(struct generation *generation);
void generation_sweep(struct generation *generation);  /* its leader has ended */
void generation_finish(struct generation *generation); /* nobody is left of it */

/* gone.c: nothing of it is left; frees it. */
void run_gone(struct generation *generation);

/* states.c */
void run_launch(struct service *service); /* the current request, alone */

/* blocked.c */
bool run_is_blocked(struct service *service); /* main ended since somebody else has its port */
void run_block(struct service *service);
void run_look_at_port(struct service *service);

/* handing.c: those that are leaving */
bool run_has_asked(const struct service *service); /* by the proxy, without an answer so far */
/* Looked at some times it says yes when the generation has read what was sent to it. */
bool generation_is_drained(struct generation *generation);
bool run_is_drained(const struct service *service); /* they have accepted what they still get */
void run_ask_leaving(struct service *service); /* to stop; at the latest when a newer one comes */
bool run_is_handed(const struct service *service); /* they listen on nothing any more */

/* overlap.c */
bool run_can_overlap(struct service *service); /* main and the waiting request */
void run_tell_refused(struct service *service);
void run_tell_apart(struct service *service, const char *what);
/* next waits for a lock on a file that main has: it is told, and room is made. */
bool run_yields_lock(struct generation *generation);
void run_tell_lock(struct service *service); /* next has ended: perhaps for want of one */
struct handoff_child *run_handoff_child(struct generation *generation);

/* pass.c */
void pass_begin(struct generation *generation, struct strs *env); /* sets its variables */
void pass_end(struct generation *generation); /* it has gone, and is in no place of the service */
void pass_fini(struct service *service);

/* debugger.c */
/* Puts the debugger before the app's argv. */
int debugger_command(const struct generation *generation, struct strs *argv, struct err *err);
void debugger_enter(struct generation *generation);         /* it was started */
void debugger_hang_up(const struct generation *generation); /* on its clients */
/* Asks it for what is to outlive it, and then the app to stop. */
void debugger_leave(struct generation *generation);
void debugger_free(struct generation *generation);

/* output.c */
int run_open_streams(struct generation *generation, struct spawn *spawn, int theirs[3],
                     struct err *err);
void run_close_theirs(int theirs[3]);
void run_read_streams(struct generation *generation); /* begins to read */
void run_close_streams(struct generation *generation, bool drain);

#endif
