/*
 * Who may ask zonda itself: by Host, Origin and token.
 *
 * A page from anywhere can make its browser send requests to this machine, and by DNS rebinding
 * even as if they were its own. So a Host that is neither this machine's nor named in the
 * configuration is refused, and so is an Origin (RFC 6454 §7) that is neither; what changes
 * something, or tells of the project, is for zonda's own pages only.
 */
#ifndef ZONDA_BROWSER_ACCESS_H
#define ZONDA_BROWSER_ACCESS_H

#include "base/strs.h"
#include "http/fields.h"
#include "http/server.h"

enum access_to {
    ACCESS_EVENTS, /* live events, the client's script: for pages of this machine, and origins */
    ACCESS_OWN,    /* the dashboard and its API: for zonda's own pages and programs */
};

struct access {
    const struct strs *origins; /* "https://shop.test" */
    const char *token;          /* "": none is asked for */
    bool beyond;                /* it listens to more than this machine */
};

/* True where the request may be answered. Otherwise it has been, with 401 or 403. */
bool access_allows(const struct access *access, enum access_to to, struct http_exchange *exchange);

/* Is this the Origin of a page that may hear live events? */
bool access_origin_ok(const struct access *access, struct http_text origin);

/* Access-Control-Allow-Origin and Vary for a request with an Origin; the number of fields put
   there, at most ACCESS_FIELDS_MAX. They borrow from the request's head. */
#define ACCESS_FIELDS_MAX 2
size_t access_fields(struct http_exchange *exchange, struct http_field *fields);

/* Where the query holds the right token: answers with a redirect to the same path that sets it as a
   cookie, and returns true. */
bool access_takes_token(const struct access *access, struct http_exchange *exchange);

#endif
