/*
 * Streams: an event hub carried to EventSource clients. WHATWG HTML, "Server-sent events".
 *
 * Life-cycle: streams_new, streams_take for each exchange, streams_free, which ends them all. A
 * client gets, in this order: how soon to come back; what it has missed since its Last-Event-ID, or
 * where that is not known the kind's begin and the state that holds; then each event as it happens,
 * and a beat every STREAMS_BEAT_MS. One that does not keep up gets the rest when it has room again.
 *
 * Many clients are served some at a time, so that no turn of the loop gets long.
 */
#ifndef ZONDA_BROWSER_STREAMS_H
#define ZONDA_BROWSER_STREAMS_H

#include "browser/events.h"
#include "http/server.h"

#define STREAMS_MAX      4000
#define STREAMS_RETRY_MS 1000
#define STREAMS_BEAT_MS  15000 /* clients take 40 s of silence for a broken connection */

/* What a client is told at first: the data of one event is appended, or nothing. returns: it had an
   event of this or another run that is not kept. */
typedef void streams_begin_fn(void *data, bool returns, struct buf *out);

struct streams;
struct streams *streams_new(struct loop *loop, struct events *events, streams_begin_fn *begin,
                            void *data);
/* Answers a GET; fields are more fields of the response. */
void streams_take(struct streams *streams, struct http_exchange *exchange,
                  const struct http_field *fields, size_t count);
size_t streams_count(const struct streams *streams);
void streams_free(struct streams *streams); /* NULL is allowed */

#endif
