/*
 * The event hub: what is told to browsers goes to all who listen, and to those who come back.
 *
 * Life-cycle: events_new; events_subscribe for each connection, events_unsubscribe when it goes;
 * events_publish; events_free once nobody listens any more. On the loop's thread. Knows nothing of
 * HTTP: sse.c and livereload.c carry what it gives.
 *
 * An event has an id RUN-NUMBER (RUN: 8 hex digits of this run of zonda; NUMBER counts from 1) and
 * its data, one JSON object without a newline. The last EVENTS_KEPT are kept, at most
 * EVENTS_BYTES_MAX of them. Who comes back with the id of its last event gets what it has missed;
 * where that is too old, or of another run, it is told so.
 */
#ifndef ZONDA_BROWSER_EVENTS_H
#define ZONDA_BROWSER_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EVENTS_KEPT      256
#define EVENTS_BYTES_MAX ((size_t)1 << 20)
#define EVENTS_ID_BYTES  32

/* What an event is about decides what somebody who missed several of them must still hear. */
enum events_kind {
    EVENTS_REFRESH, /* the page is to be loaded anew: makes all before it pointless */
    EVENTS_SWAP,    /* a stylesheet, an image */
    EVENTS_STATE,   /* building, failed, well: only the last one counts */
    EVENTS_NEWS,    /* every single one counts */
};

struct events_message {
    enum events_kind kind;
    uint64_t number;
    const char *data;
    size_t len;
};

struct events;
/* Borrowed for the call. A listener may unsubscribe itself in it, and nobody else. */
typedef void events_fn(void *listener, const struct events_message *message);

struct events *events_new(void);
void events_free(struct events *events); /* NULL is allowed */

void events_publish(struct events *events, enum events_kind kind, const char *data, size_t len);

void events_subscribe(struct events *events, events_fn *fn, void *listener);
void events_unsubscribe(struct events *events, events_fn *fn, void *listener);
size_t events_listeners(const struct events *events);

/* "3f2a9c01-17" of a number, and of the last event. */
void events_id(const struct events *events, uint64_t number, char id[EVENTS_ID_BYTES]);
uint64_t events_last(const struct events *events);

/* Calls fn for what somebody whose last event was id (len bytes, from outside) has missed, oldest
   first. False, without a call, where that is not known any more. */
bool events_replay(const struct events *events, const char *id, size_t len, events_fn *fn,
                   void *listener);
/* Calls fn for the last event of kind EVENTS_STATE, if any. */
void events_state(const struct events *events, events_fn *fn, void *listener);
/* Calls fn for all that are kept, oldest first. */
void events_each(const struct events *events, events_fn *fn, void *listener);

#endif
