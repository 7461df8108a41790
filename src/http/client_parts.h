/* Inside of the client: client.c (addresses and kept connections), call.c (requests), call_read.c
   (responses). */
#ifndef ZONDA_HTTP_CLIENT_PARTS_H
#define ZONDA_HTTP_CLIENT_PARTS_H

#include "http/client.h"
#include "http/conn_parts.h"

struct http_client {
    struct http_worker *worker;
    struct http_client_options options;
    struct upstream *upstreams;
    struct http_call *calls;
};

/* One address, with the connections that wait for the next call: the latest first, as it is the one
   whose server is least likely to have given up on it. */
struct upstream {
    struct upstream *next;
    struct tcp_address address;
    struct idle *idle;
    size_t idle_count, call_count;
    unsigned epoch; /* counted up by http_client_drop_idle: older connections are not kept */
};

struct idle {
    struct idle *next;
    struct http_client *client;
    struct upstream *upstream;
    struct http_conn *conn;
    unsigned epoch;
};

struct http_call {
    struct http_client *client;
    struct http_call *previous, *next;
    struct upstream *upstream;
    const struct http_call_handler *handler;
    void *data;
    struct http_conn *conn;
    struct http_scan scan;
    struct http_body body; /* of the response */
    uint64_t left;         /* of the request's body, where its length is known */
    uint64_t sent_before;  /* by this connection, before the call */
    unsigned epoch;
    enum http_method method;
    unsigned interims; /* 1xx so far */
    unsigned busy;     /* callbacks under way: freed afterwards */
    bool chunked : 1;
    bool asked : 1; /* for an upgrade */
    bool ended : 1; /* the request is written */
    bool reused : 1;
    bool answered : 1;   /* a byte of the response has come */
    bool head_done : 1;  /* the final head was told */
    bool switched : 1;   /* 101: the connection waits to be taken */
    bool keep_alive : 1; /* as the response says */
    bool over : 1;
};

/* --- client.c --- */
struct upstream *client_upstream(struct http_client *client, const struct tcp_address *address);
/* A kept connection, or NULL. */
struct http_conn *client_reuse(struct upstream *upstream, unsigned *epoch);
void client_keep(struct http_client *client, struct upstream *upstream, struct http_conn *conn,
                 unsigned epoch);
void client_forget(struct upstream *upstream, struct http_client *client); /* if nobody uses it */

/* --- call.c --- */
void call_over(struct http_call *call); /* no callback any more; freed when busy is 0 */
void call_release(struct http_call *call);

/* --- call_read.c --- */
extern const struct http_conn_handler call_conn_handler;

#endif
