/*
 * What zonda itself answers on every port: the paths that begin with OWN_PREFIX, and OWN_EVENTS.
 */
#ifndef ZONDA_BROWSER_OWN_H
#define ZONDA_BROWSER_OWN_H

#include "browser/access.h"
#include "browser/streams.h"

#define OWN_PREFIX "/__zonda/"
#define OWN_SCRIPT "/__zonda/client.js" /* what the proxy adds to pages */
#define OWN_EVENTS "/refresh-signal"

/* True where the request is for one of them: it has been answered, or goes on as a stream of
   signals. */
bool own_answer(struct streams *signals, const struct access *access,
                struct http_exchange *exchange);

#endif
