/* Output: written at once as far as the peer takes it; the rest waits, within a bound. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http/conn_parts.h"

#define DIRECT_BYTES ((size_t)4096) /* from here on a copy costs more than a call of the system */
#define OUT_BYTES    ((size_t)2048)

static void forget_output(struct http_conn *conn)
{
    free(conn->out);
    conn->out = NULL;
    conn->out_start = conn->out_len = conn->out_cap = 0;
}

char *conn_room(struct http_conn *conn, size_t len)
{
    if (conn->out_start + conn->out_len + len > conn->out_cap) {
        if (conn->out_start) {
            memmove(conn->out, conn->out + conn->out_start, conn->out_len);
            conn->out_start = 0;
        }
        size_t cap = conn->out_cap ? conn->out_cap : OUT_BYTES;
        while (cap < conn->out_len + len)
            cap *= 2;
        if (cap != conn->out_cap)
            conn->out = mem_resize(conn->out, conn->out_cap = cap, 1);
    }
    return conn->out + conn->out_start + conn->out_len;
}

void conn_room_used(struct http_conn *conn, const char *end)
{
    conn->out_len = (size_t)(end - conn->out) - conn->out_start;
    worker_note(conn);
}

static void append(struct http_conn *conn, const void *data, size_t len)
{
    if (!len)
        return;
    memcpy(conn_room(conn, len), data, len);
    conn->out_len += len;
}

static void stalled(struct http_conn *conn)
{
    conn->blocked = true;
    if (!conn->stall)
        conn->stall = worker_deadline(conn->worker, conn->stall_timeout_ms);
}

/* A peer that has closed may have said why before: that is read first, and conn_read fails then. */
static void lose_output(struct http_conn *conn, enum http_end end)
{
    if (end != HTTP_END_RESET || conn->input_ended) {
        conn_fail(conn, end);
        return;
    }
    conn->output_lost = true;
    conn->stall = 0;
}

/* Bytes that went out; 0 where it is blocked or failed now. */
static size_t transmit(struct http_conn *conn, const struct tcp_piece *pieces, size_t count)
{
    long sent;
    if (conn->tls) {
        sent = tls_write(conn->tls, pieces->data, pieces->len);
        if (sent == TLS_FAILED) {
            conn_fail(conn, HTTP_END_TLS);
            return 0;
        }
        if (sent < 0) {
            conn->tls_needs = sent == TLS_WANT_READ ? IO_READ : IO_WRITE;
            stalled(conn);
            return 0;
        }
    } else {
        sent = tcp_write(conn->fd, pieces, count);
        if (sent < 0) {
            if (errno == EAGAIN)
                stalled(conn);
            else
                lose_output(conn, conn_end_of(errno));
            return 0;
        }
    }
    conn->sent += (size_t)sent;
    conn->stall = 0;
    return (size_t)sent;
}

static void send_end(struct http_conn *conn)
{
    if (conn->tls) {
        int result = tls_end(conn->tls);
        if (result == TLS_WANT_WRITE || result == TLS_WANT_READ) {
            conn->tls_needs = result == TLS_WANT_WRITE ? IO_WRITE : IO_READ;
            stalled(conn);
            return;
        }
    }
    tcp_end(conn->fd);
    conn->end_sent = true;
    conn->stall = 0;
    if (!conn->lingering)
        return;
    if (conn->input_ended)
        conn->input_end_told = false; /* told again, now that it may be closed */
    http_conn_deadline(conn, HTTP_LINGER_MS);
}

void conn_flush(struct http_conn *conn)
{
    while (conn->out_len && !conn->blocked && !conn->failed && !conn->output_lost) {
        struct tcp_piece piece = {conn->out + conn->out_start, conn->out_len};
        size_t sent = transmit(conn, &piece, 1);
        conn->out_start += sent;
        conn->out_len -= sent;
        if (sent && conn->out_len && !conn->tls)
            stalled(conn); /* a short write: the next would be refused */
    }
    if (conn->failed || conn->connecting)
        return;
    if (conn->output_lost)
        conn->out_len = 0;
    if (!conn->out_len && conn->out)
        forget_output(conn);
    if (!conn->out_len && conn->end_wanted && !conn->end_sent && conn->io)
        send_end(conn);
}

/* Tries to write all pieces behind what waits, without copying them; copies what is left. */
static void write_through(struct http_conn *conn, const struct tcp_piece *pieces, size_t count)
{
    struct tcp_piece all[TCP_PIECES_MAX];
    size_t used = 0, sent = 0, waiting = conn->out_len;
    if (waiting)
        all[used++] = (struct tcp_piece){conn->out + conn->out_start, waiting};
    memcpy(all + used, pieces, count * sizeof *pieces);
    sent = transmit(conn, all, used + count);
    size_t of_waiting = sent < waiting ? sent : waiting;
    conn->out_start += of_waiting;
    conn->out_len -= of_waiting;
    sent -= of_waiting;
    if (!conn->out_len && conn->out)
        forget_output(conn);
    for (size_t i = 0; i < count; i++) {
        size_t skip = sent < pieces[i].len ? sent : pieces[i].len;
        sent -= skip;
        append(conn, (const char *)pieces[i].data + skip, pieces[i].len - skip);
    }
    if (conn->out_len && !conn->failed && !conn->output_lost)
        stalled(conn);
}

bool http_conn_write_pieces(struct http_conn *conn, const struct tcp_piece *pieces, size_t count)
{
    if (conn->failed || conn->closed || conn->end_wanted || conn->output_lost)
        return true; /* who writes is told by on_broken */
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += pieces[i].len;
    bool may_send = !conn->connecting && !conn->blocked;
    bool now = !conn->worker->depth || total >= DIRECT_BYTES;
    if (may_send && now && !conn->tls && count < TCP_PIECES_MAX) {
        write_through(conn, pieces, count);
    } else {
        for (size_t i = 0; i < count; i++)
            append(conn, pieces[i].data, pieces[i].len);
        if (may_send && (!conn->worker->depth || conn->out_len > HTTP_OUTPUT_LOW))
            conn_flush(conn);
        else
            worker_note(conn);
    }
    if (!conn->worker->depth)
        conn_want(conn);
    if (conn->out_len > HTTP_OUTPUT_MAX)
        conn_fail(conn, HTTP_END_OVERFLOW);
    bool full = conn->out_len > HTTP_OUTPUT_LOW;
    conn->owes_drained |= full;
    return !full;
}

bool http_conn_write(struct http_conn *conn, const void *data, size_t len)
{
    return http_conn_write_pieces(conn, &(struct tcp_piece){data, len}, 1);
}

size_t http_conn_pending(const struct http_conn *conn)
{
    return conn->out_len;
}

void http_conn_end_output(struct http_conn *conn)
{
    conn->end_wanted = true;
    worker_note(conn);
}
