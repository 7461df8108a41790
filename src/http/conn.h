/*
 * A connection as a stream of bytes, plain or TLS, with bounded buffers and exact back-pressure.
 *
 * A worker is what the connections of one loop share: the memory that is read into, and the clock
 * of their deadlines. One loop has one worker, and everything of src/http that belongs to it lives
 * on the loop's thread.
 *
 * An idle connection holds no buffer. Input is read into the worker's memory and offered at once;
 * only what its owner leaves is kept, up to HTTP_INPUT_MAX, and then nothing more is read. Output
 * is written at once as far as the peer takes it; the rest waits in the connection. A writer that
 * is told "full" stops until on_drained. One that does not stop, HTTP_OUTPUT_MAX further on, has
 * its connection cut. What is written inside a callback goes out together when the callback has
 * returned, so a head and its body are one call of the system.
 *
 * Ownership: a connection belongs to whoever its handler is, one at a time: a server or a client,
 * which may hand it over (upgrade). It ends by http_conn_close, from within callbacks too; no
 * callback comes afterwards.
 */
#ifndef ZONDA_HTTP_CONN_H
#define ZONDA_HTTP_CONN_H

#include "http/parser.h"
#include "platform/loop.h"
#include "platform/tcp.h"

#define HTTP_INPUT_MAX  ((size_t)128 * 1024)
#define HTTP_OUTPUT_LOW ((size_t)64 * 1024) /* above this a write says "full" */
#define HTTP_OUTPUT_MAX ((size_t)4 * 1024 * 1024)
#define HTTP_TICK_MS    250 /* deadlines are kept to this, late rather than early */

struct http_worker;
struct http_worker *http_worker_new(struct loop *loop);
void http_worker_free(struct http_worker *worker); /* after all its connections; NULL is allowed */
struct loop *http_worker_loop(struct http_worker *worker);

struct tls_context; /* http/tls.h */

/* Why a connection is no longer there. */
enum http_end {
    HTTP_END_CLOSED,      /* the peer closed, in order */
    HTTP_END_REFUSED,     /* connect: nobody listens there */
    HTTP_END_UNREACHABLE, /* connect: no way there, no such socket, not allowed */
    HTTP_END_BUSY,     /* connect: the queue of a Unix socket is full, or no descriptor is left */
    HTTP_END_TIMEOUT,  /* the deadline passed */
    HTTP_END_RESET,    /* broken off by the peer */
    HTTP_END_OVERFLOW, /* more output than HTTP_OUTPUT_MAX waited */
    HTTP_END_TLS,      /* not TLS, or a certificate that is not accepted */
    HTTP_END_SYSTEM,
};
const char *http_end_text(enum http_end end); /* "connection refused"; constant */

struct http_conn;

struct http_conn_handler {
    /* Bytes are there: http_conn_input, http_conn_consume. Called again when more has come, or by
       http_conn_resume while some are left. */
    void (*on_input)(void *data, struct http_conn *conn);
    /* The peer sends no more; what is left of the input stays. Sending may go on. */
    void (*on_input_end)(void *data, struct http_conn *conn);
    /* All output is with the kernel, after a write that said "full"; NULL is allowed. */
    void (*on_drained)(void *data, struct http_conn *conn);
    /* The connection is broken or its deadline has passed: the owner calls http_conn_close. */
    void (*on_broken)(void *data, struct http_conn *conn, enum http_end end);
    /* The connection of http_conn_connect is there; its deadline is taken away. NULL is allowed. */
    void (*on_connected)(void *data, struct http_conn *conn);
};

/* --- making and ending --- */
/* A connection over fd (moved), which is connected. tls: NULL for none; the server side of it. */
struct http_conn *http_conn_new(struct http_worker *worker, int fd, struct tls_context *tls,
                                const struct http_conn_handler *handler, void *data);
/* One that connects by itself; what is written meanwhile waits. A failure is told by on_broken,
   never inside this call. */
struct http_conn *http_conn_connect(struct http_worker *worker, const struct tcp_address *address,
                                    struct tls_context *tls, const char *tls_name,
                                    const struct http_conn_handler *handler, void *data);
/* Another owner: from now on its handler is called. If input is left, soon on_input is. */
void http_conn_hand_over(struct http_conn *conn, const struct http_conn_handler *handler,
                         void *data);
void http_conn_close(struct http_conn *conn); /* at once, output is dropped; NULL is allowed */
/* In order: output is written, then the end of the stream; what the peer still sends is read and
   dropped for at most HTTP_LINGER_MS, so that it gets to read our last words (RFC 9112 §9.6). The
   handler is not called any more. */
#define HTTP_LINGER_MS 3000
void http_conn_finish(struct http_conn *conn);

/* --- reading --- */
struct http_text http_conn_input(const struct http_conn *conn); /* until the callback returns */
void http_conn_consume(struct http_conn *conn, size_t len);
void http_conn_pause(struct http_conn *conn); /* no on_input until resume; the peer has to wait */
void http_conn_resume(struct http_conn *conn);

/* --- writing --- */
/* Copied or written. false: full, wait for on_drained before more is made. */
bool http_conn_write(struct http_conn *conn, const void *data, size_t len);
bool http_conn_write_pieces(struct http_conn *conn, const struct tcp_piece *pieces, size_t count);
size_t http_conn_pending(const struct http_conn *conn); /* bytes of output that wait */
/* After what waits: the end of the stream, shutdown(2) and TLS's close_notify. */
void http_conn_end_output(struct http_conn *conn);

/* --- deadlines --- */
/* on_broken(HTTP_END_TIMEOUT) after so long; 0: none. It is not put off by traffic: whoever wants
   that sets it again, which costs nothing. */
void http_conn_deadline(struct http_conn *conn, uint32_t timeout_ms);
/* The same where output waits and the peer takes nothing of it for so long. 60 s at first. */
void http_conn_stall_timeout(struct http_conn *conn, uint32_t timeout_ms);

const struct tcp_address *http_conn_peer(const struct http_conn *conn);
bool http_conn_is_tls(const struct http_conn *conn);

/* --- two connections as one --- */
/* What comes on one is written to the other, both ways, with back-pressure; an end passes as an
   end; when both ends have passed or one side is broken, both are closed and on_done is called,
   once. Owns both from the call on. For upgrades. */
struct http_tunnel;
typedef void http_tunnel_fn(void *data);
struct http_tunnel *http_tunnel_new(struct http_conn *a, struct http_conn *b,
                                    http_tunnel_fn *on_done, void *data);
void http_tunnel_close(struct http_tunnel *tunnel); /* at once, without on_done; NULL is allowed */

#endif
