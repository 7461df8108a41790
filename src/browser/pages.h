/*
 * What zonda itself says to browsers: live events, the client script with its overlay, LiveReload,
 * the dashboard and its API.
 *
 * Life-cycle: pages_open once the bus is there; pages_config at first and when the configuration
 * has changed; pages_close while the loop still runs. It subscribes to the bus and learns from it
 * what happened; how things stand it asks the engine, by struct pages_ask. Everything on the loop's
 * thread.
 *
 * [dashboard] port and [livereload] port are listened on here; what is zonda's own on the proxy's
 * port (own.h) the proxy gives to pages_own.
 */
#ifndef ZONDA_BROWSER_PAGES_H
#define ZONDA_BROWSER_PAGES_H

#include "base/buf.h"
#include "base/err.h"
#include "config/config.h"
#include "http/server.h"
#include "observe/bus.h"

/* What is asked of the engine. Each appends one JSON object, as the control socket has it. */
struct pages_ask {
    const char *service; /* the name of the app, or of the whole; copied */
    void (*status)(void *data, struct buf *out);
    void (*reloads)(void *data, struct buf *out); /* an array of those that are kept */
    void (*watched)(void *data, const char *path, struct buf *out); /* path: and why, or NULL */
    void (*trigger)(void *data, const char *refresh);               /* NULL: build and restart */
    /* Of the apps that run, at most max; their number. */
    size_t (*app_pids)(void *data, int *pids, size_t max);
    /* The failure that holds, else what ended last; may be NULL. Borrowed for the call. */
    const struct reload *(*last)(void *data);
    void *data;
};

struct pages;
/* ask is copied, config borrowed until pages_config or pages_close; worker must outlive it. Nothing
   is listened on before pages_config. */
struct pages *pages_open(struct http_worker *worker, struct bus *bus, const struct config *config,
                         const struct pages_ask *ask);
/* Listens, anew where ports, hosts, origins or the token differ. Where a port cannot be had, that
   part stays as it was, or off, and err says why (a negative code). */
int pages_config(struct pages *pages, const struct config *config, struct err *err);
void pages_close(struct pages *pages); /* NULL is allowed */

/* On the proxy's port: answers a request that is zonda's own. An http_request_fn, data is pages. */
void pages_own(void *data, struct http_exchange *exchange);

#endif
