/* Between head.c, framing.c and those who keep heads in memory of their own. */
#ifndef ZONDA_HTTP_HEAD_H
#define ZONDA_HTTP_HEAD_H

#include "http/parser.h"

/* The fields from at up to end, where the last line is the empty one: their number, or a fault. The
   byte before end is LF. */
long http_fields_parse(struct http_field *fields, const char *at, const char *end);

/* Fills what the fields and the target say, framing.c. 0, or a fault. */
int http_head_understand(struct http_head *head, enum http_method request);

/* A copy that stands alone, with its fields and texts in memory of http_head_copy_bytes, aligned
   for pointers. */
size_t http_head_copy_bytes(const struct http_head *head);
void http_head_copy_into(struct http_head *copy, void *memory, const struct http_head *head);

#endif
