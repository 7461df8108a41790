/*
 * A reload: the one object that goes down the line, from the first event to the version that
 * serves.
 *
 * Made by the engine when a batch settles, filled stage by stage, told when it ends, kept (the last
 * RELOADS_KEPT) for status and wait.
 */
#ifndef ZONDA_OBSERVE_RELOAD_H
#define ZONDA_OBSERVE_RELOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strs.h"
#include "build/diagnostics.h"
#include "build/how.h"
#include "config/action.h"

#define RELOADS_KEPT 64

enum reload_cause {
    CAUSE_START,
    CAUSE_CHANGE,
    CAUSE_KEY,
    CAUSE_SIGNAL,
    CAUSE_CONTROL,
    CAUSE_CONFIG,
    CAUSE_CRASH
};

enum reload_outcome {
    RELOAD_RUNNING,   /* under way */
    RELOAD_SERVED,    /* the new version is ready */
    RELOAD_ENDED,     /* the app ran to its end: exit status 0 before it was ready */
    RELOAD_UNCHANGED, /* built, and the same binary came out: the app was left alone */
    RELOAD_REFRESHED, /* refresh, signal or command only: the app went on */
    RELOAD_BUILD_FAILED,
    RELOAD_START_FAILED, /* the app did not start, or died before it was ready */
    RELOAD_OBSOLETE,     /* a newer change took over */
    RELOAD_STOPPED,      /* zonda ended */
};

/* Monotonic times in ns; 0: did not happen. */
struct reload_times {
    uint64_t change, decided, build_start, build_end, stop_start, stop_end, start, ready, end;
};

/* The phases follow each other: their sum is the time from the change to the version that serves.
 */
enum reload_phase {
    PHASE_DECIDE, /* from the change until it was known what it means */
    PHASE_WAIT,   /* until the build began */
    PHASE_BUILD,
    PHASE_STOP,  /* of the old version; where both ran: until it accepts nothing any more */
    PHASE_START, /* until the new version is ready; where both ran: until it listens */
};
#define PHASES 5

/* Identifiers of W3C Trace Context: a trace is one reload, and each phase is a span of it. */
#define TRACE_ID_BYTES    33 /* 32 hex digits */
#define SPAN_ID_BYTES     17 /* 16 */
#define TRACEPARENT_BYTES 56

struct reload {
    uint64_t id;
    char trace_id[TRACE_ID_BYTES];
    char span_id[SPAN_ID_BYTES]; /* of all of it */
    char span_ids[PHASES][SPAN_ID_BYTES];
    uint64_t wall_ns; /* when it began */
    enum reload_cause cause;
    struct strs changed; /* relative to root; at most 20 */
    size_t changed_len;  /* of all */
    enum action action;
    bool refresh; /* browsers are to refresh for some of changed, whatever becomes of the build */
    char reason[256];
    enum reload_outcome outcome;
    char message[512]; /* what went wrong, in one sentence */
    struct reload_times times;
    struct diagnostics diagnostics;
    int packages; /* compiled */
    struct build_how how;
    uint64_t generation; /* that serves; 0: none */
};

const char *reload_outcome_name(enum reload_outcome outcome); /* "served" */
const char *reload_cause_name(enum reload_cause cause);
const char *build_method_name(enum build_method method); /* "direct" */
void reload_identify(struct reload *reload); /* gives it its trace and span ids, at random */
/* The header field for who works for this phase: Trace Context level 1, section 3.2, version 00,
   sampled. */
void reload_traceparent(const struct reload *reload, enum reload_phase phase,
                        char text[TRACEPARENT_BYTES]);
void reload_fini(struct reload *reload);

const char *reload_phase_name(enum reload_phase phase); /* "build" */
int64_t reload_phase_ns(const struct reload *reload,
                        enum reload_phase phase);     /* -1: did not happen */
int64_t reload_total_ns(const struct reload *reload); /* change to ready or end; -1: under way */

/* The reload as one JSON object, for the control socket (schema version 1), and its members alone,
   into an object that was begun. */
struct buf;
struct json_writer;
void reload_write_json(const struct reload *reload, struct buf *out);
void reload_write_how(const struct build_how *how, struct json_writer *json);
void reload_write_diagnostics(const struct diagnostics *diagnostics, struct json_writer *json);
void reload_write_members(const struct reload *reload, struct json_writer *json);

#endif
