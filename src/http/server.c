/* Listeners, the number of connections, and the end of a server. */
#include "http/server.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "http/server_parts.h"
#include "platform/fs.h"

#define ACCEPTS_MAX    64  /* in a turn */
#define ACCEPT_WAIT_MS 100 /* after EMFILE */

#define CONNECTIONS_MAX  4096
#define HEAD_TIMEOUT_MS  10000
#define IDLE_TIMEOUT_MS  75000
#define BODY_TIMEOUT_MS  30000
#define STALL_TIMEOUT_MS 60000

static void accept_more(void *data);

struct http_server *http_server_new(struct http_worker *worker,
                                    const struct http_server_options *options)
{
    struct http_server *server = mem_new(1, sizeof *server);
    struct http_server_options *own = &server->options;
    server->worker = worker;
    *own = *options;
    if (!own->connections_max)
        own->connections_max = CONNECTIONS_MAX;
    if (!own->head_timeout_ms)
        own->head_timeout_ms = HEAD_TIMEOUT_MS;
    if (!own->idle_timeout_ms)
        own->idle_timeout_ms = IDLE_TIMEOUT_MS;
    if (!own->body_timeout_ms)
        own->body_timeout_ms = BODY_TIMEOUT_MS;
    if (!own->stall_timeout_ms)
        own->stall_timeout_ms = STALL_TIMEOUT_MS;
    if (!own->body_max)
        own->body_max = HTTP_LENGTH_MAX;
    server->accepting = true;
    server->again = timer_new(worker->loop, accept_more, server);
    return server;
}

/* --- accepting --- */

static void set_accepting(struct http_server *server, bool accepting)
{
    if (server->accepting == accepting)
        return;
    server->accepting = accepting;
    for (struct listener *listener = server->listeners; listener; listener = listener->next)
        io_want(listener->io, accepting ? IO_READ : 0);
}

static void accept_more(void *data)
{
    struct http_server *server = data;
    if (server->conn_count < server->options.connections_max)
        set_accepting(server, true);
}

static void on_listener(void *data, int events)
{
    (void)events;
    struct listener *listener = data;
    struct http_server *server = listener->server;
    for (int i = 0; i < ACCEPTS_MAX; i++) {
        if (server->conn_count >= server->options.connections_max) {
            set_accepting(server, false);
            return;
        }
        struct tcp_address peer;
        int fd = tcp_accept(listener->fd, &peer);
        if (fd >= 0) {
            server_conn_new(server, fd, &peer);
            continue;
        }
        if (errno != EAGAIN) { /* no descriptor left: somebody's end has to come first */
            set_accepting(server, false);
            timer_start(server->again, ACCEPT_WAIT_MS);
        }
        return;
    }
}

int http_server_listen(struct http_server *server, const struct tcp_address *address,
                       struct tcp_address *bound, struct err *err)
{
    int fd = tcp_listen(address, bound, err);
    if (fd < 0)
        return fd;
    struct listener *listener = mem_new(1, sizeof *listener);
    listener->server = server;
    listener->fd = fd;
    listener->io = io_new(server->worker->loop, fd, on_listener, listener);
    listener->next = server->listeners;
    server->listeners = listener;
    if (server->accepting)
        io_want(listener->io, IO_READ);
    return 0;
}

size_t http_server_connections(const struct http_server *server)
{
    return server->conn_count;
}

/* --- the end --- */

static void close_listeners(struct http_server *server)
{
    struct listener *next;
    for (struct listener *listener = server->listeners; listener; listener = next) {
        next = listener->next;
        io_free(listener->io);
        fs_fd_close(&listener->fd);
        free(listener);
    }
    server->listeners = NULL;
}

static void free_if_done(struct http_server *server)
{
    if (!server->closing || server->cutting || server->conn_count)
        return;
    http_closed_fn *on_closed = server->on_closed;
    void *data = server->closed_data;
    timer_free(server->again);
    timer_free(server->patience);
    free(server);
    if (on_closed)
        on_closed(data);
}

void server_released(struct http_server *server)
{
    server->conn_count--;
    if (!server->closing)
        accept_more(server);
    free_if_done(server);
}

static void cut_all(void *data)
{
    struct http_server *server = data;
    server->cutting = true;
    struct server_conn *conn = server->conns;
    while (conn) {
        bool dead = conn->dead; /* under way below us */
        if (!dead)
            server_conn_cut(conn);
        conn = dead ? conn->next : server->conns; /* any other may have gone with it */
    }
    server->cutting = false;
    free_if_done(server);
}

void http_server_close(struct http_server *server, uint32_t wait_ms, http_closed_fn *on_closed,
                       void *data)
{
    server->closing = true;
    server->on_closed = on_closed;
    server->closed_data = data;
    close_listeners(server);
    timer_stop(server->again);
    if (!wait_ms) {
        cut_all(server);
        return;
    }
    server->patience = timer_new(server->worker->loop, cut_all, server);
    timer_start(server->patience, wait_ms);
    server->cutting = true; /* nothing is freed below this */
    struct server_conn *next;
    for (struct server_conn *conn = server->conns; conn; conn = next) {
        next = conn->next;
        if (!conn->exchange && !conn->given_away)
            server_conn_end(conn);
    }
    server->cutting = false;
    free_if_done(server);
}
