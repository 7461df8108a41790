/*
 * The event hub: what is told to browsers, kept for a while for those who come back.
 *
 * Life-cycle: events_new, events_publish, events_free. On the loop's thread. Whoever carries events
 * to a client (streams.c, livereload.c) remembers the number of the last one it has taken, and asks
 * for what came after it: so a slow client holds up nobody, and one that comes back after a while
 * is served as one that was there all the time.
 *
 * An event has an id RUN-NUMBER (RUN: 8 hex digits of this run of zonda; NUMBER counts from 1) and
 * its data, one JSON object without a newline. The last EVENTS_KEPT are kept, at most
 * EVENTS_BYTES_MAX of them.
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
    EVENTS_REFRESH, /* the page is to be loaded anew: makes swaps before it pointless */
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
/* Called after each event that is published, when it can be asked for. */
typedef void events_told_fn(void *data);
/* An event, borrowed for the call. */
typedef void events_fn(void *data, const struct events_message *message);

struct events *events_new(void);
void events_free(struct events *events); /* NULL is allowed */
/* At most two who are told, such as the streams and LiveReload. */
#define EVENTS_TOLD_MAX 2
void events_on_told(struct events *events, events_told_fn *fn, void *data);
void events_off_told(struct events *events, events_told_fn *fn, void *data);

void events_publish(struct events *events, enum events_kind kind, const char *data, size_t len);

/* Calls fn for what somebody whose last event was number must hear, oldest first. False, without a
   call, where some of it is not kept any more. */
bool events_after(const struct events *events, uint64_t number, events_fn *fn, void *data);
/* Calls fn for the last event of kind EVENTS_STATE, if any. */
void events_state(const struct events *events, events_fn *fn, void *data);
uint64_t events_last(const struct events *events);

void events_id(const struct events *events, uint64_t number, char id[EVENTS_ID_BYTES]);
/* The number in an id that came from outside; false where it is none of this run. */
bool events_number(const struct events *events, const char *id, size_t len, uint64_t *number);

#endif
