/*
 * Heads and chunks, written straight into the output of a connection. For server and client.
 */
#ifndef ZONDA_HTTP_HEAD_WRITE_H
#define ZONDA_HTTP_HEAD_WRITE_H

#include "http/conn_parts.h"

struct head_writer {
    struct http_conn *conn;
    char *at, *end;
};

/* Room for these fields and what the engine adds; start line and own lines of up to 24 KiB. */
void head_begin(struct head_writer *writer, struct http_conn *conn, const struct http_field *fields,
                size_t count, size_t start_len);
void head_put(struct head_writer *writer, const char *text, size_t len);
void head_puts(struct head_writer *writer, const char *text);
/* All but those of the engine (http/server.h) and those that are malformed. true: Upgrade is among
   them. */
bool head_fields(struct head_writer *writer, const struct http_field *fields, size_t count);
void head_content_length(struct head_writer *writer, uint64_t length);
void head_end(struct head_writer *writer); /* the empty line; goes out soon, or with what follows */

/* One chunk; false: full. */
bool chunk_write(struct http_conn *conn, const void *data, size_t len);
void chunk_write_last(struct http_conn *conn, const struct http_field *trailers, size_t count);

#endif
