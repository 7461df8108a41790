/*
 * Inside of a bench: what its files share. For them only.
 *
 *   bench.c      the whole: tools, scratch directory, trial, rounds, the end
 *   wait.c       the loop is run until something has come; signals; progress
 *   trial.c      the app is run once: its port, its path, what it shows
 *   running.c    a tool, or an app, that runs in its copy
 *   prober.c     requests, one after the other, and who answers them
 *   builders.c   compilers and linkers below a tool
 *   edit.c       one save, until its version is served
 *   round.c      start, edits, requests, stop
 *   calm.c       idling, and the storm
 *   floor*.c     what the stock compiler needs at least
 *
 * One thread. bench_wait is the only place where the loop runs: a step starts something, waits, and
 * goes on; callbacks note what came and call bench_wake.
 */
#ifndef ZONDA_MEASURE_BENCH_PARTS_H
#define ZONDA_MEASURE_BENCH_PARTS_H

#include <stdio.h>

#include "base/buf.h"
#include "base/vec.h"
#include "http/client.h"
#include "measure/bench/bench.h"
#include "measure/bench/subject.h"
#include "measure/bench/tool.h"
#include "platform/loop.h"
#include "platform/process.h"
#include "platform/signals.h"

#define STATIC_PATHS_MAX 64 /* that are tried for a static file */

/* A tool among the others, or the floor. */
struct contender {
    const struct bench_tool *tool; /* NULL: the floor */
    int number;                    /* in the result */
    char *path;                    /* the tool's program */
    char *copy;                    /* of the project */
    int misses[KINDS];             /* edits that were not served, one after the other */
    bool out;                      /* it does not come up: its result says why */
    int restart[KINDS];            /* by hand: 1: it takes a restart, -1: it does not, 0: unknown */
};

struct bench {
    const struct bench_options *options;
    struct bench_subject *subject;
    struct bench_result *result;
    struct loop *loop;
    struct http_worker *http;
    struct signals *signals;
    struct timer *deadline, *viewer;
    char *scratch;   /* absolute */
    struct strs env; /* of all that is run */
    FILE *raw;
    char *page, *static_page;   /* what is asked: "/", "/static/app.css"; static_page may be NULL */
    struct tcp_address address; /* of the app */
    uint32_t mark;              /* the number of the last one */
    bool interrupted;
    VEC(struct contender) contenders;
    struct floor *floor;
    struct { /* for the view */
        uint64_t begun_ns, measured_ns;
        uint64_t at_ns;  /* begin of what comes next in it */
        int round, done; /* done: rounds of one tool that took measured_ns */
        int calm;        /* tools that are still to be measured at the end */
        const char *tool, *step;
    } progress;
};

/* --- wait.c --- */
typedef bool bench_ready_fn(void *data);
/* Runs the loop until ready says so; false: it did not within timeout_ms, or the bench was
   interrupted. ready: NULL for a pause. */
bool bench_wait(struct bench *bench, bench_ready_fn *ready, void *data, uint32_t timeout_ms);
/* The same, whoever interrupts: for what must be cleaned up. */
bool bench_wait_anyway(struct bench *bench, bench_ready_fn *ready, void *data, uint32_t timeout_ms);
void bench_wake(struct bench *bench); /* ready is to be asked again */
void bench_step(struct bench *bench, const char *tool, const char *step);
bool bench_wants(const struct bench *bench, const char *step); /* --only */
int bench_open_loop(struct bench *bench, struct err *err);
void bench_close_loop(struct bench *bench);
/* Runs a command in dir and collects what it writes. ERR_APP, ERR_SYSTEM. */
int bench_command(struct bench *bench, const struct strs *argv, const struct strs *env,
                  const char *dir, struct buf *out, struct err *err);

/* --- bench.c --- */
/* Into the result and the raw log; nothing in the round that warms up. */
void bench_take(struct bench *bench, int tool, enum bench_figure figure, double value, bool missed);
static inline double bench_seconds(uint64_t ns)
{
    return (double)ns / 1e9;
}

/* --- running.c --- */
struct running {
    struct bench *bench;
    struct process *process; /* NULL: it is not running */
    struct io *io;
    int fd;            /* of what it writes */
    struct buf output; /* the last of it */
    uint16_t ask_port; /* where its app is asked */
    bool ended, gone;
    struct exit_status status;
    uint64_t begun_ns;
    const char *ready; /* words without which it is not asked, or NULL; borrowed */
    bool is_ready;     /* they came */
};
/* What is run: borrowed for the call. */
struct run_plan {
    const struct strs *argv, *env; /* env: NAME=value, added to the bench's; NULL: nothing */
    const char *dir, *input;       /* input: what it reads, or NULL */
    const char *input_file;        /* where that is kept */
};
int running_start(struct bench *bench, struct running *running, const struct run_plan *plan,
                  struct err *err);
/* SIGINT, then SIGKILL, or that at once; returns when all of it has gone and its port is free. */
void running_stop(struct running *running, bool at_once);
/* Appends the last lines that it wrote. */
void running_last_words(const struct running *running, struct buf *out);
/* Appends "18431, 18432", the ports on which its processes listen; false: on none. */
bool running_ports(const struct running *running, struct buf *out);
/* A tool with its plan, or the floor's app. */
int contender_start(struct bench *bench, struct contender *contender, struct running *running,
                    struct err *err);

/* --- prober.c --- */
struct answer {
    uint64_t begin_ns, end_ns; /* of the request; of the complete answer */
    unsigned status;           /* 0: there was none */
    bool good;                 /* complete, and no 5xx */
    int owner;                 /* the process that accepted the connection; 0: not seen */
    const char *body;          /* of good ones; borrowed */
    size_t len;
};
typedef void answer_fn(void *data, const struct answer *answer);
struct prober {
    struct bench *bench;
    struct http_client *client;
    struct timer *timer;
    struct http_call *call;
    const char *path; /* borrowed */
    struct tcp_address address;
    char host[TCP_TEXT_BYTES];
    int root;    /* whose tree the owner is in; 0: nobody looks */
    bool single; /* asks once */
    bool kept;   /* on a kept connection */
    uint32_t pause_ms;
    answer_fn *fn;
    void *data;
    struct answer answer;
    int likely;
    struct buf body;
};
/* root: process_root of what runs. The first request goes out with prober_start. */
void prober_init(struct prober *prober, struct bench *bench, uint16_t port, int root, answer_fn *fn,
                 void *data);
void prober_start(struct prober *prober, const char *path, uint32_t pause_ms);
void prober_stop(struct prober *prober);
void prober_fini(struct prober *prober);
/* One request, waited for. answer->body is valid until the next request of prober. */
bool prober_ask(struct prober *prober, const char *path, struct answer *answer);

/* --- builders.c --- */
struct builder {
    int pid;
    bool links, lives;
    uint64_t end_ns; /* when it was seen no more */
};
struct builders { /* compilers and linkers below a tool since builders_start */
    struct bench *bench;
    struct timer *timer;
    int root;
    VEC(int) before; /* those that were there */
    VEC(struct builder) seen;
    int last_number;
    uint64_t looked_ns, first_ns; /* first_ns: when the first one was seen, 0: none */
};
void builders_start(struct builders *builders, struct bench *bench, int root);
/* What runs is another tree: go-run, which was started again. */
void builders_move(struct builders *builders, int root);
void builders_stop(struct builders *builders);
/* The last end of a compiler or linker; 0: none has ended. */
uint64_t builders_end_ns(const struct builders *builders);
int builders_links(const struct builders *builders); /* linkers that were seen */
/* Waits until for quiet_ms nobody below root has built and little was computed; 30 s at most. */
#define SETTLE_MS       300
#define SETTLE_LATER_MS 2000 /* after a save whose build, if one comes, need not have begun */
void builders_settle(struct bench *bench, int root, uint32_t quiet_ms);

/* --- edit.c --- */
struct edit { /* one save */
    struct bench *bench;
    struct contender *contender;
    struct running *running;
    enum bench_kind kind;
    char mark[BENCH_MARK_BYTES];
    struct prober prober;
    struct builders builders;
    int owner;        /* the process that answered before */
    int judged;       /* the last one whose executable was searched for the mark, */
    bool judged_new;  /* which it had, */
    uint64_t knew_ns; /* and when that was known */
    uint64_t saved_ns, built_ns, served_ns, good_ns, gap_ns;
    int failed;
    bool done;
};
/* Saves the file of kind in the contender's copy and waits for the new version; what nobody else
   does, it does by hand, and then running is another one. False: the tool has ended. */
bool edit_measure(struct bench *bench, struct contender *contender, struct running *running,
                  enum bench_kind kind);
/* The process behind the answer: whose connection it was, or of a proxy whoever listens where the
   app does; 0: not seen. */
int answer_process(const struct bench *bench, const struct contender *contender,
                   const struct answer *answer);
/* Does the answer come from the version with the mark? Notes what it learns. */
bool edit_is_new(struct edit *edit, const struct answer *answer);

/* --- round.c, calm.c, floor.c, trial.c --- */
void round_of(struct bench *bench, struct contender *contender);
/* Starts it and waits for the first answer; else its result says why it was skipped. */
bool round_start(struct bench *bench, struct contender *contender, struct running *running);
void calm_idle(struct bench *bench, struct contender *contender, struct running *running);
void calm_storm(struct bench *bench, struct contender *contender, struct running *running);
/* The process of the app that answers at running's port, 0: not seen. */
int app_of(struct bench *bench, const struct contender *contender, struct running *running);
int trial_run(struct bench *bench, struct err *err);

/* Takes the compiler's and linker's command lines in the floor's copy. */
int floor_prepare(struct bench *bench, const char *copy, struct err *err);
void floor_free(struct floor *floor);
const char *floor_program(const struct floor *floor); /* what was linked last */
int floor_link(struct bench *bench, struct err *err);
/* Bare compile and bare link after a save of kind. */
int floor_build(struct bench *bench, enum bench_kind kind, struct err *err);
/* What is run for kind, in words; borrowed. */
const char *floor_words(const struct floor *floor);

#endif
