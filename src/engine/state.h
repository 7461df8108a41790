/*
 * The two structs of the engine, for the files of this room only: one verb a file.
 *
 * The supervisor is there once: the loop, what is heard and said, the end of it all. An engine is
 * the line of one service; a project without [service.NAME] is one service without a name.
 *
 *   supervisor.c make, run, take down        engine.c     one line, made and taken down
 *   services.c   who waits for whom          line.c       change → batch → plan
 *   builds.c     the build and its events    app.c        the service and its events
 *   reloads.c    struct reload, history      requests.c   the control socket, who waits
 *   graphs.c     the import graph            configure.c  zonda.toml while running
 *   target.c     what is built and run       input.c      keys, signals
 *   loops.c      files our own builds write    commands.c   commands of rules
 *   news.c       short forms of bus_publish    quit.c       the end
 *   outputs.c    terminal and logs             ports.c      who has the app's port
 *   directs.c    the direct Go builder         tests.c      tests near the change
 *   waiters.c    who waits for the last edit   status.c     how things stand, as JSON
 *   browser.c    the proxy and its browser
 *   asks.c       what the dashboard asks
 */
#ifndef ZONDA_ENGINE_STATE_H
#define ZONDA_ENGINE_STATE_H

#include "base/vec.h"
#include "browser/pages.h"
#include "browser/proxy.h"
#include "build/build.h"
#include "build/golang/affected.h"
#include "build/golang/graph.h"
#include "build/golang/plain.h"
#include "build/golang/stale.h"
#include "build/golang/store.h"
#include "build/golang/test_output.h"
#include "config/load.h"
#include "control/control.h"
#include "observe/bus.h"
#include "observe/json_log.h"
#include "observe/reload.h"
#include "observe/sink.h"
#include "observe/terminal_view.h"
#include "platform/fs.h"
#include "platform/signals.h"
#include "run/service.h"
#include "watch/classify.h"
#include "watch/settle.h"
#include "watch/watch.h"

#define WHOLE_NAME          "zonda" /* of several services together, in the logs */
#define ERROR_LOG_BYTES_MAX ((size_t)64 << 10)

/* What is built and what is run, worked out from the config. */
struct target {
    bool is_go;      /* root has a go.mod or go.work */
    bool is_default; /* no build command was given: go build of package */
    bool builds;     /* there is something to build at all */
    char *package;   /* for the import graph; NULL: unknown */
    char *artifact;  /* NULL: config->run.command runs */
    char *name;      /* of the service, for the logs */
    /* Built directly, without the go command: what, and to which file. */
    bool is_direct, debug_info;
    char *go_package, *go_output;
    struct strs go_flags;
    char why_not[GOPLAIN_REASON_BYTES]; /* a Go target that is not, where that is not asked for */
};

/* What a waiter wants of one engine: that every change before the request has been seen. */
struct waiter_sync {
    struct waiter *waiter;
    struct engine *engine; /* NULL: its service is gone */
    bool done;
};

struct waiter {
    struct supervisor *supervisor;
    struct control_client *client; /* NULL: gone */
    struct waiter_sync *syncs;     /* of all engines, whichever are waited for */
    size_t syncs_len;
    char *service; /* the one that is waited for; NULL: all */
};

/* See loops.c. */
struct loop_guard {
    char *path;       /* the file that alone caused the last batch, or NULL */
    unsigned repeats; /* batches in a row that only it caused, while our commands ran */
    bool elsewhere;   /* since the last batch something changed while nothing of ours ran */
    bool pass;        /* it has waited long enough */
    uint32_t hold_ms;
    struct timer *timer;
};

/* See tests.c. */
struct tests {
    struct strs changed; /* files whose version does not serve yet, or is not tested yet */
    bool due;            /* it serves: a run may begin */
    struct timer *timer;
    /* The run under way: what it is about, and its two steps. */
    struct strs about;
    struct affected_job *listing;
    struct affected found;
    struct build *run;
    struct test_output output;
    uint64_t start_ns;
    bool known; /* last is one */
    struct test_result last;
};

struct supervisor {
    struct loop *loop;
    const struct config_request *request;
    struct config *config; /* of the project as a whole, in force */
    struct strs environment;
    char *name; /* of whatever is said of the whole, in the logs */

    struct bus *bus;
    struct sink *out, *log_file;
    struct terminal_view *view;
    struct json_log *json_out, *json_file;
    bool tty, keys;

    VEC(struct engine *) engines; /* by name */
    struct gostore *store;        /* what their builders have compiled; NULL: nobody builds yet */
    struct timer *sweep;          /* takes down those whose service is gone */
    uint64_t reloads;             /* of all engines: the last id */

    struct http_worker *worker;
    struct pages *pages;
    struct proxy *proxy; /* or NULL */
    bool opened;         /* a browser, once */

    struct control *control;
    VEC(struct waiter *) waiters;
    struct signals *signals;
    struct io *input;

    bool quitting, quit_now;
    struct timer *patience; /* of who asked for the end */
};

struct engine {
    struct supervisor *supervisor;
    struct loop *loop;
    char *name;                                     /* of the service; NULL: there is only one */
    struct config *config;                          /* in force */
    VEC(struct config *) retired;                   /* replaced, perhaps still borrowed */
    const struct config *app_config, *watch_config; /* what service and watch borrow */
    const struct strs *environment;                 /* zonda's own */
    struct strs app_env;                            /* what the app was last started with */
    struct target target;
    struct bus *bus;
    bool paused; /* the app's output */
    bool held;   /* swapping waits for services that this one depends on */

    struct watch *watch;
    struct settle *settle;
    struct batch pending; /* waits for the build that is being cancelled, or for commands */
    bool pending_force;   /* a person asked: build and restart in any case */
    enum reload_cause pending_cause;
    enum action pending_action; /* of pending_force */
    struct graph *graph;
    struct graph_job *graph_job;
    bool graph_wanted; /* read it again once the build is done */

    struct build *build, *command;     /* at most one of them runs */
    VEC(const struct rule *) commands; /* of the plan, not run yet */
    enum action after_commands;
    struct direct *direct; /* or NULL */
    char *direct_key;      /* what it was made from */
    char direct_why[BUILD_WHY_BYTES];
    int directs_closing;
    struct stale_job *stale_job;
    struct timer *stale_timer;
    int packages_total;
    struct buf build_output;
    bool build_failed, built_once, force_restart;
    struct loop_guard guard;
    struct tests tests;

    struct service *service;
    struct reload *building, *swapping;
    struct fs_info running; /* the artifact as the app was started from it */
    uint64_t started;       /* the generation that was started last */
    char last_words[1024];  /* the end of the app's output; see ports.c */
    size_t last_words_len;
    struct strs carried; /* files of builds that became obsolete: the next reload names them too */
    struct reload *history[RELOADS_KEPT];
    uint64_t reloads;
    uint64_t failed_build_id; /* the reload whose failed build still holds; 0: none */
    uint64_t failed_id;       /* the same for a failed start or command */
    bool silent;              /* the last generation that was ready did not listen */
    bool app_done;            /* the last generation ended by itself with exit status 0 */

    bool quitting, quit_now;
    bool leaving;  /* its service is gone from the configuration */
    bool ended;    /* nothing of it runs any more */
    bool outdated; /* settle holds a change that the build under way does not have */
    bool owed;     /* a build was given up, and no newer one has begun */
    size_t quit_line;
};

/* engine.c */
/* target is moved either way. NULL and an error where it cannot be watched. */
struct engine *engine_open(struct supervisor *supervisor, struct config *config,
                           struct target *target, struct err *err);
void engine_close(struct engine *engine); /* nothing of it runs any more; free follows */
void engine_drop(struct engine *engine);

/* services.c */
#define ENGINES_EACH(item, supervisor) VEC_EACH (struct engine *, item, &(supervisor)->engines)
struct engine *services_find(const struct supervisor *supervisor, const char *name);
bool services_first(const struct engine *engine);    /* the one that looks at zonda.toml for all */
bool services_stuck(const struct engine *engine);    /* it waits for what does not come by itself */
void services_hold(struct engine *engine);           /* its start waits */
bool services_wait(const struct engine *engine);     /* … as it must */
void services_ready(struct supervisor *supervisor);  /* somebody is: start those that may start */
bool services_may_stop(const struct engine *engine); /* none that depends on it runs */
void services_ended(struct engine *engine);          /* nothing of it runs any more */
bool services_full(const struct engine *engine);     /* too many others build: it waits */
void services_built(struct engine *engine);          /* it does not build any more */
void services_open(struct supervisor *supervisor);   /* those that have no engine yet */
void services_sweep(void *supervisor);               /* of its timer */

/* reloads.c */
struct reload *reload_begin(struct engine *engine, enum reload_cause cause, enum action action);
/* decider, one of the batch (or NULL), is named first. */
void reload_changes(struct engine *engine, struct reload *reload, const struct batch *batch,
                    const char *decider);
void reload_end(struct engine *engine, struct reload **slot, enum reload_outcome outcome,
                const char *message);
/* What failed to start serves now, by a later attempt. */
void reload_recovered(struct engine *engine, uint64_t generation);
/* How things stand: the failure that still holds, else the reload that ended last. */
const struct reload *reload_last(const struct engine *engine);
void reloads_write(const struct engine *engine, struct json_writer *json); /* elements */
void reloads_fini(struct engine *engine);

/* news.c: short forms of bus_publish */
void publish(const struct engine *engine, struct event *event); /* as its service's */
void tell(struct engine *engine, enum event_kind kind, const struct reload *reload,
          const char *text);
void tell_number(struct engine *engine, enum event_kind kind, int64_t number, const char *text,
                 bool flag);
void tell_build_line(struct engine *engine, const char *text, bool error);
void notice(struct engine *engine, enum log_level level, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void notice_err(struct engine *engine, enum log_level level, const struct err *err);
/* The same of the whole. */
void announce(struct supervisor *supervisor, enum log_level level, const char *hint,
              const char *format, ...) __attribute__((format(printf, 4, 5)));
void announce_err(struct supervisor *supervisor, enum log_level level, const struct err *err);

/* line.c */
void line_changed(void *engine, const struct change *change, bool soft);
void line_batch(void *engine, struct batch *batch);
void line_obsolete(void *engine, const struct change *change);
void line_force(struct engine *engine, enum reload_cause cause, enum action action);
void line_resume(struct engine *engine); /* a build or command ended: what waited may go on */
bool line_idle(const struct engine *engine);

/* builds.c */
void builds_start(struct engine *engine);
void builds_cancel(struct engine *engine);
void builds_long(void *engine); /* it takes long: count what there is to do */

/* directs.c */
struct direct *directs_get(struct engine *engine, const struct strs *env); /* NULL: not directly */
void directs_touch(struct engine *engine, const char *path);               /* it has changed */
void directs_close(struct engine *engine); /* ends while the loop runs on */

/* commands.c: the commands of rules, then what the plan wants after them */
void commands_next(struct engine *engine);
/* Its line, or its first word. */
void command_describe(const struct command *command, char *text, size_t len);
void builds_fini(struct engine *engine);

/* app.c */
void app_open(struct engine *engine);
void app_swap(struct engine *engine);  /* building becomes swapping; the app starts anew */
void app_start(struct engine *engine); /* … for which it was held */
void app_room(struct engine *engine);  /* there is room for its output again */

/* graphs.c */
void graphs_read(struct engine *engine);    /* now */
void graphs_refresh(struct engine *engine); /* where that is wanted and nothing else runs */
void graphs_fini(struct engine *engine);
struct classify graphs_classify(const struct engine *engine);

/* target.c */
int target_find(const struct config *config, struct target *target, struct err *err);
void target_fini(struct target *target);

/* configure.c */
void configure_again(struct supervisor *supervisor);
void configure_release(struct engine *engine); /* frees replaced configs nobody borrows */
int watch_again(struct engine *engine, struct err *err);

/* outputs.c: sinks, the terminal and the logs on the bus */
void outputs_open(struct supervisor *supervisor);
void outputs_config(struct supervisor *supervisor, const struct config *old);
void outputs_fini(struct supervisor *supervisor);

/* browser.c */
void browser_open(struct supervisor *supervisor);
void browser_config(struct supervisor *supervisor); /* the configuration has changed */
void browser_fini(struct supervisor *supervisor);

/* ports.c */
void ports_output(struct engine *engine, const char *bytes, size_t len);
void ports_forget(struct engine *engine);  /* another generation begins */
void ports_explain(struct engine *engine); /* it ended: was a port in use? Inside on_exit */

/* input.c */
int input_signals(struct supervisor *supervisor, struct err *err); /* before any thread is made */
void input_open(struct supervisor *supervisor);
void input_fini(struct supervisor *supervisor);

/* requests.c */
void requests_open(struct supervisor *supervisor);

/* waiters.c */
void waiters_add(struct supervisor *supervisor, struct control_client *client, const char *service);
void waiters_gone(struct supervisor *supervisor, struct control_client *client);
void waiters_check(struct engine *engine);
void waiters_sync_again(struct engine *engine); /* after watch_again */
void waiters_forget(struct engine *engine);     /* it is taken down */
void waiters_fini(struct supervisor *supervisor);

/* status.c: the answers to status and wait. service: NULL for all */
const char *status_state(const struct engine *engine); /* "ready" */
void status_write(const struct supervisor *supervisor, const struct engine *service,
                  struct buf *out);
void status_write_wait(const struct supervisor *supervisor, const struct engine *service,
                       struct buf *out);
/* A failure that still holds, else the reload that ended last; of all. */
const struct reload *status_last(const struct supervisor *supervisor);
bool status_moves(const struct engine *engine); /* its app is on its way up, or down */

/* asks.c: what the browser's side may ask */
struct pages_ask asks_of(struct supervisor *supervisor);

/* loops.c */
bool loops_holds(struct engine *engine, const struct batch *batch);
void loops_note(struct engine *engine, bool ours);
void loops_fini(struct engine *engine);

/* tests.c */
void tests_changed(struct engine *engine, const char *path, const struct verdict *verdict);
void tests_reloaded(struct engine *engine, const struct reload *reload); /* one has ended */
void tests_next(struct engine *engine);       /* the next run, where one is due */
void tests_run(struct engine *engine);        /* tests_run.c: for the files of about */
void tests_stop(struct engine *engine);       /* ends while the loop runs on */
void tests_configured(struct engine *engine); /* the configuration has changed */
void tests_fini(struct engine *engine);

/* quit.c */
void quit(struct supervisor *supervisor, const char *why); /* a second call: at once */
void quit_service(struct engine *engine);                  /* it alone, as quit asks for it */
void quit_next(struct engine *engine); /* the next step, when nothing is in the way */

#endif
