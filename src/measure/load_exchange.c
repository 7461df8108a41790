/* One request and its answer over a user's connection, which is kept as HTTP/1.1 has it. */
#include <string.h>

#include "base/clock.h"
#include "measure/load_parts.h"

static const struct http_conn_handler HANDLER;

static struct tally *tally_of(const struct user *user)
{
    return &user->worker->tasks[user->task];
}

void exchange_close(struct user *user)
{
    if (!user->conn)
        return;
    http_conn_close(user->conn);
    user->conn = NULL;
    http_body_fini(&user->body);
    user->body = (struct http_body){0};
    user->has_head = false;
}

static void connect_user(struct user *user)
{
    struct load *load = user->worker->load;
    user->conn = http_conn_connect(user->worker->http, &load->scenario->target.address, load->tls,
                                   load->scenario->target.host, &HANDLER, user);
    user->reused = false;
    tally_of(user)->connections++;
}

void exchange_begin(struct user *user)
{
    const struct buf *request = user_request(user);
    if (!request) {
        user_done(user, LOAD_SYSTEM);
        return;
    }
    if (!user->conn)
        connect_user(user);
    user->scan = (struct http_scan){0};
    user->has_head = user->answered = false;
    tally_of(user)->sent_bytes += request->len;
    /* One request at a time, which the connection has room for whatever the peer does. */
    (void)http_conn_write(user->conn, request->data, request->len);
}

static void fail(struct user *user, enum load_error error)
{
    exchange_close(user);
    buf_reset(&user->kept);
    user_done(user, error);
}

void exchange_time_out(struct user *user)
{
    fail(user, LOAD_TIMEOUT);
}

/* A server may close a kept connection just when a request sets out: one that can be sent twice
   is, once, on a new connection (RFC 9112 §9.3.1, RFC 9110 §9.2.2). */
static bool try_again(struct user *user)
{
    static const char *const IDEMPOTENT[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
    const char *method = user->worker->load->scenario->tasks.at[user->task].method;
    bool may = false;
    for (size_t i = 0; i < sizeof IDEMPOTENT / sizeof *IDEMPOTENT; i++)
        may = may || strcmp(method, IDEMPOTENT[i]) == 0;
    if (!may || !user->reused || user->answered || user->tried_again)
        return false;
    user->tried_again = true;
    tally_of(user)->retried++;
    exchange_close(user);
    exchange_begin(user);
    return true;
}

static void complete(struct user *user)
{
    bool keep = user->keep_alive && http_conn_input(user->conn).len == 0;
    http_body_fini(&user->body);
    user->body = (struct http_body){0};
    user->has_head = false;
    user->reused = true;
    if (!keep)
        exchange_close(user);
    user_done(user, answer_check(user));
}

/* --- the answer --- */

static enum http_method method_of(const struct user *user)
{
    const char *method = user->worker->load->scenario->tasks.at[user->task].method;
    return strcmp(method, "HEAD") == 0 ? HTTP_HEAD : HTTP_METHOD_OTHER;
}

/* The head at the begin of input: 1 where it is there and taken, 0 where more is needed, or -1. */
static int take_head(struct user *user)
{
    struct http_head head;
    struct http_text input = http_conn_input(user->conn);
    long len = http_head_length(&user->scan, input.at, input.len);
    if (len == 0)
        return input.len > HTTP_HEAD_BYTES_MAX ? -1 : 0;
    if (len < 0 || http_head_parse(&head, HTTP_RESPONSE, method_of(user), user->worker->fields,
                                   input.at, (size_t)len) != 0)
        return -1;
    user->scan = (struct http_scan){0};
    if (head.status == 101)
        return -1; /* nobody has asked for another protocol */
    if (head.status >= 200) {
        user->status = head.status;
        user->keep_alive = head.keep_alive && head.framing != HTTP_BODY_UNTIL_CLOSE;
        user->has_head = true;
        load_answer_head(user, &head);
        http_body_init(&user->body, head.framing, head.length);
    }
    tally_of(user)->received_bytes += (uint64_t)len;
    http_conn_consume(user->conn, (size_t)len);
    return 1;
}

/* As take_head, for what there is of the body; 1: it is complete. */
static int take_body(struct user *user)
{
    for (;;) {
        struct http_text input = http_conn_input(user->conn), piece;
        if (user->body.done)
            return 1;
        if (input.len == 0)
            return 0;
        long used = http_body_next(&user->body, input.at, input.len, &piece);
        if (used < 0)
            return -1;
        if (piece.len)
            load_answer_body(user, piece);
        tally_of(user)->received_bytes += (uint64_t)used;
        http_conn_consume(user->conn, (size_t)used);
    }
}

static void on_input(void *data, struct http_conn *conn)
{
    struct user *user = data;
    int got = 1;
    (void)conn;
    if (!user->asking) { /* words that nobody asked for */
        exchange_close(user);
        return;
    }
    user->answered = true;
    while (got > 0 && !user->has_head)
        got = take_head(user);
    if (got > 0)
        got = take_body(user);
    if (got < 0)
        fail(user, LOAD_MALFORMED);
    else if (got > 0)
        complete(user);
}

static void on_input_end(void *data, struct http_conn *conn)
{
    struct user *user = data;
    (void)conn;
    if (!user->asking) {
        exchange_close(user);
    } else if (user->has_head && http_body_end(&user->body) == 0) {
        user->keep_alive = false;
        complete(user);
    } else if (!try_again(user)) {
        fail(user, LOAD_CLOSED);
    }
}

static enum load_error error_of(enum http_end end)
{
    switch (end) {
    case HTTP_END_CLOSED:
        return LOAD_CLOSED;
    case HTTP_END_REFUSED:
    case HTTP_END_UNREACHABLE:
        return LOAD_REFUSED;
    case HTTP_END_TIMEOUT:
        return LOAD_TIMEOUT;
    case HTTP_END_RESET:
        return LOAD_RESET;
    case HTTP_END_TLS:
        return LOAD_TLS;
    default:
        return LOAD_SYSTEM;
    }
}

static void on_broken(void *data, struct http_conn *conn, enum http_end end)
{
    struct user *user = data;
    (void)conn;
    if (!user->asking)
        exchange_close(user);
    else if ((end != HTTP_END_RESET && end != HTTP_END_CLOSED) || !try_again(user))
        fail(user, error_of(end));
}

static const struct http_conn_handler HANDLER = {
    .on_input = on_input, .on_input_end = on_input_end, .on_broken = on_broken};
