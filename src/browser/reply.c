#include "browser/reply.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "browser/assets.h"

#define ERROR_BYTES_MAX ((size_t)4096)

static const char CSP[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#define NO_SNIFF                                                                                   \
    {                                                                                              \
        HTTP_TEXT("X-Content-Type-Options"), HTTP_TEXT("nosniff")                                  \
    }

void reply_asset(struct http_exchange *exchange, const char *name, bool shared)
{
    const struct asset *asset = asset_find(name);
    char tag[32];
    (void)snprintf(tag, sizeof tag, "\"%s\"", asset->tag);
    const struct http_field fields[] = {
        {HTTP_TEXT("ETag"), http_text_of(tag)},
        {HTTP_TEXT("Cache-Control"), HTTP_TEXT("no-cache")},
        NO_SNIFF,
        {HTTP_TEXT("Content-Security-Policy"), http_text_of(CSP)},
        {HTTP_TEXT("Referrer-Policy"), HTTP_TEXT("no-referrer")},
        {HTTP_TEXT("Cross-Origin-Resource-Policy"),
         shared ? HTTP_TEXT("cross-origin") : HTTP_TEXT("same-origin")},
    };
    size_t count = sizeof fields / sizeof *fields;
    if (http_text_equal(http_head_value(http_exchange_head(exchange), "If-None-Match"), tag))
        http_respond(exchange, 304, NULL, fields, count, "", 0);
    else
        http_respond(exchange, 200, asset->type, fields, count, asset->data, asset->len);
}

void reply_json(struct http_exchange *exchange, unsigned status, const struct buf *json)
{
    const struct http_field fields[] = {
        {HTTP_TEXT("Cache-Control"), HTTP_TEXT("no-store")},
        NO_SNIFF,
        {HTTP_TEXT("Cross-Origin-Resource-Policy"), HTTP_TEXT("same-origin")},
    };
    if (json->truncated) {
        reply_error(exchange, 500, "the answer is too long", NULL);
        return;
    }
    http_respond(exchange, status, "application/json", fields, sizeof fields / sizeof *fields,
                 json->data, json->len);
}

void reply_error(struct http_exchange *exchange, unsigned status, const char *error,
                 const char *allow)
{
    struct buf out = BUF_INIT(ERROR_BYTES_MAX);
    struct json_writer json = {.out = &out};
    const struct http_field fields[] = {NO_SNIFF, {HTTP_TEXT("Allow"), http_text_of(allow)}};
    json_object_begin(&json, NULL);
    json_int(&json, "v", 1);
    json_bool(&json, "ok", false);
    json_string(&json, "error", error);
    json_object_end(&json);
    http_respond(exchange, status, "application/json", fields, allow ? 2 : 1, out.data, out.len);
    buf_fini(&out);
}

bool reply_is_get(struct http_exchange *exchange)
{
    enum http_method method = http_exchange_head(exchange)->method;
    return method == HTTP_GET || method == HTTP_HEAD;
}

bool reply_is_post(struct http_exchange *exchange)
{
    return http_exchange_head(exchange)->method == HTTP_POST;
}
