/*
 * The inside of the proxy, for its files only:
 *
 *   proxy.c     open, configure, close; what the bus tells    upstream.c  where the app is
 *   passing.c   one request on its way, and its retries       hold.c      those that wait
 *   answer.c    the way back                                  refuse.c    503 and 502 in our words
 *   forward.c   the fields                                    page.c, page_body.c   pages
 *
 * A passing is made by a request and freed when its exchange is over, or its tunnel:
 *
 *   WAITING ──serves──► SENT ──head──► ANSWERING ──end──► freed
 *      ▲                 │ └──101──► TUNNEL ──────────────► freed
 *      └── nobody there ─┘
 */
#ifndef ZONDA_BROWSER_PROXY_PARTS_H
#define ZONDA_BROWSER_PROXY_PARTS_H

#include "base/vec.h"
#include "browser/page.h"
#include "browser/proxy.h"
#include "browser/upstream.h"
#include "http/client.h"
#include "http/tls.h"

#define PASSING_BODY_KEPT                                                                          \
    ((size_t)64 << 10)                     /* of a request's body, to wait or to be sent again     \
                                            */
#define PASSING_BODY_MAX ((size_t)1 << 20) /* with the last piece, which is kept whole */
#define HOLD_MAX         1024              /* requests that wait at once */
#define HOLD_TRIES       32                /* of them that try at a time where a port is refused */
#define HOLD_PAUSE_MS    50                /* between those */

enum passing_state { PASSING_WAITING, PASSING_SENT, PASSING_ANSWERING, PASSING_TUNNEL };

struct passing {
    struct proxy *proxy;
    struct passing *prev, *next; /* in one of the proxy's two lists */
    enum passing_state state;
    struct http_exchange *exchange;
    struct http_call *call;
    struct http_tunnel *tunnel;
    struct page page;
    /* The request's body as it came, as long as it may have to be sent (again): see passing.c. */
    struct buf body;
    bool body_kept;         /* body is all that has come so far */
    bool retried;           /* it was sent a second time */
    bool answered;          /* the app's answer has come whole */
    enum tcp_family family; /* of the address that is tried */
    bool other_family;      /* the first one was refused */
    uint64_t until_ns;      /* monotonic: the end of hold_timeout */
};

struct passing_list {
    struct passing *first, *last;
    size_t count;
};

struct proxy {
    struct http_worker *worker;
    struct bus *bus;
    const struct config *config;
    http_request_fn *own;
    void *own_data;
    struct http_server *server;
    struct http_client *client;
    struct tls_context *tls; /* NULL: plain */
    struct upstream upstream;
    struct passing_list waiting, under_way;
    struct timer *pause; /* of those that wait */
    char run[PAGE_RUN_BYTES];
    char *url;
};

/* passing.c */
void passing_begin(struct proxy *proxy, struct http_exchange *exchange);
void passing_send(struct passing *passing); /* the app serves, as it seems */
void passing_free(struct passing *passing); /* whatever it is at; its exchange is over */
void passing_list_add(struct passing_list *list, struct passing *passing);
void passing_list_remove(struct passing_list *list, struct passing *passing);

/* answer.c */
void answer_interim(void *passing, struct http_call *call, const struct http_head *head);
void answer_head(void *passing, struct http_call *call, const struct http_head *head);
void answer_body(void *passing, struct http_call *call, const char *bytes, size_t len);
void answer_end(void *passing, struct http_call *call, const struct http_field *trailers,
                size_t count);
void answer_drained(void *passing, struct http_exchange *exchange);

/* hold.c */
void hold_tick(void *proxy);            /* its timer */
void hold_add(struct passing *passing); /* it waits, or is refused where too many do */
void hold_release(struct proxy *proxy); /* the app serves: all of them go */
void hold_give_up(struct proxy *proxy); /* nothing will serve: all of them are answered */

/* refuse.c: answers in our own words and frees */
void refuse_unavailable(struct passing *passing, const char *why); /* 503; NULL: upstream's */
void refuse_bad_gateway(struct passing *passing, const char *why); /* 502 */

#endif
