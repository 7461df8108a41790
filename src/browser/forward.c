#include "browser/forward.h"

#include "http/fields.h"

#define VALUE_BYTES_MAX HTTP_HEAD_BYTES_MAX

static void put(struct forward *forward, struct http_text name, struct http_text value)
{
    if (forward->count < FORWARD_FIELDS_MAX)
        forward->fields[forward->count++] = (struct http_field){name, value};
}

/* A value of our own, copied. */
static void put_made(struct forward *forward, struct http_text name, const struct buf *value)
{
    strs_push_n(&forward->made, buf_text(value), value->len);
    const char *copy = forward->made.at[forward->made.len - 1];
    put(forward, name, http_text_of(copy));
}

static void put_page_field(struct forward *forward, const struct http_field *field,
                           enum page_field what, const struct buf *value)
{
    if (what == PAGE_KEEP)
        put(forward, field->name, field->value);
    else if (what == PAGE_CHANGE)
        put_made(forward, field->name, value);
}

/* --- requests --- */

enum forwarded { FORWARDED_FOR, FORWARDED_HOST, FORWARDED_PROTO, FORWARDED_OTHER };

static enum forwarded forwarded_of(const struct http_field *field)
{
    static const char *const names[] = {"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"};
    if (field->name.len < 12 || (field->name.at[0] | 0x20) != 'x')
        return FORWARDED_OTHER;
    for (int i = 0; i < FORWARDED_OTHER; i++)
        if (http_text_equal_case(field->name, names[i]))
            return (enum forwarded)i;
    return FORWARDED_OTHER;
}

/* Everybody before us, then who asks us. */
static void put_for(struct forward *forward, const struct http_head *request, bool believed)
{
    struct http_text name = HTTP_TEXT("X-Forwarded-For");
    struct http_text before = http_head_value(request, "X-Forwarded-For");
    if (!believed || !before.at) {
        put(forward, name, http_text_of(forward->peer));
        return;
    }
    struct buf value = BUF_INIT(VALUE_BYTES_MAX);
    for (size_t i = 0; i < request->field_count; i++)
        if (forwarded_of(&request->fields[i]) == FORWARDED_FOR) {
            (void)buf_append(&value, request->fields[i].value.at, request->fields[i].value.len);
            (void)buf_puts(&value, ", ");
        }
    (void)buf_puts(&value, forward->peer);
    put_made(forward, name, &value);
    buf_fini(&value);
}

static void put_target(struct forward *forward, const struct http_head *request)
{
    forward->target = request->target;
    if (!request->target.len || *request->target.at == '/' || *request->target.at == '*')
        return;
    strs_push_n(&forward->made, request->path.at, request->path.len);
    if (request->query.at)
        strs_pushf(&forward->made, "%s?%.*s", forward->made.at[forward->made.len - 1],
                   (int)request->query.len, request->query.at);
    forward->target = http_text_of(forward->made.at[forward->made.len - 1]);
}

void forward_request(struct forward *forward, const struct http_head *request,
                     const struct tcp_address *peer, bool is_tls, const struct page *page,
                     const char *run)
{
    bool believed = tcp_address_is_loopback(peer), host = false, proto = false;
    forward->count = 0;
    forward->made = (struct strs){0};
    (void)tcp_address_ip_text(peer, forward->peer);
    put_target(forward, request);
    put(forward, HTTP_TEXT("Host"), request->host.at ? request->host : HTTP_TEXT("localhost"));
    for (size_t i = 0; i < request->field_count; i++) {
        const struct http_field *field = &request->fields[i];
        enum forwarded kind = forwarded_of(field);
        if (http_field_is_hop(request, field) || kind == FORWARDED_FOR ||
            http_text_equal_case(field->name, "Host") || (kind != FORWARDED_OTHER && !believed))
            continue;
        host |= kind == FORWARDED_HOST;
        proto |= kind == FORWARDED_PROTO;
        if (page->candidate) {
            struct buf value = BUF_INIT(VALUE_BYTES_MAX);
            put_page_field(forward, field, page_request_field(field, run, &value), &value);
            buf_fini(&value);
        } else {
            put(forward, field->name, field->value);
        }
    }
    put_for(forward, request, believed);
    if (!host && request->host.at)
        put(forward, HTTP_TEXT("X-Forwarded-Host"), request->host);
    if (!proto)
        put(forward, HTTP_TEXT("X-Forwarded-Proto"),
            is_tls ? HTTP_TEXT("https") : HTTP_TEXT("http"));
}

/* --- responses --- */

static void put_response_field(struct forward *forward, const struct http_field *field,
                               const struct http_head *response, const struct page *page,
                               const char *run)
{
    struct buf value = BUF_INIT(VALUE_BYTES_MAX);
    bool unchanged = response->status == 304 && page->candidate;
    if (page->is) {
        put_page_field(forward, field, page_response_field(page, field, run, &value), &value);
    } else if (unchanged && http_text_equal_case(field->name, "ETag")) {
        page_etag(field->value, run, &value);
        put_made(forward, field->name, &value);
    } else if (!unchanged || !http_text_equal_case(field->name, "Last-Modified")) {
        put(forward, field->name, field->value);
    }
    buf_fini(&value);
}

void forward_response(struct forward *forward, const struct http_head *response,
                      const struct page *page, const char *run)
{
    forward->count = 0;
    forward->made = (struct strs){0};
    for (size_t i = 0; i < response->field_count; i++) {
        const struct http_field *field = &response->fields[i];
        bool is_hop = http_field_is_hop(response, field);
        if (response->status == 101 && http_text_equal_case(field->name, "Upgrade"))
            is_hop = false;
        if (!is_hop)
            put_response_field(forward, field, response, page, run);
    }
}

/* A file whose second is not over yet may change once more within it. */
static bool is_of_this_second(const struct http_head *response)
{
    return http_text_same(http_head_value(response, "Last-Modified"),
                          http_head_value(response, "Date"));
}

static void leave_out(struct forward *forward, const char *name)
{
    size_t kept = 0;
    for (size_t i = 0; i < forward->count; i++)
        if (!http_text_equal_case(forward->fields[i].name, name))
            forward->fields[kept++] = forward->fields[i];
    forward->count = kept;
}

void forward_revalidate(struct forward *forward, const struct http_head *response)
{
    if (is_of_this_second(response))
        leave_out(forward, "Last-Modified");
    bool is_kept = (response->status >= 200 && response->status < 300) || response->status == 304;
    if (is_kept && !http_head_value(response, "Cache-Control").at &&
        !http_head_value(response, "Expires").at)
        put(forward, HTTP_TEXT("Cache-Control"), HTTP_TEXT("no-cache"));
}

void forward_fini(struct forward *forward)
{
    strs_fini(&forward->made);
}
