/*
 * The event bus: news goes sideways. Whoever wants to know subscribes; nobody calls up.
 *
 * Publishing is a walk over at most BUS_SUBSCRIBERS_MAX functions on the loop's thread; a
 * subscriber that has slow work to do queues it. The event and all it points to are borrowed for
 * the call.
 */
#ifndef ZONDA_OBSERVE_BUS_H
#define ZONDA_OBSERVE_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "observe/reload.h"
#include "observe/tests.h"
#include "platform/process.h"
#include "run/service.h"

#define BUS_SUBSCRIBERS_MAX 16

enum event_kind {
    EVENT_ZONDA_STARTED, /* text: what is run, e.g. "zonda 0.1.0 · shop · .air.toml" */
    EVENT_WATCHING,      /* text: "214 directories, 1,530 files"; number: ms it took */
    EVENT_NOTICE,        /* text, hint; level says how bad */
    EVENT_IGNORED,       /* changed files lead to nothing: text = path, hint = the reason (debug) */
    EVENT_RELOAD_BEGIN,  /* reload */
    EVENT_BUILD_BEGIN,   /* reload; text: the command */
    EVENT_BUILD_LINE,    /* reload; text: a line of output; flag: from stderr */
    EVENT_BUILD_PROGRESS, /* reload; number done, total (0 unknown), text: the package */
    EVENT_BUILD_END,      /* reload: times.build_end, diagnostics; flag: it succeeded */
    EVENT_APP_STOPPING,   /* number: generation; text: signal */
    EVENT_APP_STARTED,    /* number: generation, total: pid */
    EVENT_APP_READY,      /* number: generation; listeners */
    EVENT_APP_EXIT,       /* number: generation; total: as sh(1) counts; text: how, in words; flag:
                             expected */
    EVENT_TRANSITION,     /* transition (debug; the JSON log has it at every level) */
    EVENT_APP_DOWN,       /* text: why it is not started again before the next change */
    EVENT_APP_OUTPUT,     /* text, len: bytes; flag: from stderr */
    EVENT_RELOAD_END,     /* reload */
    EVENT_REFRESH,        /* text: path; browsers may reload it */
    EVENT_CONFIG,         /* text: the keys that changed, or what is wrong with it; level */
    EVENT_TESTS_BEGIN,    /* number: packages; text: the command */
    EVENT_TESTS_LINE,     /* text: a line of go test that tells of a failure */
    EVENT_TESTS_END,      /* tests */
    EVENT_QUITTING,       /* text: why */
};

struct event {
    enum event_kind kind;
    enum log_level level;
    const char *service;         /* which it is about; NULL: the whole, or there is only one */
    const struct config *config; /* of what it is about; NULL: of the whole */
    const struct reload *reload; /* or NULL */
    const char *text;
    size_t len; /* of EVENT_APP_OUTPUT */
    const char *hint;
    int64_t number, total;
    bool flag;
    const struct listeners *listeners;
    const struct test_result *tests;
    const struct service_transition *transition;
    uint64_t mono_ns, wall_ns; /* filled by bus_publish where they are 0 */
};

typedef void bus_fn(void *data, const struct event *event);
struct bus;
struct bus *bus_new(void);
void bus_free(struct bus *bus);
int bus_subscribe(struct bus *bus, bus_fn *fn, void *data); /* -1 when full */
void bus_unsubscribe(struct bus *bus, bus_fn *fn, void *data);
void bus_publish(struct bus *bus, struct event *event);

#endif
