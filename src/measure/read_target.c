/* base_url: the origin that all requests go to, RFC 9110 §4.2. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http/fields.h"
#include "measure/reader.h"

#define HINT "write it like this: base_url = \"http://127.0.0.1:8080\""

static int refuse(const char *url, const char *why, struct err *err)
{
    err_set(err, ERR_CONFIG, "base_url is '%.120s', %s", url, why);
    err_hint(err, HINT);
    return ERR_CONFIG;
}

/* host, host:port or [address]:port in [at, end). */
static int parse_authority(const char *url, const char *at, const char *end, struct target *target,
                           struct err *err)
{
    struct http_text host, authority = {at, (size_t)(end - at)};
    struct err why;
    if (!http_host_parse(authority, &host, &target->port))
        return refuse(url, "whose host or port is none", err);
    if (!target->port)
        target->port = target->tls ? 443 : 80;
    free(target->host); /* of a --url that was refused */
    target->host = mem_string_n(host.at, host.len);
    if (tcp_address_parse(&target->address, target->host, target->port, &why) == 0)
        return 0;
    err_set(err, ERR_CONFIG, "base_url: %s", why.message);
    err_hint(err, "%s", *why.hint ? why.hint : HINT);
    return ERR_CONFIG;
}

int reader_url(const char *url, struct target *target, struct err *err)
{
    bool tls = strncmp(url, "https://", 8) == 0;
    if (!tls && strncmp(url, "http://", 7) != 0)
        return refuse(url, "which does not begin with http:// or https://", err);
    const char *at = url + (tls ? 8 : 7), *end = at + strcspn(at, "/?#");
    const char *tail = end + strcspn(end, "?#");
    if (*tail)
        return refuse(url, "which has more than a host and a path", err);
    for (const char *c = end; *c; c++)
        if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f)
            return refuse(url, "whose path has a character that no path has", err);
    target->tls = tls;
    int failed = parse_authority(url, at, end, target, err);
    if (failed)
        return failed;
    while (tail > end && tail[-1] == '/')
        tail--;
    target->prefix = mem_string_n(end, (size_t)(tail - end));
    target->url = mem_string_n(url, (size_t)(tail - url));
    return 0;
}

void reader_target(struct reader *reader, const struct node *node)
{
    struct err err;
    const char *text = reader_text(reader, node, HINT);
    if (text && !reader->scenario->target.url &&
        reader_url(text, &reader->scenario->target, &err) != 0)
        reading_err(&reader->reading, place_of_value(node), &err);
}
