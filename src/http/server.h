/*
 * An HTTP/1.1 server: listeners, connections, and one exchange (request and response) at a time on
 * each of them.
 *
 * Life-cycle: http_server_new, any number of listeners, exchanges, http_server_close, which frees.
 *
 * An exchange begins with on_request. The callee answers now or later: either with http_respond, or
 * with http_respond_begin, any number of writes, http_respond_end. If it answers later or wants the
 * request's body, it sets a handler. The exchange is the server's; it is over, and not to be used
 * again, when http_respond, http_respond_end, http_respond_abort or http_exchange_take has
 * returned, or on_gone was called; and of the two kinds exactly one happens. The rest of a
 * request's body that nobody has read is then dropped, and the connection closed if it is long.
 *
 * The fields of the connection and of the framing are written by the engine alone: Connection,
 * Keep-Alive, Transfer-Encoding, Content-Length. Where a caller passes one it is left out.
 * Malformed requests are answered with 400, 408, 413, 414, 431, 501 or 505, and the connection is
 * closed; on_request does not hear of them. A client that ends its side of the connection before it
 * has its response counts as gone, as browsers do when a tab is closed.
 */
#ifndef ZONDA_HTTP_SERVER_H
#define ZONDA_HTTP_SERVER_H

#include "http/conn.h"
#include "http/parser.h"

struct http_server;
struct http_exchange;

typedef void http_request_fn(void *data, struct http_exchange *exchange);

struct http_server_options { /* 0: the value in brackets */
    http_request_fn *on_request;
    void *data;
    struct tls_context *tls;   /* borrowed, must outlive the server; NULL: plain */
    size_t connections_max;    /* [4096] further ones wait in the kernel's queue */
    uint32_t head_timeout_ms;  /* [10000] from a request's first byte (or the connection's start) */
    uint32_t idle_timeout_ms;  /* [75000] between requests */
    uint32_t body_timeout_ms;  /* [30000] without a byte of a body that is wanted */
    uint32_t stall_timeout_ms; /* [60000] without a byte of the response being taken */
    uint64_t body_max;         /* [no limit] bytes of a request's body: 413 */
};

struct http_server *http_server_new(struct http_worker *worker,
                                    const struct http_server_options *options);
/* bound may be NULL. ERR_SYSTEM with the address. */
int http_server_listen(struct http_server *server, const struct tcp_address *address,
                       struct tcp_address *bound, struct err *err);
size_t http_server_connections(const struct http_server *server);
/* Graceful: no new connection, idle ones end, exchanges under way may end within wait_ms; then
   whatever is left is cut (on_gone) and server is freed. on_closed (may be NULL) is the last call;
   with wait_ms 0 it comes before this returns. */
typedef void http_closed_fn(void *data);
void http_server_close(struct http_server *server, uint32_t wait_ms, http_closed_fn *on_closed,
                       void *data);

/* --- the request --- */
struct http_handler { /* constant; every member but on_gone may be NULL */
    /* Content of the request's body; without on_body it is read and dropped. */
    void (*on_body)(void *data, struct http_exchange *exchange, const char *bytes, size_t len);
    /* The request is complete; http_request_trailers. For requests without a body too, after
       on_request. */
    void (*on_body_end)(void *data, struct http_exchange *exchange);
    /* The client has taken what was written, after a write that said "full". */
    void (*on_drained)(void *data, struct http_exchange *exchange);
    /* The client went away, or sent a malformed body, before the response was complete. */
    void (*on_gone)(void *data, struct http_exchange *exchange);
    /* Expect: 100-continue is answered by the callee (http_respond_interim); otherwise the server
       sends 100 when on_request has returned without an answer and there is an on_body. */
    bool continues_itself;
};

void http_exchange_handle(struct http_exchange *exchange, const struct http_handler *handler,
                          void *data);
/* Valid until the exchange is over, or http_exchange_forget_head. */
const struct http_head *http_exchange_head(const struct http_exchange *exchange);
/* For responses that last (events): the head's memory is given back, only the method is kept. */
void http_exchange_forget_head(struct http_exchange *exchange);
const struct tcp_address *http_exchange_peer(const struct http_exchange *exchange);
bool http_exchange_is_tls(const struct http_exchange *exchange);

/* No on_body until resume; the client has to wait. It is not seen to leave meanwhile. */
void http_request_pause(struct http_exchange *exchange);
void http_request_resume(struct http_exchange *exchange);
bool http_request_complete(const struct http_exchange *exchange);
size_t http_request_trailers(const struct http_exchange *exchange, struct http_field *fields);

/* --- the response --- */
/* An interim response: 100, 103. Nothing happens for a client of HTTP/1.0. */
void http_respond_interim(struct http_exchange *exchange, unsigned status,
                          const struct http_field *fields, size_t count);

/* The head, final (200 to 599). reason: none takes the registered one. fields are copied; one that
   is not well-formed (line breaks) is left out. length: of the body that follows; to HEAD and with
   304 it is what a GET would get, and writes are dropped. */
void http_respond_begin(struct http_exchange *exchange, unsigned status, struct http_text reason,
                        const struct http_field *fields, size_t count, int64_t length);
/* false: full, wait for on_drained. More bytes than length are an error of the caller: the
   connection is cut. */
bool http_respond_write(struct http_exchange *exchange, const void *data, size_t len);
/* Complete. Fewer bytes than length: the connection is cut, so that the client sees it. Trailers
   (may be none) go out with a chunked body only. */
void http_respond_end(struct http_exchange *exchange, const struct http_field *trailers,
                      size_t count);
/* Something went wrong midway: the connection is cut without a proper end. */
void http_respond_abort(struct http_exchange *exchange);
/* Whole: fields beside Content-Type (may be NULL). */
void http_respond(struct http_exchange *exchange, unsigned status, const char *type,
                  const struct http_field *fields, size_t count, const void *body, size_t len);
bool http_respond_begun(const struct http_exchange *exchange);     /* a final head was given */
size_t http_respond_pending(const struct http_exchange *exchange); /* bytes that wait */

/* Answers 101 with fields (Upgrade among them; Connection: upgrade is added), and gives the
   connection away: it is the caller's, with what the client has sent after its request as input;
   http_conn_hand_over at once. Still counts among the server's connections and is cut by
   http_server_close. NULL where the request is none for an upgrade (Connection: upgrade) or not
   complete; nothing happened then. */
struct http_conn *http_exchange_take(struct http_exchange *exchange,
                                     const struct http_field *fields, size_t count);

#endif
