/*
 * Server-sent events as text: WHATWG HTML, "Server-sent events", the event stream format.
 *
 * Each function appends to a buffer of the caller's and returns 0, or -1 where its bound was
 * passed.
 */
#ifndef ZONDA_HTTP_SSE_H
#define ZONDA_HTTP_SSE_H

#include <stdint.h>

#include "base/buf.h"

/* One event. id and event may be NULL and have no line breaks (the event is refused otherwise, -1);
   data may have several lines (CR, LF or CRLF). */
int sse_event(struct buf *out, const char *id, const char *event, const char *data);
int sse_retry(struct buf *out, uint32_t retry_ms);     /* how soon a client comes back */
int sse_comment(struct buf *out, const char *comment); /* a heartbeat; one line */

#endif
