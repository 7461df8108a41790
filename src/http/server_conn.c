/* One connection of a server: requests, one after the other. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http/head.h"
#include "http/server_parts.h"

/* --- ends --- */

void server_exchange_free(struct http_exchange *exchange)
{
    exchange->owner->exchange = NULL;
    free(exchange->memory);
    free(exchange);
}

static void free_if_dead(struct server_conn *owner)
{
    if (!owner->dead || owner->in_input)
        return;
    struct http_server *server = owner->server;
    if (owner->next)
        owner->next->previous = owner->previous;
    if (owner->previous)
        owner->previous->next = owner->next;
    else
        server->conns = owner->next;
    http_body_fini(&owner->body);
    free(owner);
    server_released(server);
}

/* The connection is closed, by us or by who took it. */
static void on_released(void *data)
{
    struct server_conn *owner = data;
    owner->given_away = owner->dead = true;
    owner->conn = NULL;
    free_if_dead(owner);
}

static void tell_gone(struct server_conn *owner)
{
    struct http_exchange *exchange = owner->exchange;
    if (!exchange)
        return;
    const struct http_handler *handler = exchange->handler;
    void *data = exchange->data;
    if (handler && handler->on_gone)
        handler->on_gone(data, exchange);
    server_exchange_free(exchange);
}

void server_conn_end(struct server_conn *owner)
{
    if (owner->given_away)
        return;
    owner->ending = true;
    if (owner->in_input)
        return;
    owner->given_away = true;
    http_conn_finish(owner->conn);
}

void server_conn_cut(struct server_conn *owner)
{
    struct http_conn *conn = owner->conn;
    if (!conn)
        return;
    bool ours = !owner->given_away;
    owner->given_away = true;
    conn->busy++; /* whatever is called below, conn is still there afterwards; owner is not */
    tell_gone(owner);
    if (!ours && !conn->closed && !conn->lingering)
        conn->handler->on_broken(conn->data, conn, HTTP_END_CLOSED);
    if (!conn->closed)
        http_conn_close(conn);
    if (--conn->busy == 0)
        free(conn);
}

void server_exchange_cut(struct http_exchange *exchange)
{
    struct server_conn *owner = exchange->owner;
    if (exchange->begun && exchange->reply == REPLY_UNTIL_CLOSE)
        tcp_reset(owner->conn->fd); /* an orderly end would say that it is complete */
    server_exchange_free(exchange);
    conn_fail(owner->conn, HTTP_END_CLOSED);
}

/* --- from one request to the next --- */

static void await_request(struct server_conn *owner)
{
    owner->scan = (struct http_scan){0};
    owner->head_begun = owner->line_skipped = owner->draining = false;
    http_conn_deadline(owner->conn, owner->server->options.idle_timeout_ms);
}

void server_exchange_over(struct http_exchange *exchange)
{
    struct server_conn *owner = exchange->owner;
    bool close = exchange->close || owner->server->closing;
    server_exchange_free(exchange);
    if (close) {
        server_conn_end(owner);
        return;
    }
    if (owner->body.done) {
        await_request(owner);
    } else {
        owner->draining = true;
        owner->body_bytes = 0;
        http_conn_deadline(owner->conn, owner->server->options.body_timeout_ms);
    }
    owner->conn->paused = false;
    if (owner->in_input)
        return; /* which goes on by itself */
    owner->conn->input_todo = true;
    worker_note(owner->conn);
}

/* --- heads --- */

static void begin_exchange(struct server_conn *owner, const struct http_head *head)
{
    struct http_server *server = owner->server;
    struct http_exchange *exchange = mem_new(1, sizeof *exchange);
    exchange->owner = owner;
    exchange->memory = mem_resize(NULL, http_head_copy_bytes(head), 1);
    http_head_copy_into(&exchange->head, exchange->memory, head);
    exchange->close = !head->keep_alive;
    owner->exchange = exchange;
    owner->body_bytes = 0;
    http_body_fini(&owner->body);
    http_body_init(&owner->body, head->framing, head->length);
    http_conn_deadline(owner->conn, owner->body.done ? 0 : server->options.body_timeout_ms);

    server->options.on_request(server->options.data, exchange);
    if (owner->exchange != exchange)
        return;
    const struct http_handler *handler = exchange->handler;
    if (!owner->body.done && exchange->head.expects_continue && !exchange->begun && handler &&
        handler->on_body && !handler->continues_itself)
        http_respond_interim(exchange, 100, NULL, 0);
    if (owner->body.done && handler && handler->on_body_end)
        handler->on_body_end(exchange->data, exchange);
}

/* A head, if it is whole. false: nothing more can be done now. */
static bool take_head(struct server_conn *owner, struct http_text input)
{
    if (!owner->head_begun) {
        owner->head_begun = true;
        http_conn_deadline(owner->conn, owner->server->options.head_timeout_ms);
    }
    if (!owner->line_skipped && input.len >= 2 && memcmp(input.at, "\r\n", 2) == 0) {
        owner->line_skipped = true;
        http_conn_consume(owner->conn, 2);
        return true;
    }
    if (!owner->line_skipped && input.len == 1 && input.at[0] == '\r')
        return false;
    struct http_field fields[HTTP_FIELDS_MAX];
    struct http_head head;
    long len = http_head_length(&owner->scan, input.at, input.len);
    if (len == 0)
        return false;
    int fault = len < 0 ? (int)len
                        : http_head_parse(&head, HTTP_REQUEST, HTTP_METHOD_OTHER, fields, input.at,
                                          (size_t)len);
    if (fault) {
        server_refuse(owner, http_fault_status(fault), http_fault_text(fault));
        return false;
    }
    http_conn_consume(owner->conn, (size_t)len);
    if (head.method == HTTP_CONNECT) {
        server_refuse(owner, 501, "the method CONNECT");
        return false;
    }
    if (head.length > owner->server->options.body_max) {
        server_refuse(owner, 413, "a body that is too large");
        return false;
    }
    begin_exchange(owner, &head);
    return true;
}

/* --- bodies --- */

/* The body cannot be read on: the handler hears that the client is gone, and the client why. */
static void spoil(struct server_conn *owner, unsigned status, const char *text)
{
    bool begun = owner->exchange && owner->exchange->begun;
    bool unheard = owner->draining || begun;
    tell_gone(owner);
    if (owner->given_away)
        return;
    if (unheard)
        conn_fail(owner->conn, HTTP_END_CLOSED);
    else
        server_refuse(owner, status, text);
}

static bool take_body(struct server_conn *owner, struct http_text input)
{
    struct http_exchange *exchange = owner->exchange;
    struct http_text piece;
    long used = http_body_next(&owner->body, input.at, input.len, &piece);
    if (used < 0) {
        spoil(owner, http_fault_status((int)used), http_fault_text((int)used));
        return false;
    }
    http_conn_consume(owner->conn, (size_t)used);
    owner->body_bytes += piece.len;
    if (!exchange) {
        if (owner->body_bytes > DRAIN_BYTES_MAX) {
            server_conn_end(owner);
            return false;
        }
        if (owner->body.done)
            await_request(owner);
        return true;
    }
    if (owner->body_bytes > owner->server->options.body_max) {
        spoil(owner, 413, "a body that is too large");
        return false;
    }
    http_conn_deadline(owner->conn, owner->body.done ? 0 : owner->server->options.body_timeout_ms);
    const struct http_handler *handler = exchange->handler;
    if (piece.len && handler && handler->on_body)
        handler->on_body(exchange->data, exchange, piece.at, piece.len);
    if (owner->exchange == exchange && owner->body.done && handler && handler->on_body_end)
        handler->on_body_end(exchange->data, exchange);
    return true;
}

/* --- events of the connection --- */

static void on_input(void *data, struct http_conn *conn)
{
    struct server_conn *owner = data;
    owner->in_input = true;
    bool on = true;
    while (on && !owner->given_away && !owner->ending && !conn->failed && !conn->paused) {
        struct http_text input = http_conn_input(conn);
        if (!input.len)
            break;
        if (owner->draining || (owner->exchange && !owner->body.done))
            on = take_body(owner, input);
        else if (owner->exchange)
            break; /* the next request waits for its turn, within HTTP_INPUT_MAX */
        else
            on = take_head(owner, input);
    }
    owner->in_input = false;
    if (owner->ending)
        server_conn_end(owner);
    free_if_dead(owner);
}

static void on_input_end(void *data, struct http_conn *conn)
{
    struct server_conn *owner = data;
    if (!owner->exchange) {
        server_conn_end(owner);
        return;
    }
    tell_gone(owner);
    if (owner->conn && !owner->given_away)
        http_conn_close(conn);
}

static void on_drained(void *data, struct http_conn *conn)
{
    (void)conn;
    struct http_exchange *exchange = ((struct server_conn *)data)->exchange;
    if (exchange && exchange->handler && exchange->handler->on_drained)
        exchange->handler->on_drained(exchange->data, exchange);
}

static void on_broken(void *data, struct http_conn *conn, enum http_end end)
{
    struct server_conn *owner = data;
    bool wants = owner->exchange ? !owner->exchange->begun && !owner->body.done
                                 : owner->head_begun && !owner->draining;
    if (end == HTTP_END_TIMEOUT && wants && !conn->out_len) {
        conn->failed = conn->failure_told = false; /* it is slow, but there */
        spoil(owner, 408, "a request that takes too long");
        return;
    }
    tell_gone(owner);
    if (owner->conn)
        http_conn_close(conn);
}

void server_conn_new(struct http_server *server, int fd, const struct tcp_address *peer)
{
    static const struct http_conn_handler HANDLER = {on_input, on_input_end, on_drained, on_broken,
                                                     NULL};
    struct server_conn *owner = mem_new(1, sizeof *owner);
    owner->server = server;
    owner->next = server->conns;
    if (owner->next)
        owner->next->previous = owner;
    server->conns = owner;
    server->conn_count++;
    owner->conn = http_conn_new(server->worker, fd, server->options.tls, &HANDLER, owner);
    conn_set_peer(owner->conn, peer);
    conn_on_released(owner->conn, on_released, owner);
    http_conn_stall_timeout(owner->conn, server->options.stall_timeout_ms);
    http_conn_deadline(owner->conn, server->options.head_timeout_ms);
}
