/*
 * The JSON log's one struct, for its own files only: json_log.c writes the lines, json_event.c says
 * what of an event is in them, json_log_app.c tells the lines of the app.
 */
#ifndef ZONDA_OBSERVE_JSON_PARTS_H
#define ZONDA_OBSERVE_JSON_PARTS_H

#include "base/buf.h"
#include "base/json.h"
#include "base/vec.h"
#include "observe/json_log.h"

#define TRACE_NONE "00000000000000000000000000000000"

/* The line that a stream of the app has not ended yet. */
struct json_partial {
    struct buf text; /* at most JSON_LOG_LINE_MAX */
    size_t more;     /* bytes past it that are left out */
};

/* What is kept of one service, and of the whole. */
struct json_service {
    struct json_log *log;
    char *name;        /* NULL: the whole, or the only one */
    char trace_id[33]; /* of the reload under way, or the last one */

    struct json_partial partials[2]; /* stdout, stderr */
    int64_t generation;              /* whose they are */

    uint64_t credit_ns, credit_at_ns; /* token bucket: a line costs 1 s / rate_limit */
    uint64_t dropped, dropped_at_ns;  /* lines not told yet, since when */
    struct timer *timer;              /* tells them; runs only while there are any */
};

struct json_log {
    struct loop *loop;
    struct bus *bus;
    struct sink *out; /* NULL: each */
    json_line_fn *each;
    void *each_data;
    const char *kind;            /* of the line */
    const struct config *config; /* borrowed */
    char *service;               /* the name of the whole, or of the only one */
    char trace_id[33];           /* of the last reload that was told of, whosever */
    struct buf line, text;
    struct json_writer json;
    VEC(struct json_service *) services;
};

/* One line: json_line_begin, more members of context, json_line_end. */
void json_line_begin(struct json_service *service, uint64_t wall_ns, enum log_level level,
                     const char *kind, const char *message, size_t message_len);
void json_line_end(struct json_log *log);

/* json_event.c: unless its level is too low for the log. */
void json_event(struct json_service *service, const struct event *event);

/* json_log_app.c */
struct json_service *json_service_of(struct json_log *log, const char *name); /* made where new */
void json_services_config(struct json_log *log); /* takes down those that are gone */
void json_services_fini(struct json_log *log);
void json_app_output(struct json_service *service, const struct event *event);
void json_app_ended(struct json_service *service,
                    uint64_t wall_ns); /* what has no newline is a line, too */
void json_app_time(struct json_service *service, uint64_t mono_ns, uint64_t wall_ns);

#endif
