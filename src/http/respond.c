/* Responses: RFC 9112 §4 and §6. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "http/fields.h"
#include "http/head_write.h"
#include "http/server_parts.h"

/* --- heads --- */

static void put_status(struct head_writer *writer, unsigned status, struct http_text reason)
{
    char line[] = "HTTP/1.1 000 "; /* always our own version, RFC 9110 §6.2 */
    line[9] = (char)('0' + status / 100 % 10);
    line[10] = (char)('0' + status / 10 % 10);
    line[11] = (char)('0' + status % 10);
    head_put(writer, line, sizeof line - 1);
    if (!reason.at)
        reason = http_text_of(http_reason(status));
    if (http_value_ok(reason))
        head_put(writer, reason.at, reason.len);
    head_put(writer, "\r\n", 2);
}

/* Which kind of body the client gets, and what becomes of the connection. RFC 9112 §6.3. */
static void choose_reply(struct http_exchange *exchange, unsigned status, int64_t length)
{
    const struct server_conn *owner = exchange->owner;
    if (exchange->head.method == HTTP_HEAD || status == 204 || status == 304 || length == 0)
        exchange->reply = REPLY_NONE;
    else if (length > 0)
        exchange->reply = REPLY_LENGTH;
    else
        exchange->reply = exchange->head.minor ? REPLY_CHUNKED : REPLY_UNTIL_CLOSE;
    exchange->reply_left = length > 0 && exchange->reply == REPLY_LENGTH ? (uint64_t)length : 0;
    exchange->close |= exchange->reply == REPLY_UNTIL_CLOSE || owner->server->closing;
    if (owner->body.done)
        return;
    /* A body that nobody reads: what is short is read over, else the connection ends. Who waits for
       a 100 may not send it at all. */
    bool read = exchange->handler && exchange->handler->on_body;
    exchange->close |= exchange->head.expects_continue && !exchange->continued;
    exchange->close |= !read && owner->body.left > DRAIN_BYTES_MAX;
}

static void put_connection(struct head_writer *writer, const struct http_exchange *exchange,
                           bool upgrade)
{
    if (exchange->close && upgrade)
        head_puts(writer, "Connection: close, upgrade\r\n");
    else if (exchange->close)
        head_puts(writer, "Connection: close\r\n");
    else if (upgrade)
        head_puts(writer, "Connection: upgrade\r\n");
    else if (!exchange->head.minor)
        head_puts(writer, "Connection: keep-alive\r\n");
}

void http_respond_begin(struct http_exchange *exchange, unsigned status, struct http_text reason,
                        const struct http_field *fields, size_t count, int64_t length)
{
    struct head_writer writer;
    if (exchange->begun)
        return;
    choose_reply(exchange, status, length);
    exchange->begun = true;
    head_begin(&writer, exchange->owner->conn, fields, count, reason.len);
    put_status(&writer, status, reason);
    bool upgrade = head_fields(&writer, fields, count);
    put_connection(&writer, exchange, upgrade);
    if (exchange->reply == REPLY_CHUNKED)
        head_puts(&writer, "Transfer-Encoding: chunked\r\n");
    else if (length >= 0 && status != 204)
        head_content_length(&writer, (uint64_t)length);
    head_end(&writer);
}

void http_respond_interim(struct http_exchange *exchange, unsigned status,
                          const struct http_field *fields, size_t count)
{
    struct head_writer writer;
    if (exchange->begun || !exchange->head.minor || status < 100 || status > 199 || status == 101)
        return;
    exchange->continued |= status == 100;
    head_begin(&writer, exchange->owner->conn, fields, count, 0);
    put_status(&writer, status, (struct http_text){0});
    (void)head_fields(&writer, fields, count);
    head_end(&writer);
}

/* --- bodies --- */

bool http_respond_write(struct http_exchange *exchange, const void *data, size_t len)
{
    struct http_conn *conn = exchange->owner->conn;
    if (!len || exchange->broken)
        return true;
    switch (exchange->reply) {
    case REPLY_LENGTH:
        if (len > exchange->reply_left) {
            exchange->broken = true;
            conn_fail(conn, HTTP_END_CLOSED);
            return true;
        }
        exchange->reply_left -= len;
        return http_conn_write(conn, data, len);
    case REPLY_CHUNKED:
        return chunk_write(conn, data, len);
    case REPLY_UNTIL_CLOSE:
        return http_conn_write(conn, data, len);
    default: /* HEAD, 204, 304 */
        return true;
    }
}

void http_respond_end(struct http_exchange *exchange, const struct http_field *trailers,
                      size_t count)
{
    struct http_conn *conn = exchange->owner->conn;
    if (!exchange->begun || exchange->broken ||
        (exchange->reply == REPLY_LENGTH && exchange->reply_left)) {
        server_exchange_cut(exchange);
        return;
    }
    if (exchange->reply == REPLY_CHUNKED)
        chunk_write_last(conn, trailers, count);
    if (!conn->worker->depth && conn->out_len)
        conn_flush(conn); /* what is held together is complete */
    server_exchange_over(exchange);
}

void http_respond_abort(struct http_exchange *exchange)
{
    server_exchange_cut(exchange);
}

void http_respond(struct http_exchange *exchange, unsigned status, const char *type,
                  const struct http_field *fields, size_t count, const void *body, size_t len)
{
    struct http_field all[HTTP_FIELDS_MAX];
    size_t used = 0;
    if (type)
        all[used++] = (struct http_field){HTTP_TEXT("Content-Type"), http_text_of(type)};
    for (size_t i = 0; i < count && used < HTTP_FIELDS_MAX; i++)
        all[used++] = fields[i];
    http_respond_begin(exchange, status, (struct http_text){0}, all, used, (int64_t)len);
    (void)http_respond_write(exchange, body, len);
    http_respond_end(exchange, NULL, 0);
}

bool http_respond_begun(const struct http_exchange *exchange)
{
    return exchange->begun;
}

size_t http_respond_pending(const struct http_exchange *exchange)
{
    return http_conn_pending(exchange->owner->conn);
}

/* --- upgrades --- */

struct http_conn *http_exchange_take(struct http_exchange *exchange,
                                     const struct http_field *fields, size_t count)
{
    struct server_conn *owner = exchange->owner;
    struct head_writer writer;
    if (!exchange->head.upgrade || !owner->body.done || exchange->begun)
        return NULL;
    struct http_conn *conn = owner->conn;
    head_begin(&writer, conn, fields, count, 0);
    put_status(&writer, 101, (struct http_text){0});
    (void)head_fields(&writer, fields, count);
    head_puts(&writer, "Connection: upgrade\r\n");
    head_end(&writer);
    owner->given_away = true;
    server_exchange_free(exchange);
    return conn;
}

/* --- the engine's own answers --- */

void server_refuse(struct server_conn *owner, unsigned status, const char *text)
{
    struct buf answer = BUF_INIT(1024);
    (void)buf_printf(&answer,
                     "HTTP/1.1 %u %s\r\nConnection: close\r\nContent-Type: text/plain; "
                     "charset=utf-8\r\nContent-Length: %zu\r\n\r\n%s\n",
                     status, http_reason(status), strlen(text) + 1, text);
    (void)http_conn_write(owner->conn, answer.data, answer.len);
    buf_fini(&answer);
    server_conn_end(owner);
}
