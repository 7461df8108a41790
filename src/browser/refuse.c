/*
 * Answers in zonda's own words: 503 while the app does not serve, 502 where it breaks off.
 *
 * A browser that navigates gets a page, with the script that loads it anew once the app serves; who
 * accepts JSON, and not by a mere wildcard, a problem document (RFC 9457); anybody else plain text.
 * All of them say why, and show the errors of the build where there are some.
 */
#include <stdio.h>
#include <string.h>

#include "base/html.h"
#include "base/json.h"
#include "browser/own.h"
#include "browser/proxy_parts.h"
#include "http/fields.h"

#define ANSWER_BYTES_MAX ((size_t)2 << 20)
#define RETRY_AFTER_S    "1"

struct refusal {
    unsigned status;
    const char *title, *why;
    const struct upstream *upstream; /* whose failure is shown; NULL: none */
    bool script;
};

static void put_html(const struct refusal *refusal, struct buf *out)
{
    (void)buf_printf(out,
                     "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                     "<meta name=\"viewport\" content=\"width=device-width\">"
                     "<meta name=\"color-scheme\" content=\"light dark\">"
                     "<title>%s</title>",
                     refusal->title);
    if (refusal->script)
        (void)buf_puts(out, "<script src=\"" OWN_SCRIPT "\" async></script>");
    (void)buf_printf(out,
                     "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:10vh "
                     "auto;padding:0 1rem}pre{overflow:auto;padding:1rem;border:1px solid}</style>"
                     "</head>\n<body><main><h1>%s</h1><p>",
                     refusal->title);
    html_escape(out, refusal->why);
    (void)buf_puts(out, "</p>");
    if (refusal->upstream && refusal->upstream->errors.len) {
        (void)buf_puts(out, "<pre>");
        html_escape(out, buf_text(&refusal->upstream->errors));
        (void)buf_puts(out, "</pre>");
    }
    if (refusal->script)
        (void)buf_puts(out, "<p>This page loads again by itself once the app serves.</p>");
    (void)buf_puts(out, "</main></body></html>\n");
}

static void put_json(const struct refusal *refusal, struct buf *out)
{
    struct json_writer json = {.out = out};
    json_object_begin(&json, NULL);
    json_string(&json, "type", "about:blank");
    json_string(&json, "title", refusal->title);
    json_int(&json, "status", refusal->status);
    json_string(&json, "detail", refusal->why);
    if (refusal->upstream && refusal->upstream->reload.len) /* JSON already */
        (void)buf_printf(out, ",\"reload\":%s", buf_text(&refusal->upstream->reload));
    json_object_end(&json);
    (void)buf_putc(out, '\n');
}

static void put_text(const struct refusal *refusal, struct buf *out)
{
    (void)buf_printf(out, "%s\n", refusal->why);
    if (refusal->upstream && refusal->upstream->errors.len)
        (void)buf_printf(out, "\n%s", buf_text(&refusal->upstream->errors));
}

static void answer(struct passing *passing, const struct refusal *refusal)
{
    const struct http_head *head = http_exchange_head(passing->exchange);
    struct http_field fields[] = {
        {HTTP_TEXT("Cache-Control"), HTTP_TEXT("no-store")},
        {HTTP_TEXT("X-Content-Type-Options"), HTTP_TEXT("nosniff")},
        {HTTP_TEXT("Retry-After"), HTTP_TEXT(RETRY_AFTER_S)},
    };
    size_t count = refusal->status == 503 ? 3 : 2;
    struct buf out = BUF_INIT(ANSWER_BYTES_MAX);
    const char *type = "text/plain; charset=utf-8";
    if (http_head_list_has(head, "Accept", "text/html")) {
        type = "text/html; charset=utf-8";
        put_html(refusal, &out);
    } else if (http_head_list_has(head, "Accept", "application/json") ||
               http_head_list_has(head, "Accept", "application/problem+json")) {
        type = "application/problem+json";
        put_json(refusal, &out);
    } else {
        put_text(refusal, &out);
    }
    http_respond(passing->exchange, refusal->status, type, fields, count, buf_text(&out), out.len);
    buf_fini(&out);
    passing_free(passing);
}

void refuse_unavailable(struct passing *passing, const char *why)
{
    const struct proxy *proxy = passing->proxy;
    struct refusal refusal = {.status = 503,
                              .title = "The app is not available",
                              .why = why ? why : buf_text(&proxy->upstream.why),
                              .upstream = &proxy->upstream,
                              .script = proxy->config->proxy.inject};
    answer(passing, &refusal);
}

void refuse_bad_gateway(struct passing *passing, const char *why)
{
    struct refusal refusal = {.status = 502,
                              .title = "The app broke off",
                              .why = why,
                              .script = passing->proxy->config->proxy.inject};
    answer(passing, &refusal);
}
