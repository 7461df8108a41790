/*
 * A scenario: who asks what, how often, for how long, and what is demanded of the answers.
 *
 * Read from TOML once (docs/load.md has every key), never changed afterwards, so that any number of
 * threads may read it. Owns everything in it. Times are in nanoseconds.
 */
#ifndef ZONDA_MEASURE_SCENARIO_H
#define ZONDA_MEASURE_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strs.h"
#include "base/vec.h"
#include "config/problem.h"
#include "measure/template.h"
#include "platform/tcp.h"

#define SCENARIO_TASKS_MAX      64
#define SCENARIO_VARIABLES_MAX  100
#define SCENARIO_STAGES_MAX     100
#define SCENARIO_WEIGHT_MAX     1000
#define SCENARIO_USERS_MAX      100000
#define SCENARIO_ARRIVALS_MAX   1000000 /* a second */
#define SCENARIO_REQUEST_MAX    ((size_t)1 << 20)
#define SCENARIO_TIMEOUT_MAX_MS 3600000

struct target { /* where requests go: http://host:port/prefix */
    bool tls;
    char *host; /* without brackets */
    uint16_t port;
    struct tcp_address address;
    char *prefix; /* "" or "/path", without a slash at its end */
    char *url;    /* the whole, as in the scenario, without a slash at its end */
};

enum variable_kind {
    VARIABLE_TEXT,      /* the same for all */
    VARIABLE_LIST,      /* one of texts, drawn for each task */
    VARIABLE_RANGE,     /* a whole number, drawn for each task */
    VARIABLE_CAPTURED,  /* from an answer, each user has its own */
    VARIABLE_USER,      /* {{user}}: the number of the user, from 1 */
    VARIABLE_ITERATION, /* {{iteration}}: the number of its task, from 1 */
    VARIABLE_RUN,       /* {{run}}: eight hex digits that no other run has */
};

struct variable {
    char *name;
    enum variable_kind kind;
    char *text;        /* VARIABLE_TEXT; of VARIABLE_CAPTURED the value before the first capture */
    struct strs texts; /* VARIABLE_LIST */
    int64_t from, to;  /* VARIABLE_RANGE, both included */
    int line, column;  /* where it was defined */
};

struct header {
    char *name;
    struct template value;
};
typedef VEC(struct header) header_list;

enum pause_kind { PAUSE_FIXED, PAUSE_UNIFORM, PAUSE_EXPONENTIAL };
struct pause {
    enum pause_kind kind;
    uint64_t low_ns, high_ns; /* PAUSE_UNIFORM; the others have low_ns (the mean) only */
};

enum check_kind { CHECK_STATUS, CHECK_BODY, CHECK_JSON, CHECK_JSON_HAS };
struct check {
    enum check_kind kind;
    VEC(int) statuses;
    char *text;    /* CHECK_BODY: what it must contain */
    char *path;    /* CHECK_JSON*: "products.0.id" */
    char *literal; /* CHECK_JSON: the value as JSON */
};

struct capture {
    size_t variable;
    bool from_header;
    char *where; /* the path in the JSON body, or the name of the header */
};

struct task {
    char *name;
    uint32_t weight;
    char *method;
    struct template path;
    header_list headers; /* of the scenario, then of the task */
    struct template body;
    enum escape body_escape;
    const char *body_type; /* Content-Type, or NULL where there is no body or a header says it */
    bool has_body;
    struct pause think;
    VEC(struct check) checks;
    VEC(struct capture) captures;
    bool reads_body, reads_json; /* for checks and captures */
};

struct stage {
    double goal;      /* users, or arrivals a second, at its end */
    uint64_t ramp_ns; /* how long it takes to get there, evenly */
    uint64_t hold_ns; /* how long it stays there */
};

enum metric { METRIC_PERCENTILE, METRIC_MEAN, METRIC_MAX, METRIC_ERRORS, METRIC_RATE };
struct threshold {
    char *text; /* as written: "p99 < 250ms" */
    long task;  /* -1: all */
    enum metric metric;
    double percent;    /* METRIC_PERCENTILE */
    bool below, equal; /* <, <=, >, >= */
    double limit;      /* ns; a share of all (METRIC_ERRORS with is_share), a count, 1/s */
    bool is_share;
};

struct scenario {
    char *file;
    struct target target;
    uint64_t seed;
    bool open; /* stages count arrivals, not users */
    VEC(struct variable) variables;
    VEC(struct task) tasks;
    VEC(struct stage) stages;
    VEC(struct threshold) thresholds;
    uint64_t connections_max; /* open model */
    uint64_t timeout_ns;      /* from the sending, or the connecting, to the end of the answer */
    uint64_t body_max_bytes;  /* of an answer, kept for checks and captures */
    bool tls_verify;
    char *tls_ca; /* file with certificates that are trusted, or NULL: the system's */
};

/* NULL where problems has errors. file is what people are shown. url: NULL, or what replaces
   base_url. */
struct scenario *scenario_read(const char *text, size_t len, const char *file, const char *url,
                               struct problems *problems);
void scenario_free(struct scenario *scenario); /* NULL is allowed */

/* How long its stages last. */
uint64_t scenario_length_ns(const struct scenario *scenario);
/* The users, or arrivals a second, that are wanted at a time since the begin. */
double scenario_goal(const struct scenario *scenario, uint64_t at_ns);
/* The greatest of them. */
double scenario_goal_max(const struct scenario *scenario);
/* When arrival number (from 0) is due, since the begin; UINT64_MAX: after the end. */
uint64_t scenario_arrival_ns(const struct scenario *scenario, double number);

#endif
