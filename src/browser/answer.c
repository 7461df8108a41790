/* The app's answer on its way to the client. */
#include "browser/forward.h"
#include "browser/proxy_parts.h"
#include "http/fields.h"

void answer_interim(void *data, struct http_call *call, const struct http_head *head)
{
    struct passing *passing = data;
    struct forward forward;
    (void)call;
    forward_response(&forward, head, &(struct page){0}, passing->proxy->run);
    http_respond_interim(passing->exchange, head->status, forward.fields, forward.count);
    forward_fini(&forward);
}

/* --- upgrades --- */

static void tunnel_done(void *data)
{
    struct passing *passing = data;
    passing->tunnel = NULL;
    passing_free(passing);
}

static void tunnel(struct passing *passing, const struct http_head *head)
{
    struct forward forward;
    forward_response(&forward, head, &passing->page, passing->proxy->run);
    struct http_conn *client = http_exchange_take(passing->exchange, forward.fields, forward.count);
    forward_fini(&forward);
    if (!client) {
        refuse_bad_gateway(passing, "The app changed to a protocol that was not asked for.");
        return;
    }
    struct http_conn *app = http_call_take(passing->call);
    passing->call = NULL;
    passing->exchange = NULL;
    passing->state = PASSING_TUNNEL;
    passing->tunnel = http_tunnel_new(client, app, tunnel_done, passing);
}

/* --- the head --- */

void answer_head(void *data, struct http_call *call, const struct http_head *head)
{
    struct passing *passing = data;
    struct forward forward;
    (void)call;
    if (head->status == 101) {
        tunnel(passing, head);
        return;
    }
    page_response(&passing->page, head, passing->proxy->run);
    forward_response(&forward, head, &passing->page, passing->proxy->run);
    if (passing->proxy->config->proxy.inject)
        forward_revalidate(&forward, head);
    passing->state = PASSING_ANSWERING;
    passing->body_kept = false; /* it is not sent again any more */
    buf_fini(&passing->body);
    bool known = head->has_length && !passing->page.is;
    http_respond_begin(passing->exchange, head->status, head->reason, forward.fields, forward.count,
                       known ? (int64_t)head->length : HTTP_LENGTH_UNKNOWN);
    forward_fini(&forward);
}

/* --- the body --- */

static bool sink(void *data, const char *bytes, size_t len)
{
    struct passing *passing = data;
    return http_respond_write(passing->exchange, bytes, len);
}

/* A page that cannot be decoded: what the client has of it is no page. */
static void broken(struct passing *passing)
{
    http_respond_abort(passing->exchange);
    passing_free(passing);
}

void answer_body(void *data, struct http_call *call, const char *bytes, size_t len)
{
    struct passing *passing = data;
    enum page_result result = PAGE_GOES_ON;
    if (passing->page.is)
        result = page_feed(&passing->page, bytes, len, false, sink, passing);
    else if (!sink(passing, bytes, len))
        result = PAGE_FULL;
    if (result == PAGE_FULL)
        http_call_pause(call);
    else if (result == PAGE_BROKEN)
        broken(passing);
}

static void finish(struct passing *passing, const struct http_field *trailers, size_t count)
{
    http_respond_end(passing->exchange, trailers, count);
    passing_free(passing);
}

/* A page that is still being decoded goes on by answer_drained; it loses its trailers, if any. */
void answer_end(void *data, struct http_call *call, const struct http_field *trailers, size_t count)
{
    struct passing *passing = data;
    enum page_result result = PAGE_GOES_ON;
    (void)call;
    passing->call = NULL;
    passing->answered = true;
    if (passing->page.is)
        result = page_feed(&passing->page, "", 0, true, sink, passing);
    if (result == PAGE_BROKEN)
        broken(passing);
    else if (result == PAGE_GOES_ON || !passing->page.coder)
        finish(passing, trailers, count);
}

void answer_drained(void *data, struct http_exchange *exchange)
{
    struct passing *passing = data;
    enum page_result result = PAGE_GOES_ON;
    (void)exchange;
    if (passing->page.is)
        result = page_more(&passing->page, sink, passing);
    if (result == PAGE_BROKEN)
        broken(passing);
    else if (result == PAGE_GOES_ON && passing->answered)
        finish(passing, NULL, 0);
    else if (result == PAGE_GOES_ON && passing->call)
        http_call_resume(passing->call);
}
