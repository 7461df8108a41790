/* What a handler may ask of its exchange. */
#include <stdlib.h>

#include "http/server_parts.h"

void http_exchange_handle(struct http_exchange *exchange, const struct http_handler *handler,
                          void *data)
{
    exchange->handler = handler;
    exchange->data = data;
}

const struct http_head *http_exchange_head(const struct http_exchange *exchange)
{
    return &exchange->head;
}

void http_exchange_forget_head(struct http_exchange *exchange)
{
    struct http_head *head = &exchange->head;
    *head = (struct http_head){
        .kind = HTTP_REQUEST,
        .minor = head->minor,
        .method = head->method,
        .keep_alive = head->keep_alive,
        .expects_continue = head->expects_continue,
    };
    free(exchange->memory);
    exchange->memory = NULL;
}

const struct tcp_address *http_exchange_peer(const struct http_exchange *exchange)
{
    return http_conn_peer(exchange->owner->conn);
}

bool http_exchange_is_tls(const struct http_exchange *exchange)
{
    return http_conn_is_tls(exchange->owner->conn);
}

void http_request_pause(struct http_exchange *exchange)
{
    struct server_conn *owner = exchange->owner;
    if (owner->body.done)
        return; /* nothing is to be held back, and the client's end is still to be seen */
    http_conn_pause(owner->conn);
    http_conn_deadline(owner->conn, 0);
}

void http_request_resume(struct http_exchange *exchange)
{
    struct server_conn *owner = exchange->owner;
    if (!owner->conn->paused)
        return;
    http_conn_deadline(owner->conn, owner->server->options.body_timeout_ms);
    http_conn_resume(owner->conn);
}

bool http_request_complete(const struct http_exchange *exchange)
{
    return exchange->owner->body.done;
}

size_t http_request_trailers(const struct http_exchange *exchange, struct http_field *fields)
{
    return http_body_trailers(&exchange->owner->body, fields);
}
