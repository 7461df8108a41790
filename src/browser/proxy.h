/*
 * The reverse proxy before the app: [proxy] of the configuration.
 *
 * Life-cycle: proxy_open once the bus is there, where proxy_wanted; it subscribes and learns from
 * events where the app listens and whether it serves. proxy_config when the configuration has
 * changed; proxy_close while the loop still runs, before its worker is freed.
 *
 * What goes through is passed on as it comes, both ways, byte for byte: only pages are changed
 * (page.h), and the fields that belong to one connection (forward.h). Bodies are never stored but
 * for the first PASSING_BODY_KEPT bytes of a request's, until its answer begins. While the app does
 * not serve, requests wait (hold.h). On the loop's thread.
 */
#ifndef ZONDA_BROWSER_PROXY_H
#define ZONDA_BROWSER_PROXY_H

#include <stdbool.h>

#include "base/err.h"
#include "config/config.h"
#include "http/server.h"
#include "observe/bus.h"

struct proxy;

/* Is there to be a proxy at all? */
bool proxy_wanted(const struct config *config);

/* own answers what is zonda's (own.h), with data. config is borrowed until proxy_config or
   proxy_close. NULL where the port cannot be had (ERR_SYSTEM) or a certificate is wrong
   (ERR_CONFIG). */
struct proxy *proxy_open(struct http_worker *worker, struct bus *bus, const struct config *config,
                         http_request_fn *own, void *data, struct err *err);
/* For a proxy that is opened while the app serves already, and has missed the event of it. */
void proxy_app_ready(struct proxy *proxy, const char *service, uint64_t generation,
                     const struct listeners *listeners);
/* Were requests passed on to service of which no answer has come? Not those of which more was sent
   than is kept: they are being read. NULL is allowed. */
bool proxy_has_asked(const struct proxy *proxy, const char *service);
/* The same config pointer or a newer one: listens anew where port, host or certificate differ. What
   cannot be had stays as it was, and err says why (a negative code). */
int proxy_config(struct proxy *proxy, const struct config *config, struct err *err);
void proxy_close(struct proxy *proxy); /* connections are cut; NULL is allowed */

/* "http://localhost:8090/". Borrowed until proxy_config. */
const char *proxy_url(const struct proxy *proxy);

#endif
