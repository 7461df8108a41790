#include "http/head_write.h"

#include <string.h>

#include "http/fields.h"

#define OWN_BYTES ((size_t)256) /* of status line, Connection, length */

void head_begin(struct head_writer *writer, struct http_conn *conn, const struct http_field *fields,
                size_t count, size_t start_len)
{
    size_t len = OWN_BYTES + start_len;
    for (size_t i = 0; i < count; i++)
        len += fields[i].name.len + fields[i].value.len + 4;
    writer->conn = conn;
    writer->at = conn_room(conn, len);
    writer->end = writer->at + len;
}

void head_put(struct head_writer *writer, const char *text, size_t len)
{
    if (!len || len > (size_t)(writer->end - writer->at))
        return;
    memcpy(writer->at, text, len);
    writer->at += len;
}

void head_puts(struct head_writer *writer, const char *text)
{
    head_put(writer, text, strlen(text));
}

static void put_field(struct head_writer *writer, const struct http_field *field)
{
    head_put(writer, field->name.at, field->name.len);
    head_put(writer, ": ", 2);
    head_put(writer, field->value.at, field->value.len);
    head_put(writer, "\r\n", 2);
}

/* Whatever frames the message is written by the engine alone: two voices about it are how requests
   are smuggled. */
static bool is_engines(struct http_text name)
{
    switch (name.len) {
    case 10:
        return http_text_equal_case(name, "connection") || http_text_equal_case(name, "keep-alive");
    case 14:
        return http_text_equal_case(name, "content-length");
    case 17:
        return http_text_equal_case(name, "transfer-encoding");
    default:
        return false;
    }
}

bool head_fields(struct head_writer *writer, const struct http_field *fields, size_t count)
{
    bool upgrade = false;
    for (size_t i = 0; i < count; i++) {
        const struct http_field *field = &fields[i];
        if (is_engines(field->name) || !http_name_ok(field->name) || !http_value_ok(field->value))
            continue;
        upgrade |= field->name.len == 7 && http_text_equal_case(field->name, "upgrade");
        put_field(writer, field);
    }
    return upgrade;
}

void head_content_length(struct head_writer *writer, uint64_t length)
{
    char digits[24];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + length % 10);
    while (length /= 10);
    head_puts(writer, "Content-Length: ");
    head_put(writer, digits + at, sizeof digits - at);
    head_puts(writer, "\r\n");
}

void head_end(struct head_writer *writer)
{
    head_put(writer, "\r\n", 2);
    conn_room_used(writer->conn, writer->at);
}

bool chunk_write(struct http_conn *conn, const void *data, size_t len)
{
    static const char HEX[] = "0123456789abcdef";
    char size[2 * sizeof len + 2];
    size_t at = sizeof size;
    size[--at] = '\n';
    size[--at] = '\r';
    size_t left = len;
    do
        size[--at] = HEX[left & 15];
    while (left >>= 4);
    const struct tcp_piece pieces[] = {{size + at, sizeof size - at}, {data, len}, {"\r\n", 2}};
    return http_conn_write_pieces(conn, pieces, 3);
}

void chunk_write_last(struct http_conn *conn, const struct http_field *trailers, size_t count)
{
    struct head_writer writer;
    head_begin(&writer, conn, trailers, count, 0);
    head_puts(&writer, "0\r\n");
    (void)head_fields(&writer, trailers, count);
    head_end(&writer);
}
