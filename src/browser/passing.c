/*
 * One request on its way to the app.
 *
 * Its body goes on as it comes. The first PASSING_BODY_KEPT bytes are kept as well until the answer
 * begins: a request that has to wait has them when the app serves, and one whose connection was
 * closed without an answer can be sent again. More than that is not kept: then it is sent once, and
 * while it waits the client has to wait with the rest.
 *
 * Sent again, once, is what RFC 9110 §9.2.2 allows a proxy: a request of an idempotent method, or
 * one of which nothing has been sent. A POST whose connection ended without an answer may have been
 * carried out, and is answered with 502. A reload makes none of those, though net/http, when it is
 * asked to stop, closes connections on which it has not read a request yet, kept and fresh ones
 * alike: from the moment at which a new version is ready requests go to it on new connections, and
 * an old one is asked to stop when it has read what it was sent (proxy_has_asked).
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "browser/forward.h"
#include "browser/proxy_parts.h"
#include "http/fields.h"

/* --- the lists --- */

void passing_list_add(struct passing_list *list, struct passing *passing)
{
    passing->prev = list->last;
    passing->next = NULL;
    *(list->last ? &list->last->next : &list->first) = passing;
    list->last = passing;
    list->count++;
}

void passing_list_remove(struct passing_list *list, struct passing *passing)
{
    *(passing->prev ? &passing->prev->next : &list->first) = passing->next;
    *(passing->next ? &passing->next->prev : &list->last) = passing->prev;
    list->count--;
}

static struct passing_list *list_of(struct passing *passing)
{
    struct proxy *proxy = passing->proxy;
    return passing->state == PASSING_WAITING ? &proxy->waiting : &proxy->under_way;
}

void passing_free(struct passing *passing)
{
    passing_list_remove(list_of(passing), passing);
    if (passing->call)
        http_call_cancel(passing->call);
    http_tunnel_close(passing->tunnel);
    page_fini(&passing->page);
    buf_fini(&passing->body);
    free(passing);
}

/* --- sending --- */

static void send_end(struct passing *passing)
{
    struct http_field trailers[HTTP_FIELDS_MAX];
    size_t count = http_request_trailers(passing->exchange, trailers);
    http_call_end(passing->call, trailers, count);
}

/* What has come of the body so far. */
static void send_body(struct passing *passing)
{
    bool room = true;
    if (passing->body.len)
        room = http_call_write(passing->call, passing->body.data, passing->body.len);
    if (http_request_complete(passing->exchange))
        send_end(passing);
    else if (room)
        http_request_resume(passing->exchange);
    else
        http_request_pause(passing->exchange);
}

static bool is_idempotent(const struct http_head *head)
{
    static const char *const methods[] = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (http_text_equal(head->method_text, methods[i]))
            return true;
    return false;
}

static const char *failure_text(const struct http_failure *failure)
{
    return failure->fault ? http_fault_text(failure->fault) : http_end_text(failure->end);
}

static void give_up(struct passing *passing, const struct http_failure *failure)
{
    struct buf why = BUF_INIT(512);
    (void)buf_printf(&why, "The app did not answer: %s.", failure_text(failure));
    if (failure->sent && !passing->retried && !failure->fault)
        (void)buf_puts(&why, " The request may have been carried out, so it was not sent again.");
    refuse_bad_gateway(passing, buf_text(&why));
    buf_fini(&why);
}

static bool is_nobody(const struct http_failure *failure)
{
    return failure->end == HTTP_END_REFUSED || failure->end == HTTP_END_UNREACHABLE ||
           failure->end == HTTP_END_BUSY || failure->end == HTTP_END_TIMEOUT;
}

static void nobody_there(struct passing *passing)
{
    struct upstream *upstream = &passing->proxy->upstream;
    if (!passing->other_family && upstream->address.family != TCP_LOCAL) {
        passing->other_family = true;
        if (upstream->address.family == passing->family) /* nobody else has changed it */
            upstream_other_family(upstream);
        passing_send(passing);
    } else {
        passing->other_family = false;
        hold_add(passing);
    }
}

static void failed(void *data, struct http_call *call, const struct http_failure *failure)
{
    struct passing *passing = data;
    bool kept = passing->body_kept;
    (void)call;
    passing->call = NULL;
    if (passing->state == PASSING_ANSWERING) {
        http_respond_abort(passing->exchange);
        passing_free(passing);
    } else if (!failure->sent && kept && is_nobody(failure)) {
        nobody_there(passing);
    } else if (!failure->answered && kept && !passing->retried &&
               (!failure->sent || is_idempotent(http_exchange_head(passing->exchange)))) {
        passing->retried = true;
        passing_send(passing);
    } else {
        give_up(passing, failure);
    }
}

static void drained(void *data, struct http_call *call)
{
    struct passing *passing = data;
    (void)call;
    http_request_resume(passing->exchange);
}

static const struct http_call_handler FROM_APP = {.on_interim = answer_interim,
                                                  .on_head = answer_head,
                                                  .on_body = answer_body,
                                                  .on_end = answer_end,
                                                  .on_drained = drained,
                                                  .on_failed = failed};

static int64_t body_length(const struct http_head *head)
{
    if (head->framing == HTTP_BODY_CHUNKED)
        return HTTP_LENGTH_UNKNOWN;
    return head->framing == HTTP_BODY_LENGTH ? (int64_t)head->length : 0;
}

void passing_send(struct passing *passing)
{
    struct proxy *proxy = passing->proxy;
    const struct http_head *head = http_exchange_head(passing->exchange);
    struct forward forward;
    if (passing->state == PASSING_WAITING) {
        passing_list_remove(&proxy->waiting, passing);
        passing_list_add(&proxy->under_way, passing);
    }
    passing->state = PASSING_SENT;
    if (proxy->upstream.state != UPSTREAM_SERVES) {
        hold_add(passing);
        return;
    }
    forward_request(&forward, head, http_exchange_peer(passing->exchange),
                    http_exchange_is_tls(passing->exchange), &passing->page, proxy->run);
    struct http_call_request request = {
        .method = head->method_text,
        .target = forward.target,
        .fields = forward.fields,
        .field_count = forward.count,
        .length = body_length(head),
        .length_field = head->has_length,
        .upgrade = head->upgrade ? http_head_value(head, "Upgrade") : (struct http_text){0},
        .fresh = passing->retried,
    };
    passing->family = proxy->upstream.address.family;
    passing->call =
        http_call_new(proxy->client, &proxy->upstream.address, &request, &FROM_APP, passing);
    forward_fini(&forward);
    send_body(passing);
}

/* --- receiving --- */

static void keep(struct passing *passing, const char *bytes, size_t len)
{
    if (!passing->body_kept)
        return;
    if (passing->call && passing->body.len + len > PASSING_BODY_KEPT) {
        passing->body_kept = false;
        buf_fini(&passing->body);
    } else if (buf_append(&passing->body, bytes, len) != 0) {
        abort(); /* a piece is larger than a connection's buffer: a defect of http/ */
    }
}

static void body(void *data, struct http_exchange *exchange, const char *bytes, size_t len)
{
    struct passing *passing = data;
    keep(passing, bytes, len);
    bool room = passing->call ? http_call_write(passing->call, bytes, len)
                              : passing->body.len < PASSING_BODY_KEPT;
    if (!room)
        http_request_pause(exchange);
}

static void body_end(void *data, struct http_exchange *exchange)
{
    struct passing *passing = data;
    (void)exchange;
    if (passing->call && !http_call_ended(passing->call))
        send_end(passing);
}

static void gone(void *data, struct http_exchange *exchange)
{
    (void)exchange;
    passing_free(data);
}

static const struct http_handler FROM_CLIENT = {.on_body = body,
                                                .on_body_end = body_end,
                                                .on_drained = answer_drained,
                                                .on_gone = gone,
                                                .continues_itself = true};

void passing_begin(struct proxy *proxy, struct http_exchange *exchange)
{
    struct passing *passing = mem_new(1, sizeof *passing);
    passing->proxy = proxy;
    passing->exchange = exchange;
    passing->state = PASSING_SENT;
    passing->body_kept = true;
    buf_init(&passing->body, PASSING_BODY_MAX);
    passing->until_ns = clock_mono_ns() + proxy->config->proxy.hold_timeout_ms * CLOCK_NS_PER_MS;
    passing_list_add(&proxy->under_way, passing);
    if (proxy->config->proxy.inject)
        page_request(&passing->page, http_exchange_head(exchange));
    http_exchange_handle(exchange, &FROM_CLIENT, passing);
    passing_send(passing);
}
