/*
 * An HTTP/1.1 client: requests to one's own app, over TCP or a Unix socket, with connections kept.
 *
 * Life-cycle: http_client_new, calls, http_client_free. A call begins with http_call_new; its body
 * is written; its response comes by the handler. It is over, and not to be used again, when on_end
 * or on_failed was called, or when http_call_cancel or http_call_take has returned. A response may
 * end before the request was written whole: the rest is dropped then and the connection closed.
 *
 * Nothing is tried twice here: on_failed tells what a caller needs for that decision. A connection
 * that was kept may have been closed by its server meanwhile: that is `reused && !answered`.
 */
#ifndef ZONDA_HTTP_CLIENT_H
#define ZONDA_HTTP_CLIENT_H

#include "http/conn.h"
#include "http/parser.h"

struct http_client;
struct http_call;

struct http_client_options {     /* 0: the value in brackets */
    size_t idle_max;             /* [32] connections kept per address; further ones are closed */
    uint32_t idle_timeout_ms;    /* [30000] how long they are kept */
    uint32_t connect_timeout_ms; /* [5000] */
    uint32_t head_timeout_ms;    /* [no limit] from the request's end to the response's head */
    uint32_t body_timeout_ms;    /* [no limit] without a byte of the response's body */
    uint32_t stall_timeout_ms;   /* [60000] without a byte of the request being taken */
    struct tls_context *tls;     /* borrowed; NULL: plain */
    const char *tls_name;        /* the name that the certificate must have; borrowed */
};

struct http_client *http_client_new(struct http_worker *worker,
                                    const struct http_client_options *options);
void http_client_free(struct http_client *client); /* cancels calls under way; NULL is allowed */
/* Closes kept connections to address (NULL: all), and those in use when their call is over. For an
 * app that was replaced. */
void http_client_drop_idle(struct http_client *client, const struct tcp_address *address);

struct http_failure {
    enum http_end
        end; /* of the connection; HTTP_END_CLOSED also for a response that is malformed */
    enum http_fault fault; /* what is malformed about the response, or 0 */
    bool reused;           /* the connection had served a call before */
    bool answered;         /* a byte of the response had come */
    bool sent;             /* a byte of the request had been taken by the kernel */
};

struct http_call_handler { /* constant; on_interim and on_drained may be NULL */
    /* 1xx but for 101. Heads are borrowed for the time of the callback. */
    void (*on_interim)(void *data, struct http_call *call, const struct http_head *head);
    /* The final head, or 101: then http_call_take, or http_call_cancel. */
    void (*on_head)(void *data, struct http_call *call, const struct http_head *head);
    void (*on_body)(void *data, struct http_call *call, const char *bytes, size_t len);
    /* Complete. trailers are borrowed for the callback. */
    void (*on_end)(void *data, struct http_call *call, const struct http_field *trailers,
                   size_t count);
    /* The server has taken what was written of the request, after a write that said "full". */
    void (*on_drained)(void *data, struct http_call *call);
    void (*on_failed)(void *data, struct http_call *call, const struct http_failure *failure);
};

struct http_call_request { /* borrowed for http_call_new */
    struct http_text method, target;
    const struct http_field *fields; /* Host among them; without those of connection and framing */
    size_t field_count;
    int64_t length;           /* of the body; HTTP_LENGTH_UNKNOWN: chunked; 0: none */
    bool length_field;        /* "Content-Length: 0" is sent for a length of 0 */
    struct http_text upgrade; /* value of Upgrade, none: no upgrade is asked for */
    bool fresh;               /* on a new connection, whatever is kept */
};

/* Callbacks come later, never inside this call; a method or target that may not stand in a request
   line fails with HTTP_END_SYSTEM. */
struct http_call *http_call_new(struct http_client *client, const struct tcp_address *address,
                                const struct http_call_request *request,
                                const struct http_call_handler *handler, void *data);
/* The descriptor of its connection, while it is not over, to be asked about and not to be used: who
   has the other end. -1 before there is one. */
int http_call_fd(const struct http_call *call);
/* The body. false: full, wait for on_drained. */
bool http_call_write(struct http_call *call, const void *data, size_t len);
void http_call_end(struct http_call *call, const struct http_field *trailers, size_t count);
bool http_call_ended(const struct http_call *call); /* the request was written whole */
void http_call_pause(struct http_call *call);       /* no on_body until resume */
void http_call_resume(struct http_call *call);
void http_call_cancel(struct http_call *call); /* closes the connection; no callback any more */
/* After 101, inside or after on_head: the connection is the caller's, with what the server has sent
   after the head as input; http_conn_hand_over at once. */
struct http_conn *http_call_take(struct http_call *call);

#endif
