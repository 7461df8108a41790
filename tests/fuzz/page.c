/* Any two heads: what the proxy makes of a request and of a response are fields that may stand in a
   head, and an ETag that it gives to a page is the app's again when it comes back. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "browser/forward.h"
#include "http/fields.h"

#define RUN "0123456789abcdef"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(struct forward *forward)
{
    for (size_t i = 0; i < forward->count; i++)
        if (!http_name_ok(forward->fields[i].name) || !http_value_ok(forward->fields[i].value))
            abort();
    forward_fini(forward);
}

static void request(const struct http_head *head, struct page *page)
{
    struct forward forward;
    struct tcp_address peer = {.family = TCP_IPV4, .ip = {127, 0, 0, 1}};
    page_request(page, head);
    forward_request(&forward, head, &peer, false, page, RUN);
    check(&forward);
}

static void response(const struct http_head *head, struct page *page)
{
    struct forward forward;
    page_response(page, head, RUN);
    forward_response(&forward, head, page, RUN);
    check(&forward);
}

static void there_and_back(struct http_text etag)
{
    struct buf ours = BUF_INIT((size_t)1 << 20), theirs = BUF_INIT((size_t)1 << 20);
    page_etag(etag, RUN, &ours);
    struct http_field field = {HTTP_TEXT("If-None-Match"), {buf_text(&ours), ours.len}};
    if (ours.len && (page_request_field(&field, RUN, &theirs) != PAGE_CHANGE ||
                     theirs.len != etag.len || memcmp(buf_text(&theirs), etag.at, etag.len) != 0))
        abort();
    buf_fini(&ours);
    buf_fini(&theirs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const char *bytes = (const char *)data;
    struct http_field fields[HTTP_FIELDS_MAX];
    struct http_scan scan = {0};
    struct http_head head;
    struct page page = {0};
    long first = http_head_length(&scan, bytes, len);
    if (first <= 0)
        return 0;
    if (http_head_parse(&head, HTTP_REQUEST, HTTP_GET, fields, bytes, (size_t)first) == 0)
        request(&head, &page);
    bytes += first;
    len -= (size_t)first;
    scan = (struct http_scan){0};
    long second = http_head_length(&scan, bytes, len);
    if (second > 0 &&
        http_head_parse(&head, HTTP_RESPONSE, HTTP_GET, fields, bytes, (size_t)second) == 0) {
        page.candidate = true;
        response(&head, &page);
        struct http_text etag = http_head_value(&head, "ETag");
        if (etag.at)
            there_and_back(etag);
    }
    page_fini(&page);
    return 0;
}
