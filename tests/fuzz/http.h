/* A connection's messages as text, read in pieces of step bytes; whatever step is, it is to be the
   same. */
#ifndef ZONDA_TESTS_FUZZ_HTTP_H
#define ZONDA_TESTS_FUZZ_HTTP_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "http/fields.h"
#include "http/head.h"
#include "http/parser.h"

#define HTTP_FUZZ_OUT ((size_t)1 << 24)

static inline void fuzz_put(struct buf *out, struct http_text text)
{
    if (text.len)
        (void)buf_append(out, text.at, text.len);
    (void)buf_putc(out, '|');
}

static inline void fuzz_fields(struct buf *out, const struct http_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!http_name_ok(fields[i].name) || !http_value_ok(fields[i].value))
            abort(); /* what was taken may be sent on */
        fuzz_put(out, fields[i].name);
        fuzz_put(out, fields[i].value);
    }
}

/* Content is put without marks of its pieces, which may differ. The bytes used, or a fault. */
static inline long fuzz_body(struct http_body *body, const char *data, size_t len, struct buf *out)
{
    size_t at = 0;
    while (at < len && !body->done) {
        struct http_text piece;
        long took = http_body_next(body, data + at, len - at, &piece);
        if (took < 0)
            return took;
        if (took == 0 || (size_t)took > len - at)
            abort();
        if (piece.len)
            (void)buf_append(out, piece.at, piece.len);
        at += (size_t)took;
    }
    return (long)at;
}

static inline long fuzz_head(enum http_kind kind, const char *data, size_t len, size_t step,
                             struct http_head *head, struct http_field *fields)
{
    struct http_scan scan = {0};
    for (size_t have = step < len ? step : len;; have = have + step < len ? have + step : len) {
        char *copy = mem_resize(NULL, have ? have : 1, 1); /* of the exact length, for ASan */
        memcpy(copy, data, have);
        long head_len = http_head_length(&scan, copy, have);
        free(copy);
        if (head_len > 0) {
            int fault = http_head_parse(head, kind, HTTP_GET, fields, data, (size_t)head_len);
            return fault ? fault : head_len;
        }
        if (head_len < 0 || have == len)
            return head_len;
    }
}

static inline void fuzz_messages(enum http_kind kind, const char *data, size_t len, size_t step,
                                 struct buf *out)
{
    static struct http_field fields[HTTP_FIELDS_MAX];
    for (size_t at = 0; at < len;) {
        struct http_head head;
        long used = fuzz_head(kind, data + at, len - at, step, &head, fields);
        (void)buf_printf(out, "\n%ld ", used);
        if (used <= 0)
            return;
        fuzz_put(out, head.method_text);
        fuzz_put(out, head.path);
        fuzz_put(out, head.query);
        fuzz_put(out, head.host);
        fuzz_put(out, head.reason);
        fuzz_fields(out, head.fields, head.field_count);
        struct http_head copy;
        void *memory = mem_new(http_head_copy_bytes(&head) + 1, 1);
        http_head_copy_into(&copy, memory, &head);
        if (copy.host.len != head.host.len ||
            (head.host.len && memcmp(copy.host.at, head.host.at, head.host.len) != 0))
            abort();
        free(memory);
        at += (size_t)used;
        struct http_body body;
        http_body_init(&body, head.framing, head.length);
        for (used = 0; at < len && !body.done && used >= 0; at += used > 0 ? (size_t)used : 0)
            used = fuzz_body(&body, data + at, step < len - at ? step : len - at, out);
        struct http_field trailers[HTTP_FIELDS_MAX];
        fuzz_fields(out, trailers, http_body_trailers(&body, trailers));
        (void)buf_printf(out, " %ld %d", used < 0 ? used : 0, body.done);
        bool on = body.done && used >= 0;
        http_body_fini(&body);
        if (!on)
            return;
    }
}

static inline int fuzz_http(enum http_kind kind, const uint8_t *data, size_t len)
{
    static const size_t STEPS[] = {1, 3, 64};
    struct buf whole = BUF_INIT(HTTP_FUZZ_OUT);
    if (len > 200000)
        return 0;
    fuzz_messages(kind, (const char *)data, len, len ? len : 1, &whole);
    for (size_t i = len > 4000 ? 2 : 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        struct buf pieces = BUF_INIT(HTTP_FUZZ_OUT);
        fuzz_messages(kind, (const char *)data, len, STEPS[i], &pieces);
        if (whole.len != pieces.len ||
            (whole.len && memcmp(whole.data, pieces.data, whole.len) != 0))
            abort();
        buf_fini(&pieces);
    }
    buf_fini(&whole);
    return 0;
}

#endif
