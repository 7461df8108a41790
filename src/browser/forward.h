/*
 * The fields that a message has on its other side of the proxy.
 *
 * Fields pass in their order, with their names as they were sent. Left out are those of one
 * connection (RFC 9110 §7.6.1). To a request is added who asked, and for what: X-Forwarded-For,
 * X-Forwarded-Host and X-Forwarded-Proto; Host stays. Those that are there already are believed
 * where the peer is of this machine (another proxy before this one), and replaced elsewhere.
 *
 * Life-cycle: forward_request or forward_response fills one; forward_fini. The texts are borrowed
 * from the head and from the struct. A target with an authority ("http://shop.test/a") is asked for
 * by its path, with that authority as Host; who sends no Host (HTTP/1.0) asks for localhost.
 */
#ifndef ZONDA_BROWSER_FORWARD_H
#define ZONDA_BROWSER_FORWARD_H

#include "base/strs.h"
#include "browser/page.h"
#include "platform/tcp.h"

#define FORWARD_FIELDS_MAX (HTTP_FIELDS_MAX + 4)

struct forward {
    struct http_field fields[FORWARD_FIELDS_MAX];
    size_t count;
    struct strs made;        /* values that neither head has */
    struct http_text target; /* of a request: as an origin server wants it, RFC 9112 §3.2.1 */
    char peer[TCP_TEXT_BYTES];
};

/* forward need not be initialised. page: what page_request made of the request. */
void forward_request(struct forward *forward, const struct http_head *request,
                     const struct tcp_address *peer, bool is_tls, const struct page *page,
                     const char *run);
/* page: what page_response made of it; a 304 to a candidate gets the page's ETag. upgrade: it is a
   101, whose Upgrade field is for the client. */
void forward_response(struct forward *forward, const struct http_head *response,
                      const struct page *page, const char *run);
/* A response that does not say how long it may be kept is asked about each time: browsers keep such
   files by their age (RFC 9111 §4.2.2), and a page that loads itself anew would find the old ones.
   A Last-Modified that is the response's own Date is left out: a second edit within that second
   would be answered by 304 (RFC 9110 §8.8.2.2). After forward_response. */
void forward_revalidate(struct forward *forward, const struct http_head *response);
void forward_fini(struct forward *forward);

#endif
