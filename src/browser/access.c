#include "browser/access.h"

#include <stdio.h>
#include <string.h>

#define COOKIE      "zonda_token="
#define COOKIE_MAX  256
#define REFUSED_MAX 256

/* An address in figures: a name that was made to point here is none. */
static bool is_address(struct http_text host)
{
    bool digits = host.len > 0;
    for (size_t i = 0; i < host.len; i++) {
        if (host.at[i] == ':')
            return true; /* IPv6: no name has one */
        digits = digits && (host.at[i] == '.' || (host.at[i] >= '0' && host.at[i] <= '9'));
    }
    return digits;
}

/* What follows "://" in an origin; none where it is no origin. */
static struct http_text authority_of(struct http_text origin)
{
    static const char *const SCHEMES[] = {"http://", "https://"};
    for (size_t i = 0; i < sizeof SCHEMES / sizeof *SCHEMES; i++) {
        size_t len = strlen(SCHEMES[i]);
        if (origin.len > len && memcmp(origin.at, SCHEMES[i], len) == 0)
            return (struct http_text){origin.at + len, origin.len - len};
    }
    return (struct http_text){0};
}

static bool is_here(struct http_text authority)
{
    struct http_text host;
    uint16_t port;
    return http_host_parse(authority, &host, &port) && http_host_is_loopback(host);
}

static bool is_named(const struct access *access, struct http_text authority)
{
    STRS_EACH (origin, access->origins)
        if (http_text_same(authority_of(http_text_of(*origin)), authority))
            return true;
    return false;
}

static bool host_ok(const struct access *access, struct http_text authority)
{
    struct http_text host;
    uint16_t port;
    if (!http_host_parse(authority, &host, &port))
        return false;
    return http_host_is_loopback(host) || is_named(access, authority) ||
           (access->beyond && is_address(host));
}

bool access_origin_ok(const struct access *access, struct http_text origin)
{
    STRS_EACH (one, access->origins)
        if (http_text_equal(origin, *one))
            return true;
    return is_here(authority_of(origin));
}

/* --- the token --- */

/* Equal in a time that does not tell where they differ. */
static bool same_token(const char *token, struct http_text given)
{
    unsigned char different = strlen(token) != given.len;
    for (size_t i = 0; i < given.len && token[i]; i++)
        different |= (unsigned char)(token[i] ^ given.at[i]);
    return !different;
}

static struct http_text after(struct http_text text, const char *prefix)
{
    size_t len = strlen(prefix);
    if (text.len < len || memcmp(text.at, prefix, len) != 0)
        return (struct http_text){0};
    return (struct http_text){text.at + len, text.len - len};
}

static struct http_text cookie_of(struct http_text cookies)
{
    while (cookies.len) {
        const char *end = memchr(cookies.at, ';', cookies.len);
        size_t len = end ? (size_t)(end - cookies.at) : cookies.len;
        struct http_text value = after((struct http_text){cookies.at, len}, COOKIE);
        if (value.at)
            return value;
        len += end != NULL;
        while (len < cookies.len && cookies.at[len] == ' ')
            len++;
        cookies.at += len;
        cookies.len -= len;
    }
    return (struct http_text){0};
}

static bool token_ok(const struct access *access, const struct http_head *head)
{
    if (!*access->token)
        return true;
    struct http_text bearer = after(http_head_value(head, "Authorization"), "Bearer ");
    return same_token(access->token, bearer) ||
           same_token(access->token, cookie_of(http_head_value(head, "Cookie")));
}

bool access_takes_token(const struct access *access, struct http_exchange *exchange)
{
    const struct http_head *head = http_exchange_head(exchange);
    struct http_text given = after(head->query, "token=");
    char cookie[COOKIE_MAX];
    if (!*access->token || !given.at || !same_token(access->token, given))
        return false;
    int len = snprintf(cookie, sizeof cookie, COOKIE "%s; Path=/; HttpOnly; SameSite=Strict",
                       access->token);
    if (len < 0 || (size_t)len >= sizeof cookie)
        return false;
    const struct http_field fields[] = {{HTTP_TEXT("Location"), head->path},
                                        {HTTP_TEXT("Cache-Control"), HTTP_TEXT("no-store")},
                                        {HTTP_TEXT("Set-Cookie"), {cookie, (size_t)len}}};
    http_respond(exchange, 303, NULL, fields, 3, "", 0);
    return true;
}

/* --- the whole --- */

static void refuse(struct http_exchange *exchange, unsigned status, const char *why)
{
    char body[REFUSED_MAX];
    int len = snprintf(body, sizeof body, "{\"v\":1,\"ok\":false,\"error\":\"%s\"}\n", why);
    http_respond(exchange, status, "application/json", NULL, 0, body, (size_t)len);
}

bool access_allows(const struct access *access, enum access_to to, struct http_exchange *exchange)
{
    const struct http_head *head = http_exchange_head(exchange);
    struct http_text origin = http_head_value(head, "Origin");
    bool own = origin.at && http_text_same(authority_of(origin), head->host);
    if (!host_ok(access, head->host)) {
        refuse(exchange, 403, "this Host is not zonda's: see [dashboard] origins");
        return false;
    }
    if (origin.at && !own && (to == ACCESS_OWN || !access_origin_ok(access, origin))) {
        refuse(exchange, 403, "pages of this Origin may not ask: see [dashboard] origins");
        return false;
    }
    /* A request without Origin that another site's page made: an image, a script, a form. */
    if (to == ACCESS_OWN &&
        http_text_equal(http_head_value(head, "Sec-Fetch-Site"), "cross-site") &&
        !http_text_equal(http_head_value(head, "Sec-Fetch-Mode"), "navigate")) {
        refuse(exchange, 403, "pages of other sites may not ask");
        return false;
    }
    if (to == ACCESS_OWN && !token_ok(access, head)) {
        refuse(exchange, 401, "the token is missing: open the address that zonda has told");
        return false;
    }
    return true;
}

size_t access_fields(struct http_exchange *exchange, struct http_field *fields)
{
    struct http_text origin = http_head_value(http_exchange_head(exchange), "Origin");
    if (!origin.at)
        return 0;
    fields[0] = (struct http_field){HTTP_TEXT("Access-Control-Allow-Origin"), origin};
    fields[1] = (struct http_field){HTTP_TEXT("Vary"), HTTP_TEXT("Origin")};
    return 2;
}
