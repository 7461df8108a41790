/*
 * What src/http makes of messages, as text, for oracle.py.
 *
 * Standard input: records of one byte of kind ('q' a connection's requests, 'r' responses to GET),
 * four bytes of length (little-endian), and so many bytes. Standard output: one line a record: its
 * messages and how it went on. A message: start line's parts, fields, ETX, body in hex, STX,
 * trailers; parts end in US, messages in RS. None of these may stand in a head.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "http/parser.h"

static void put(struct http_text text, int end)
{
    (void)fwrite(text.at ? text.at : "", 1, text.len, stdout);
    (void)putchar(end);
}

static void put_fields(const struct http_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        put(fields[i].name, ':');
        put(fields[i].value, '\x1f');
    }
}

/* The body at data: the bytes used; below 0 a fault, or with done false too few. */
static long read_body(const struct http_head *head, const char *data, size_t len, bool *done)
{
    struct http_body body;
    size_t at = 0;
    long took = 0;
    http_body_init(&body, head->framing, head->length);
    while (at < len && !body.done) {
        struct http_text piece;
        took = http_body_next(&body, data + at, len - at, &piece);
        if (took < 0)
            break;
        for (size_t i = 0; i < piece.len; i++)
            (void)printf("%02x", (unsigned char)piece.at[i]);
        at += (size_t)took;
    }
    *done = body.done;
    (void)putchar('\x02');
    struct http_field fields[HTTP_FIELDS_MAX];
    put_fields(fields, http_body_trailers(&body, fields));
    http_body_fini(&body);
    return took < 0 ? took : (long)at;
}

/* Messages as on a connection, until one is not whole or ends it: the state after them. */
static const char *read_messages(enum http_kind kind, const char *data, size_t len)
{
    static struct http_field fields[HTTP_FIELDS_MAX];
    for (size_t at = 0; at < len;) {
        struct http_scan scan = {0};
        struct http_head head;
        if (kind == HTTP_REQUEST && len - at > 2 && data[at] == '\r' && data[at + 1] == '\n')
            at += 2; /* as the server does */
        long head_len = http_head_length(&scan, data + at, len - at);
        if (head_len == 0)
            return "more";
        int fault = head_len < 0 ? (int)head_len
                                 : http_head_parse(&head, kind, HTTP_GET, fields, data + at,
                                                   (size_t)head_len);
        if (fault)
            return http_fault_text(fault);
        at += (size_t)head_len;
        if (kind == HTTP_REQUEST) {
            put(head.method_text, '\x1f');
            put(head.target, '\x1f');
        } else {
            (void)printf("%u\x1f", head.status);
            put(head.reason, '\x1f');
        }
        (void)printf("1.%u\x1f", head.minor);
        put_fields(head.fields, head.field_count);
        (void)putchar('\x03');
        if (head.upgrade)
            return "upgrade";
        if (head.framing == HTTP_BODY_UNTIL_CLOSE)
            return "until close";
        bool done;
        long used = read_body(&head, data + at, len - at, &done);
        if (used < 0)
            return http_fault_text((enum http_fault)used);
        if (!done)
            return "more";
        (void)putchar('\x1e');
        at += (size_t)used;
        if (!head.keep_alive)
            return "close";
    }
    return "end";
}

int main(void)
{
    unsigned char head[5];
    while (fread(head, 1, sizeof head, stdin) == sizeof head) {
        size_t len = head[1] | (size_t)head[2] << 8 | (size_t)head[3] << 16 | (size_t)head[4] << 24;
        char *data = mem_resize(NULL, len ? len : 1, 1); /* of the exact length, for ASan */
        if (fread(data, 1, len, stdin) != len)
            return 1;
        const char *state = read_messages(head[0] == 'q' ? HTTP_REQUEST : HTTP_RESPONSE, data, len);
        (void)printf("\x1d%s\n", state);
        free(data);
    }
    return ferror(stdin) || fflush(stdout) != 0;
}
