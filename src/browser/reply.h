/*
 * Answers of zonda's own pages, each with the fields that keep a browser from misunderstanding it.
 */
#ifndef ZONDA_BROWSER_REPLY_H
#define ZONDA_BROWSER_REPLY_H

#include "base/buf.h"
#include "http/fields.h"
#include "http/server.h"

/* A file of browser/assets.h; 304 where the client has it. shared: pages of other origins may load
   it, too. */
void reply_asset(struct http_exchange *exchange, const char *name, bool shared);
/* One JSON object; 500 where it did not fit. */
void reply_json(struct http_exchange *exchange, unsigned status, const struct buf *json);
/* {"v":1,"ok":false,"error":…}; with 405, allow says which methods there are. */
void reply_error(struct http_exchange *exchange, unsigned status, const char *error,
                 const char *allow);
bool reply_is_get(struct http_exchange *exchange); /* or HEAD */
bool reply_is_post(struct http_exchange *exchange);

#endif
