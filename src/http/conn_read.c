/* Input: read into the worker's memory, offered, and kept as far as it was left. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http/conn_parts.h"

#define READS_MAX  4 /* in a turn, so that one connection does not keep the others waiting */
#define KEEP_BYTES ((size_t)2048)

struct http_text http_conn_input(const struct http_conn *conn)
{
    if (conn->offering)
        return (struct http_text){conn->view, conn->view_len};
    return (struct http_text){conn->in ? conn->in + conn->in_start : NULL, conn->in_len};
}

void http_conn_consume(struct http_conn *conn, size_t len)
{
    if (conn->offering) {
        conn->view += len;
        conn->view_len -= len;
        return;
    }
    conn->in_start += len;
    conn->in_len -= len;
}

void http_conn_pause(struct http_conn *conn)
{
    conn->paused = true;
}

void http_conn_resume(struct http_conn *conn)
{
    if (!conn->paused)
        return;
    conn->paused = false;
    conn->input_todo = true;
    worker_note(conn);
}

/* Room for at least one byte behind what is kept. */
static void make_room(struct http_conn *conn)
{
    if (conn->in_start + conn->in_len < conn->in_cap)
        return;
    if (conn->in_start) {
        memmove(conn->in, conn->in + conn->in_start, conn->in_len);
        conn->in_start = 0;
    }
    if (conn->in_len * 2 <= conn->in_cap)
        return;
    size_t cap = conn->in_cap ? conn->in_cap * 2 : KEEP_BYTES;
    conn->in_cap = cap < HTTP_INPUT_MAX ? cap : HTTP_INPUT_MAX;
    conn->in = mem_resize(conn->in, conn->in_cap, 1);
}

static void keep(struct http_conn *conn, const char *data, size_t len)
{
    size_t cap = KEEP_BYTES;
    while (cap < len)
        cap *= 2;
    conn->in = mem_resize(NULL, cap, 1);
    conn->in_cap = cap;
    conn->in_start = 0;
    conn->in_len = len;
    memcpy(conn->in, data, len);
}

static void forget_empty(struct http_conn *conn)
{
    if (conn->in_len || !conn->in)
        return;
    free(conn->in);
    conn->in = NULL;
    conn->in_cap = conn->in_start = 0;
}

void conn_offer(struct http_conn *conn)
{
    if (conn->in_len && !conn->paused)
        conn->handler->on_input(conn->data, conn);
    if (conn->closed)
        return;
    forget_empty(conn);
    if (conn->tls && tls_pending(conn->tls))
        conn_read(conn);
}

/* Bytes read, 0 at the end, or -1: nothing for now, or failed. */
static long receive(struct http_conn *conn, char *at, size_t room)
{
    if (!conn->tls) {
        long got = tcp_read(conn->fd, at, room);
        if (got < 0 && errno != EAGAIN)
            conn_fail(conn, conn_end_of(errno));
        return got;
    }
    long got = tls_read(conn->tls, at, room);
    if (got >= 0)
        return got;
    if (got == TLS_WANT_WRITE)
        conn->tls_needs = IO_WRITE;
    else if (got == TLS_FAILED)
        conn_fail(conn, HTTP_END_TLS);
    return -1;
}

void conn_read(struct http_conn *conn)
{
    struct http_worker *worker = conn->worker;
    if (!worker->scratch)
        worker->scratch = mem_new(SCRATCH_BYTES, 1);
    conn->tls_needs = 0;
    for (int i = 0; i < READS_MAX; i++) {
        if (conn->paused || conn->input_ended || conn->failed || conn->in_len >= HTTP_INPUT_MAX)
            return;
        bool apart = conn->in_len == 0;
        if (!apart)
            make_room(conn);
        char *at = apart ? worker->scratch : conn->in + conn->in_start + conn->in_len;
        size_t room = apart ? SCRATCH_BYTES : conn->in_cap - conn->in_start - conn->in_len;
        long got = receive(conn, at, room);
        if (got < 0)
            return;
        if (got == 0) {
            conn->input_ended = true;
            if (conn->output_lost)
                conn_fail(conn, HTTP_END_RESET);
            return;
        }
        if (apart) {
            conn->offering = true;
            conn->view = at;
            conn->view_len = (size_t)got;
            conn->handler->on_input(conn->data, conn);
            conn->offering = false;
            if (conn->closed)
                return;
            if (conn->view_len)
                keep(conn, conn->view, conn->view_len);
        } else {
            conn->in_len += (size_t)got;
            conn->handler->on_input(conn->data, conn);
            if (conn->closed)
                return;
        }
        forget_empty(conn);
        if (!conn->tls && (size_t)got < room)
            return; /* the kernel has no more, mostly; if it has, it tells */
    }
    if (conn->tls && tls_pending(conn->tls)) { /* its socket does not tell of these */
        conn->input_todo = true;
        worker_note(conn);
    }
}
