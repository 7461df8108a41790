/*
 * The inside of a run: what its threads share, a thread, a user. Nobody outside of load*.c
 * includes this.
 *
 * A struct load belongs to load_run. Everything of a worker belongs to its thread, but for what it
 * hands over under the load's lock, ten times a second.
 */
#ifndef ZONDA_MEASURE_LOAD_PARTS_H
#define ZONDA_MEASURE_LOAD_PARTS_H

#include <stdatomic.h>

#include "http/conn.h"
#include "measure/cookies.h"
#include "measure/load.h"
#include "platform/alarm.h"
#include "platform/tcp.h"
#include "platform/thread.h"

#define LOAD_TICK_NS        UINT64_C(10000000)  /* goals are looked at */
#define LOAD_FLUSH_NS       UINT64_C(100000000) /* tallies are handed over */
#define LOAD_FAILED_WAIT_NS UINT64_C(100000000) /* least pause after a connection that failed */
#define LOAD_WAITING_MAX    65536               /* arrivals that wait for a connection, a thread */
#define LOAD_KEEP_BYTES     4096                /* a user's buffer that is not freed when idle */

struct load {
    const struct scenario *scenario;
    struct tls_context *tls;
    char authority[300]; /* of Host */
    char run[9];         /* {{run}} */
    int threads;
    uint64_t begin_ns, length_ns; /* monotonic; of the stages */
    atomic_bool stop;
    atomic_int running;      /* threads */
    atomic_uint users;       /* active, of all threads */
    struct lock *lock;       /* guards what follows */
    struct tally *tasks;     /* one a task: since the begin */
    struct windows *windows; /* has a lock of its own; may be NULL */
    struct tally viewed;     /* all tasks: since the last view, */
    struct tally pointed;    /* and since the last point */
    struct histogram late;
    uint64_t unfinished;
    struct err failed; /* why a thread could not begin */
};

struct user {
    struct worker *worker;
    uint32_t number; /* from 0 */
    uint64_t iteration, random;
    size_t heap_at; /* in worker->due, from 1; 0: not there */
    uint64_t due_ns;
    bool asking, retired;

    /* The request under way. */
    size_t task;
    uint64_t intended_ns;       /* latency counts from here */
    uint64_t sent_ns;           /* the timeout counts from here */
    struct user *older, *newer; /* in worker->oldest … newest, by sent_ns */
    const char *target;         /* of the request, borrowed */
    struct buf target_text;
    bool reused, answered, tried_again;

    /* Its connection and the answer. */
    struct http_conn *conn;
    struct http_scan scan;
    struct http_body body;
    bool has_head, keep_alive;
    unsigned status;
    struct buf kept; /* the begin of the body, where a check or a capture wants it */

    struct cookies cookies;
    int64_t *drawn;  /* by variable: of VARIABLE_LIST the index, of VARIABLE_RANGE the number */
    char **captured; /* by variable; NULL: nothing yet */
    struct user *next_free; /* open model */
};

/* A request of a task, as far as it is the same each time. */
struct fixed {
    bool whole;            /* no variable in it */
    struct buf text, rest; /* before the cookies, and after them */
    struct buf target;
};

struct worker {
    struct load *load;
    int index;
    struct thread *thread;
    struct loop *loop;
    struct http_worker *http;
    struct alarm *alarm;
    uint64_t alarm_ns, flush_ns;
    VEC(struct user *) users; /* that were ever made */
    size_t active;            /* closed model: of these, the first so many */
    VEC(struct user *) due;   /* a heap by due_ns */
    size_t asking;
    struct user *oldest, *newest; /* of those that ask */
    uint32_t told_users;          /* counted in load->users */

    VEC(uint16_t) deck; /* of tasks, by weight; shuffled */
    size_t deck_at;
    uint64_t random;

    /* Open model. */
    double arrival; /* number of the next one of this thread */
    uint64_t arrival_ns;
    struct user *free_users;
    VEC(uint64_t) waiting; /* a ring of when they were due */
    size_t waiting_at, waiting_len;

    struct tally *tasks;
    struct histogram late;
    struct fixed *fixed; /* by task */
    struct buf request, scratch;
    struct http_field fields[HTTP_FIELDS_MAX];
    bool ending;
    uint64_t end_ns; /* when what is under way is given up */
};

/* --- load_worker.c: the thread --- */
void worker_main(void *worker);
/* Rings at due_ns unless it rings before. */
void worker_wake(struct worker *worker, uint64_t due_ns);

/* --- load_users.c: who asks when --- */
struct user *user_new(struct worker *worker);
void user_free(struct user *user);
void users_adjust(struct worker *worker, uint64_t now_ns); /* closed: to the stages' goal */
void users_wake(struct worker *worker, uint64_t now_ns);   /* closed: whose pause is over */
void users_end(struct worker *worker);                     /* those that do not ask are done */
void arrivals_due(struct worker *worker, uint64_t now_ns); /* open */
void users_time_out(struct worker *worker, uint64_t now_ns);
/* The request under way is over; what comes next. */
void user_done(struct user *user, enum load_error error);

/* --- load_request.c: its bytes --- */
void requests_fix(struct worker *worker);
void requests_fini(struct worker *worker);
/* Draws the values of variables for one task. */
void user_draw(struct user *user);
/* The bytes of the request, borrowed until the next call of this worker; NULL: too large. */
const struct buf *user_request(struct user *user);

/* --- load_exchange.c: over the wire --- */
void exchange_begin(struct user *user);
void exchange_time_out(struct user *user);
void exchange_close(struct user *user); /* its connection, if there is one */

/* --- load_answer.c: what it is worth --- */
void load_answer_head(struct user *user, const struct http_head *head); /* cookies, captures */
void load_answer_body(struct user *user, struct http_text piece);
enum load_error answer_check(struct user *user);

/* --- load_random.c --- */
uint64_t random_next(uint64_t *state); /* splitmix64 */
double random_unit(uint64_t *state);   /* [0, 1) */
size_t deck_draw(struct worker *worker);
void deck_make(struct worker *worker);
uint64_t pause_draw(const struct pause *pause, uint64_t *state); /* ns */

/* --- load_heap.c --- */
void heap_add(struct worker *worker, struct user *user);
void heap_remove(struct worker *worker, struct user *user);

#endif
