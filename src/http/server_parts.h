/* Inside of the server: server.c (listeners), server_conn.c (requests), respond.c (responses). */
#ifndef ZONDA_HTTP_SERVER_PARTS_H
#define ZONDA_HTTP_SERVER_PARTS_H

#include "http/conn_parts.h"
#include "http/server.h"

#define DRAIN_BYTES_MAX                                                                            \
    ((uint64_t)64 * 1024) /* of a body that nobody wants, to keep a connection */

struct listener {
    struct listener *next;
    struct http_server *server;
    struct io *io;
    int fd;
};

struct http_server {
    struct http_worker *worker;
    struct http_server_options options;
    struct listener *listeners;
    bool accepting;
    struct timer *again; /* accepts again after the system had no descriptor */
    struct server_conn *conns;
    size_t conn_count;
    bool closing, cutting;
    struct timer *patience; /* of http_server_close */
    http_closed_fn *on_closed;
    void *closed_data;
};

/* One connection; lives as long as its struct http_conn, whoever owns that. */
struct server_conn {
    struct http_server *server;
    struct server_conn *previous, *next;
    struct http_conn *conn;
    struct http_exchange *exchange; /* NULL between requests */
    struct http_scan scan;          /* of the head that comes */
    struct http_body body;          /* of the request under way, or of the last one */
    uint64_t body_bytes;
    bool head_begun : 1;   /* the first byte of a head has come */
    bool line_skipped : 1; /* an empty line before it, RFC 9112 §2.2 */
    bool draining : 1;     /* the exchange is over, its request's body is not */
    bool in_input : 1;     /* on_input is under way: no freeing below it */
    bool ending : 1;       /* goes when on_input has returned, in order */
    bool given_away : 1;   /* taken, finished or closed: not ours any more */
    bool dead : 1;
};

enum reply_body { REPLY_NONE, REPLY_LENGTH, REPLY_CHUNKED, REPLY_UNTIL_CLOSE };

struct http_exchange {
    struct server_conn *owner;
    const struct http_handler *handler;
    void *data;
    void *memory; /* of head */
    struct http_head head;
    enum reply_body reply;
    uint64_t reply_left;
    bool begun : 1;
    bool continued : 1; /* 100 was sent */
    bool close : 1;     /* the connection ends with this exchange */
    bool broken : 1;    /* cut, on_gone is under way */
};

/* --- server_conn.c --- */
void server_conn_new(struct http_server *server, int fd, const struct tcp_address *peer);
void server_exchange_free(struct http_exchange *exchange);
/* The exchange ended in order: on to the next one, or to the end of the connection. */
void server_exchange_over(struct http_exchange *exchange);
void server_exchange_cut(struct http_exchange *exchange); /* without order; frees exchange */
void server_conn_end(struct server_conn *owner);          /* finishes the connection */
/* Closes at once: on_gone, or the end for the owner of a connection that was taken. */
void server_conn_cut(struct server_conn *owner);

/* --- server.c --- */
void server_released(struct http_server *server); /* a connection less */

/* --- respond.c --- */
/* An answer of the engine's own, for a request that never became an exchange. */
void server_refuse(struct server_conn *owner, unsigned status, const char *text);

#endif
