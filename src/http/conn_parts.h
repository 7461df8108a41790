/*
 * Inside of connections: worker.c, conn.c, conn_read.c, conn_write.c; and what server and client
 * need beside conn.h.
 *
 * Rule of the house: nothing that an owner calls ever calls back. What there is to tell is noted in
 * todo, and told by worker_settle when the callback under way has returned, or in the next turn of
 * the loop where none is.
 */
#ifndef ZONDA_HTTP_CONN_PARTS_H
#define ZONDA_HTTP_CONN_PARTS_H

#include "http/conn.h"
#include "http/tls.h"

#define SCRATCH_BYTES ((size_t)64 * 1024)

struct http_worker {
    struct loop *loop;
    char *scratch; /* SCRATCH_BYTES, what is read into; made at first use */
    struct http_conn *conns;
    struct http_conn *todo, **todo_end; /* queue of those that are noted */
    unsigned depth;                     /* of callbacks: output is held together while above 0 */
    struct timer *soon;                 /* settles where no callback is under way */
    struct timer *tick;
    uint32_t now; /* in ticks; stands still while no deadline is set */
    bool ticking;
};

struct http_conn {
    struct http_worker *worker;
    struct http_conn *previous, *next; /* of worker->conns */
    struct http_conn *todo_next;
    const struct http_conn_handler *handler;
    void *data;
    void (*on_released)(void *data); /* whoever counts it, not its owner; may be NULL */
    void *released_data;
    struct io *io; /* NULL before and after there is a descriptor */
    struct tls_session *tls;
    int fd, wanted;

    const char *view; /* what is being offered out of the scratch */
    size_t view_len;
    char *in; /* what was left of it; NULL mostly */
    size_t in_start, in_len, in_cap;
    char *out; /* what waits to be written; NULL mostly */
    size_t out_start, out_len, out_cap;
    uint64_t sent; /* bytes that the kernel has taken */

    uint32_t deadline, stall; /* ticks, 0: none */
    uint32_t stall_timeout_ms;
    unsigned busy; /* callbacks under way */
    enum http_end failure;
    bool failed : 1, failure_told : 1;
    bool noted : 1;      /* in worker->todo */
    bool input_todo : 1; /* input that is left is to be offered */
    bool connecting : 1;
    bool paused : 1;
    bool offering : 1; /* on_input is under way with what view has */
    bool input_ended : 1, input_end_told : 1;
    bool blocked : 1;      /* the kernel takes no more output for now */
    bool owes_drained : 1; /* a write said "full" */
    bool output_lost : 1;  /* the peer takes no more; what it has said before is still to be read */
    bool end_wanted : 1, end_sent : 1;
    bool lingering : 1;
    bool closed : 1; /* freed when busy is 0 */
    int tls_needs;   /* IO_READ or IO_WRITE that TLS wants before it goes on */
    struct tcp_address peer;
};

/* --- worker.c --- */
void worker_note(struct http_conn *conn);
void worker_enter(struct http_worker *worker);
void worker_leave(struct http_worker *worker);
uint32_t worker_deadline(struct http_worker *worker, uint32_t timeout_ms);

/* --- conn.c --- */
void conn_fail(struct http_conn *conn, enum http_end end); /* told later by on_broken */
void conn_want(struct http_conn *conn);
void conn_settle(struct http_conn *conn);
void conn_set_peer(struct http_conn *conn, const struct tcp_address *peer);
/* fn is called when conn is closed, by whoever it is. */
void conn_on_released(struct http_conn *conn, void (*fn)(void *data), void *data);
enum http_end conn_end_of(int errnum);

/* --- conn_read.c --- */
void conn_read(struct http_conn *conn);
void conn_offer(struct http_conn *conn); /* what was left */

/* --- conn_write.c --- */
void conn_flush(struct http_conn *conn);
/* Room for len bytes behind what waits to be written; then up to where it was used. */
char *conn_room(struct http_conn *conn, size_t len);
void conn_room_used(struct http_conn *conn, const char *end);

#endif
