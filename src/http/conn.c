/* The life of a connection: made, connected, told of, ended. */
#include "http/conn.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "http/conn_parts.h"
#include "platform/fs.h"

#define STALL_TIMEOUT_MS 60000

const char *http_end_text(enum http_end end)
{
    switch (end) {
    case HTTP_END_CLOSED:
        return "closed by the other side";
    case HTTP_END_REFUSED:
        return "connection refused";
    case HTTP_END_UNREACHABLE:
        return "not reachable";
    case HTTP_END_BUSY:
        return "too busy for another connection";
    case HTTP_END_TIMEOUT:
        return "timed out";
    case HTTP_END_RESET:
        return "broken off by the other side";
    case HTTP_END_OVERFLOW:
        return "the other side does not take what it is sent";
    case HTTP_END_TLS:
        return "no TLS that is understood and trusted";
    case HTTP_END_SYSTEM:
        return "the system refused";
    }
    return "";
}

enum http_end conn_end_of(int errnum)
{
    switch (tcp_fault_of(errnum)) {
    case TCP_REFUSED:
        return HTTP_END_REFUSED;
    case TCP_UNREACHABLE:
        return HTTP_END_UNREACHABLE;
    case TCP_TIMEOUT:
        return HTTP_END_TIMEOUT;
    case TCP_RESET:
        return HTTP_END_RESET;
    case TCP_BUSY:
        return HTTP_END_BUSY;
    case TCP_OTHER:
        break;
    }
    return HTTP_END_SYSTEM;
}

/* --- events --- */

void conn_fail(struct http_conn *conn, enum http_end end)
{
    if (conn->failed || conn->closed)
        return;
    conn->failed = true;
    conn->failure = end;
    conn->deadline = conn->stall = 0;
    worker_note(conn);
}

/* io_want costs two calls of the system: only where something changes. */
void conn_want(struct http_conn *conn)
{
    int want = 0;
    if (!conn->io || conn->closed)
        return;
    if (conn->connecting) {
        want = IO_WRITE;
    } else if (!conn->failed) {
        if (!conn->paused && !conn->input_ended && conn->in_len < HTTP_INPUT_MAX)
            want |= IO_READ;
        if (conn->out_len && conn->blocked && !conn->tls_needs)
            want |= IO_WRITE;
        want |= conn->tls_needs;
    }
    if (want != conn->wanted)
        io_want(conn->io, conn->wanted = want);
}

static void finish_connect(struct http_conn *conn)
{
    int errnum = tcp_connected(conn->fd);
    if (errnum) {
        conn_fail(conn, conn_end_of(errnum));
        return;
    }
    conn->connecting = false;
    conn->deadline = 0;
    if (conn->handler->on_connected)
        conn->handler->on_connected(conn->data, conn);
    if (!conn->closed)
        conn_flush(conn);
}

static void on_io(void *data, int events)
{
    struct http_conn *conn = data;
    struct http_worker *worker = conn->worker;
    worker_enter(worker);
    conn->busy++;
    if (events & IO_HANGUP)
        conn->wanted = 0; /* libuv watches no longer after an error */
    if (conn->connecting) {
        finish_connect(conn);
    } else {
        bool all = conn->tls || events & IO_HANGUP;
        if (all || events & IO_WRITE) {
            conn->blocked = false;
            conn_flush(conn);
        }
        if (all || events & IO_READ)
            conn_read(conn);
    }
    worker_note(conn);
    conn->busy--; /* above 0: it is noted */
    worker_leave(worker);
}

/* Everything that is to be told, in its order; after each callback the connection may be closed. */
void conn_settle(struct http_conn *conn)
{
    if (!conn->connecting && !conn->failed && (conn->out_len || conn->end_wanted))
        conn_flush(conn);
    if (conn->owes_drained && !conn->out_len && !conn->failed) {
        conn->owes_drained = false;
        if (conn->handler->on_drained)
            conn->handler->on_drained(conn->data, conn);
    }
    if (!conn->closed && conn->input_todo && !conn->paused && !conn->failed) {
        conn->input_todo = false;
        conn_offer(conn);
    }
    if (!conn->closed && conn->input_ended && !conn->input_end_told && !conn->paused &&
        !conn->failed) {
        conn->input_end_told = true;
        conn->handler->on_input_end(conn->data, conn);
    }
    if (!conn->closed && conn->failed && !conn->failure_told) {
        conn->failure_told = true;
        conn->handler->on_broken(conn->data, conn, conn->failure);
    }
    conn_want(conn);
}

/* --- making --- */

static struct http_conn *make(struct http_worker *worker, const struct http_conn_handler *handler,
                              void *data)
{
    struct http_conn *conn = mem_new(1, sizeof *conn);
    conn->worker = worker;
    conn->handler = handler;
    conn->data = data;
    conn->fd = -1;
    conn->next = worker->conns;
    if (conn->next)
        conn->next->previous = conn;
    worker->conns = conn;
    conn->stall_timeout_ms = STALL_TIMEOUT_MS;
    return conn;
}

static void attach(struct http_conn *conn, int fd)
{
    conn->fd = fd;
    conn->io = io_new(conn->worker->loop, fd, on_io, conn);
}

struct http_conn *http_conn_new(struct http_worker *worker, int fd, struct tls_context *tls,
                                const struct http_conn_handler *handler, void *data)
{
    struct http_conn *conn = make(worker, handler, data);
    attach(conn, fd);
    if (tls)
        conn->tls = tls_session_new(tls, fd, NULL);
    conn_want(conn);
    return conn;
}

struct http_conn *http_conn_connect(struct http_worker *worker, const struct tcp_address *address,
                                    struct tls_context *tls, const char *tls_name,
                                    const struct http_conn_handler *handler, void *data)
{
    struct http_conn *conn = make(worker, handler, data);
    bool pending;
    int fd = tcp_connect(address, &pending);
    conn->peer = *address;
    if (fd < 0) {
        conn_fail(conn, conn_end_of(errno));
        return conn;
    }
    attach(conn, fd);
    conn->connecting = pending;
    if (tls)
        conn->tls = tls_session_new(tls, fd, tls_name);
    conn_want(conn);
    return conn;
}

void conn_set_peer(struct http_conn *conn, const struct tcp_address *peer)
{
    conn->peer = *peer;
}

void conn_on_released(struct http_conn *conn, void (*fn)(void *data), void *data)
{
    conn->on_released = fn;
    conn->released_data = data;
}

void http_conn_hand_over(struct http_conn *conn, const struct http_conn_handler *handler,
                         void *data)
{
    conn->handler = handler;
    conn->data = data;
    conn->paused = false;
    conn->input_todo = true;
    conn->input_end_told = false;
    conn->failure_told = false;
    conn->deadline = 0;
    worker_note(conn);
}

/* --- ending --- */

void http_conn_close(struct http_conn *conn)
{
    if (!conn || conn->closed)
        return;
    struct http_worker *worker = conn->worker;
    conn->closed = true;
    if (conn->next)
        conn->next->previous = conn->previous;
    if (conn->previous)
        conn->previous->next = conn->next;
    else
        worker->conns = conn->next;
    tls_session_free(conn->tls);
    io_free(conn->io);
    conn->io = NULL;
    fs_fd_close(&conn->fd);
    free(conn->in);
    free(conn->out);
    conn->in = conn->out = NULL;
    conn->in_len = conn->out_len = 0;
    conn->view_len = 0;
    if (conn->on_released)
        conn->on_released(conn->released_data);
    if (!conn->busy)
        free(conn);
}

static void drop_input(void *data, struct http_conn *conn)
{
    (void)data;
    http_conn_consume(conn, http_conn_input(conn).len);
}

static void close_after_end(void *data, struct http_conn *conn)
{
    (void)data;
    if (conn->end_sent)
        http_conn_close(conn);
}

static void close_broken(void *data, struct http_conn *conn, enum http_end end)
{
    (void)data;
    (void)end;
    http_conn_close(conn);
}

void http_conn_finish(struct http_conn *conn)
{
    static const struct http_conn_handler LINGER = {
        .on_input = drop_input,
        .on_input_end = close_after_end,
        .on_broken = close_broken,
    };
    conn->lingering = true;
    http_conn_hand_over(conn, &LINGER, NULL);
    http_conn_end_output(conn);
}

/* --- small things --- */

void http_conn_deadline(struct http_conn *conn, uint32_t timeout_ms)
{
    conn->deadline = conn->failed ? 0 : worker_deadline(conn->worker, timeout_ms);
}

void http_conn_stall_timeout(struct http_conn *conn, uint32_t timeout_ms)
{
    conn->stall_timeout_ms = timeout_ms;
}

const struct tcp_address *http_conn_peer(const struct http_conn *conn)
{
    return &conn->peer;
}

bool http_conn_is_tls(const struct http_conn *conn)
{
    return conn->tls != NULL;
}
