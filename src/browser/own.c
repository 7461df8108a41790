#include "browser/own.h"

#include <string.h>

#include "browser/reply.h"

static bool begins(struct http_text path, const char *with)
{
    return path.len >= strlen(with) && memcmp(path.at, with, strlen(with)) == 0;
}

bool own_answer(struct streams *signals, const struct access *access,
                struct http_exchange *exchange)
{
    struct http_text path = http_exchange_head(exchange)->path;
    bool events = http_text_equal(path, OWN_EVENTS);
    if (!events && !begins(path, OWN_PREFIX))
        return false;
    if (!access_allows(access, ACCESS_EVENTS, exchange))
        return true;
    if (!reply_is_get(exchange)) {
        reply_error(exchange, 405, "there is no such method here", "GET, HEAD");
    } else if (events) {
        struct http_field fields[ACCESS_FIELDS_MAX];
        streams_take(signals, exchange, fields, access_fields(exchange, fields));
    } else if (http_text_equal(path, OWN_SCRIPT)) {
        reply_asset(exchange, "client.js", true);
    } else {
        reply_error(exchange, 404, "there is nothing here", NULL);
    }
    return true;
}
