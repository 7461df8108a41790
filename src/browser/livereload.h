/*
 * A LiveReload server, protocol 7: http://livereload.com/api/protocol/.
 *
 * GET /livereload.js is zonda's own client, /livereload the WebSocket. Clients that offer
 * http://livereload.com/protocols/official-7 in their hello are told of every refresh, with the
 * path of the file that changed; nothing else is said on this socket, as stock clients take every
 * command but "reload" and "alert" for an error.
 *
 * Life-cycle: livereload_open listens, livereload_close cuts its connections.
 */
#ifndef ZONDA_BROWSER_LIVERELOAD_H
#define ZONDA_BROWSER_LIVERELOAD_H

#include "browser/access.h"
#include "browser/events.h"
#include "config/config.h"

#define LIVERELOAD_CLIENTS_MAX  256
#define LIVERELOAD_MESSAGE_MAX  ((size_t)16 << 10)
#define LIVERELOAD_HANDSHAKE_MS 5000 /* for a client's hello; clients wait as long for ours */
#define LIVERELOAD_OFFICIAL_7   "http://livereload.com/protocols/official-7"

struct livereload;
/* events are live's, borrowed. */
struct livereload *livereload_open(struct http_worker *worker, struct events *events,
                                   const struct config *config, struct err *err);
void livereload_close(struct livereload *livereload); /* NULL is allowed */

#endif
