/* base_url: the origin that all requests go to, RFC 9110 §4.2. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
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
    const char *close = *at == '[' ? memchr(at, ']', (size_t)(end - at)) : NULL;
    const char *colon = memchr(close ? close : at, ':', (size_t)(end - (close ? close : at)));
    const char *host_end = close ? close : colon ? colon : end;
    if (*at == '[' && !close)
        return refuse(url, "whose bracket is not closed", err);
    if (close && close + 1 != end && close + 1 != colon)
        return refuse(url, "which has something behind its bracket", err);
    at += close != NULL;
    if (host_end == at)
        return refuse(url, "which names no host", err);
    for (const char *c = at; c < host_end; c++)
        if (!isalnum((unsigned char)*c) && !strchr(close ? ":." : "-._", *c))
            return refuse(url, "whose host has a character that no host has", err);
    target->host = mem_string_n(at, (size_t)(host_end - at));
    target->port = target->tls ? 443 : 80;
    if (!colon)
        return 0;
    long port = 0;
    for (const char *c = colon + 1; c < end; c++) {
        port = isdigit((unsigned char)*c) && port < 100000 ? port * 10 + (*c - '0') : 100000;
    }
    if (port < 1 || port > 65535)
        return refuse(url, "whose port is not from 1 to 65535", err);
    target->port = (uint16_t)port;
    return 0;
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
