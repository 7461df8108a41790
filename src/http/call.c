/* Calls: a request is written, RFC 9112 §3 and §6. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http/chars.h"
#include "http/client_parts.h"
#include "http/fields.h"
#include "http/head_write.h"

static enum http_method method_of(struct http_text method)
{
    if (http_text_equal(method, "HEAD"))
        return HTTP_HEAD;
    if (http_text_equal(method, "GET"))
        return HTTP_GET;
    return HTTP_METHOD_OTHER;
}

/* What could end the line early, or make two requests of one, is not sent. */
static bool may_be_sent(const struct http_call_request *request)
{
    for (size_t i = 0; i < request->target.len; i++)
        if (!http_is(request->target.at[i], HTTP_CLASS_TARGET))
            return false;
    return request->target.len && http_name_ok(request->method) && http_value_ok(request->upgrade);
}

static void write_head(struct http_call *call, const struct http_call_request *request)
{
    struct head_writer writer;
    head_begin(&writer, call->conn, request->fields, request->field_count,
               request->method.len + request->target.len + request->upgrade.len);
    head_put(&writer, request->method.at, request->method.len);
    head_puts(&writer, " ");
    head_put(&writer, request->target.at, request->target.len);
    head_puts(&writer, " HTTP/1.1\r\n");
    (void)head_fields(&writer, request->fields, request->field_count);
    if (request->upgrade.len) {
        head_puts(&writer, "Connection: upgrade\r\nUpgrade: ");
        head_put(&writer, request->upgrade.at, request->upgrade.len);
        head_puts(&writer, "\r\n");
    }
    if (call->chunked)
        head_puts(&writer, "Transfer-Encoding: chunked\r\n");
    else if (request->length > 0 || request->length_field)
        head_content_length(&writer, (uint64_t)request->length);
    head_end(&writer);
}

struct http_call *http_call_new(struct http_client *client, const struct tcp_address *address,
                                const struct http_call_request *request,
                                const struct http_call_handler *handler, void *data)
{
    struct http_call *call = mem_new(1, sizeof *call);
    call->client = client;
    call->upstream = client_upstream(client, address);
    call->upstream->call_count++;
    call->handler = handler;
    call->data = data;
    call->method = method_of(request->method);
    call->asked = request->upgrade.len > 0;
    call->chunked = request->length < 0;
    call->left = request->length > 0 ? (uint64_t)request->length : 0;
    call->next = client->calls;
    if (call->next)
        call->next->previous = call;
    client->calls = call;
    if (!request->fresh)
        call->conn = client_reuse(call->upstream, &call->epoch);
    call->reused = call->conn != NULL;
    if (call->conn) {
        http_conn_hand_over(call->conn, &call_conn_handler, call);
        call->sent_before = call->conn->sent;
    } else {
        call->epoch = call->upstream->epoch;
        call->conn = http_conn_connect(client->worker, address, client->options.tls,
                                       client->options.tls_name, &call_conn_handler, call);
        http_conn_stall_timeout(call->conn, client->options.stall_timeout_ms);
        if (call->conn->connecting)
            http_conn_deadline(call->conn, client->options.connect_timeout_ms);
    }
    if (may_be_sent(request))
        write_head(call, request);
    else
        conn_fail(call->conn, HTTP_END_SYSTEM);
    return call;
}

int http_call_fd(const struct http_call *call)
{
    return call->conn->fd;
}

/* --- the body --- */

bool http_call_write(struct http_call *call, const void *data, size_t len)
{
    if (!len || call->ended || call->over)
        return true;
    if (call->chunked)
        return chunk_write(call->conn, data, len);
    if (len > call->left) { /* an error of the caller; told by on_failed */
        conn_fail(call->conn, HTTP_END_SYSTEM);
        return true;
    }
    call->left -= len;
    return http_conn_write(call->conn, data, len);
}

void http_call_end(struct http_call *call, const struct http_field *trailers, size_t count)
{
    struct http_conn *conn = call->conn;
    if (call->ended || call->over)
        return;
    call->ended = true;
    if (call->chunked)
        chunk_write_last(conn, trailers, count);
    else if (call->left)
        conn_fail(conn, HTTP_END_SYSTEM);
    if (!conn->connecting && !call->head_done)
        http_conn_deadline(conn, call->client->options.head_timeout_ms);
    if (!conn->worker->depth && !conn->connecting && conn->out_len)
        conn_flush(conn);
}

bool http_call_ended(const struct http_call *call)
{
    return call->ended;
}

void http_call_pause(struct http_call *call)
{
    http_conn_pause(call->conn);
    http_conn_deadline(call->conn, 0);
}

void http_call_resume(struct http_call *call)
{
    if (!call->conn->paused)
        return;
    if (call->head_done)
        http_conn_deadline(call->conn, call->client->options.body_timeout_ms);
    http_conn_resume(call->conn);
}

/* --- ends --- */

void call_release(struct http_call *call)
{
    if (--call->busy == 0 && call->over) {
        http_body_fini(&call->body);
        free(call);
    }
}

void call_over(struct http_call *call)
{
    struct http_client *client = call->client;
    call->busy++;
    call->over = true;
    call->conn = NULL;
    if (call->next)
        call->next->previous = call->previous;
    if (call->previous)
        call->previous->next = call->next;
    else
        client->calls = call->next;
    call->upstream->call_count--;
    client_forget(call->upstream, client);
    call_release(call);
}

void http_call_cancel(struct http_call *call)
{
    struct http_conn *conn = call->conn;
    if (call->over)
        return;
    call_over(call);
    http_conn_close(conn);
}

struct http_conn *http_call_take(struct http_call *call)
{
    struct http_conn *conn = call->conn;
    if (!call->switched || call->over)
        return NULL;
    call_over(call);
    return conn;
}
