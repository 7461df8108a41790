/* Calls: a response is read, and what became of the connection is told. RFC 9112 §4, §6 and §9. */
#include <stdlib.h>

#include "http/client_parts.h"
#include "http/head.h"

#define INTERIMS_MAX 32 /* before the final head */

static void fail(struct http_call *call, enum http_end end, enum http_fault fault)
{
    struct http_conn *conn = call->conn;
    const struct http_failure failure = {
        .end = end,
        .fault = fault,
        .reused = call->reused,
        .answered = call->answered,
        .sent = conn->sent > call->sent_before,
    };
    const struct http_call_handler *handler = call->handler;
    void *data = call->data;
    call->busy++;
    call_over(call);
    http_conn_close(conn);
    handler->on_failed(data, call, &failure);
    call_release(call);
}

static void finish(struct http_call *call)
{
    struct http_field trailers[HTTP_FIELDS_MAX];
    size_t count = http_body_trailers(&call->body, trailers);
    const struct http_call_handler *handler = call->handler;
    struct http_client *client = call->client;
    struct upstream *upstream = call->upstream;
    struct http_conn *conn = call->conn;
    void *data = call->data;
    /* A request that was not written whole leaves the connection in the middle of it. */
    bool keep = call->keep_alive && call->ended && !conn->input_ended && !conn->failed;
    call->busy++;
    if (keep)
        client_keep(client, upstream, conn, call->epoch);
    call_over(call);
    if (!keep)
        http_conn_close(conn);
    handler->on_end(data, call, trailers, count);
    call_release(call);
}

/* A head, if it is whole; false: nothing more can be done now. */
static bool take_head(struct http_call *call, struct http_conn *conn, struct http_text input)
{
    struct http_field fields[HTTP_FIELDS_MAX];
    struct http_head head;
    call->answered = true;
    long len = http_head_length(&call->scan, input.at, input.len);
    if (len == 0)
        return false;
    int fault = len < 0 ? (int)len
                        : http_head_parse(&head, HTTP_RESPONSE, call->method, fields, input.at,
                                          (size_t)len);
    if (fault) {
        fail(call, HTTP_END_CLOSED, fault);
        return false;
    }
    http_conn_consume(conn, (size_t)len);
    call->scan = (struct http_scan){0};
    if (head.status < 200 && head.status != 101) {
        if (++call->interims > INTERIMS_MAX) {
            fail(call, HTTP_END_CLOSED, HTTP_FAULT_HEAD_LARGE);
            return false;
        }
        if (call->handler->on_interim)
            call->handler->on_interim(call->data, call, &head);
        return true;
    }
    call->head_done = true;
    call->switched = head.status == 101;
    call->keep_alive = head.keep_alive && !call->switched;
    http_body_init(&call->body, head.framing, head.length);
    http_conn_deadline(conn, call->body.done ? 0 : call->client->options.body_timeout_ms);
    if (call->switched && !(head.upgrade && call->asked)) {
        fail(call, HTTP_END_CLOSED, HTTP_FAULT_STATUS);
        return false;
    }
    call->handler->on_head(call->data, call, &head);
    if (!call->over && call->body.done && !call->switched)
        finish(call);
    return !call->over && !call->switched;
}

static bool take_body(struct http_call *call, struct http_conn *conn, struct http_text input)
{
    struct http_text piece;
    long used = http_body_next(&call->body, input.at, input.len, &piece);
    if (used < 0) {
        fail(call, HTTP_END_CLOSED, (enum http_fault)used);
        return false;
    }
    http_conn_consume(conn, (size_t)used);
    http_conn_deadline(conn, call->client->options.body_timeout_ms);
    if (piece.len)
        call->handler->on_body(call->data, call, piece.at, piece.len);
    if (!call->over && call->body.done)
        finish(call);
    return !call->over;
}

/* Callbacks may end the call, and take or close the connection. */
static void on_input(void *data, struct http_conn *conn)
{
    struct http_call *call = data;
    bool on = true;
    call->busy++;
    while (on && !call->over && !conn->paused && !conn->failed) {
        struct http_text input = http_conn_input(conn);
        if (!input.len || call->switched)
            break;
        on = call->head_done ? take_body(call, conn, input) : take_head(call, conn, input);
    }
    call_release(call);
}

static void on_input_end(void *data, struct http_conn *conn)
{
    struct http_call *call = data;
    (void)conn;
    if (!call->head_done || http_body_end(&call->body) != 0)
        fail(call, HTTP_END_CLOSED, call->answered ? HTTP_FAULT_CUT : 0);
    else
        finish(call);
}

static void on_drained(void *data, struct http_conn *conn)
{
    (void)conn;
    struct http_call *call = data;
    if (call->handler->on_drained)
        call->handler->on_drained(call->data, call);
}

static void on_broken(void *data, struct http_conn *conn, enum http_end end)
{
    (void)conn;
    fail(data, end, 0);
}

static void on_connected(void *data, struct http_conn *conn)
{
    struct http_call *call = data;
    if (call->ended)
        http_conn_deadline(conn, call->client->options.head_timeout_ms);
}

const struct http_conn_handler call_conn_handler = {on_input, on_input_end, on_drained, on_broken,
                                                    on_connected};
