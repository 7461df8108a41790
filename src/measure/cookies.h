/*
 * The cookies of one virtual user for the one origin that it talks to: RFC 6265 §5.
 *
 * Life-cycle: {0}, cookies_take for each Set-Cookie, cookies_write for each request, cookies_fini.
 * At most COOKIES_MAX of at most COOKIE_BYTES_MAX; further ones are not kept. Domain is not looked
 * at (there is one host); of Expires and Max-Age only whether they are past, as a run is short.
 */
#ifndef ZONDA_MEASURE_COOKIES_H
#define ZONDA_MEASURE_COOKIES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/vec.h"

#define COOKIES_MAX      50
#define COOKIE_BYTES_MAX 4096

struct cookie {
    char *name, *value, *path;
};

struct cookies {
    VEC(struct cookie) list;
};

/* One Set-Cookie value from the answer to a request for target. tls: the answer came over TLS. */
void cookies_take(struct cookies *cookies, const char *text, size_t len, const char *target,
                  bool tls);
/* Appends "Cookie: a=1; b=2\r\n" for a request for target, or nothing. */
void cookies_write(const struct cookies *cookies, const char *target, struct buf *out);
void cookies_fini(struct cookies *cookies);

#endif
