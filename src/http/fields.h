/*
 * Header fields: looking them up, and reading those values that more than one module wants. RFC
 * 9110.
 *
 * Names and tokens are compared without regard to case, as RFC 9110 §5.1 has it. Results are
 * borrowed from what was given.
 */
#ifndef ZONDA_HTTP_FIELDS_H
#define ZONDA_HTTP_FIELDS_H

#include "http/parser.h"

bool http_text_equal(struct http_text text, const char *other);      /* exactly */
bool http_text_equal_case(struct http_text text, const char *other); /* ASCII case ignored */
struct http_text http_text_of(const char *text);                     /* NULL: none */
bool http_text_same(struct http_text a, struct http_text b); /* exactly; nothing is not the same */

/* The first field of this name, or NULL. */
const struct http_field *http_field_find(const struct http_field *fields, size_t count,
                                         const char *name);
/* Its value, or none (at NULL). */
struct http_text http_head_value(const struct http_head *head, const char *name);
size_t http_head_count(const struct http_head *head, const char *name); /* fields of this name */

/* Is token an element of the comma-separated list? Parameters after ';' are not compared. */
bool http_list_has(struct http_text list, const char *token);
/* The same over all fields of this name. */
bool http_head_list_has(const struct http_head *head, const char *name, const char *token);
/* The next element of a list, without blanks around it; false at its end. Quoted strings are kept
   whole. *list is moved on. */
bool http_list_next(struct http_text *list, struct http_text *element);

/* A field of one connection only (RFC 9110 §7.6.1), which is not passed on: Connection, Keep-Alive,
   Proxy-Connection, TE, Transfer-Encoding, Upgrade, Trailer is kept, and what Connection names. */
bool http_field_is_hop(const struct http_head *head, const struct http_field *field);

/* A Host value or authority: host without the brackets of IPv6, port 0 where none is given. false
   where it is malformed (RFC 3986 §3.2.2 and §3.2.3). */
bool http_host_parse(struct http_text value, struct http_text *host, uint16_t *port);
/* localhost, *.localhost, 127.0.0.0/8 or ::1: no foreign name that was made to point here. */
bool http_host_is_loopback(struct http_text host);

/* "text/html" matches "Text/HTML; charset=utf-8"; the type may end in a '*' after the slash. */
bool http_media_is(struct http_text value, const char *type);
/* A parameter's value, "charset" of "text/html; charset=utf-8", without quotes; none if absent. */
struct http_text http_parameter(struct http_text value, const char *name);

/* May a name and a value stand in a head? A token; no control characters but HTAB. */
bool http_name_ok(struct http_text name);
bool http_value_ok(struct http_text value);
const char *
http_reason(unsigned status); /* "Not Found"; "" for a status without a registered one */

#endif
