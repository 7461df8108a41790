/* The strict parser: what is taken, what is refused and why, and the same wherever input is cut. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "http/chars.h"
#include "http/fields.h"
#include "http/head.h"

#define HOST "Host: a\r\n"

static void assert_text(struct http_text text, const char *expected)
{
    char *copy = mem_string_n(text.at ? text.at : "", text.len);
    assert_string_equal(copy, expected);
    free(copy);
}

struct parsed {
    struct http_head head;
    struct http_field fields[HTTP_FIELDS_MAX];
    long consumed; /* of the head, or a fault */
};

static void parse_len(struct parsed *parsed, enum http_kind kind, enum http_method request,
                      const char *data, size_t len)
{
    struct http_scan scan = {0};
    parsed->consumed = http_head_length(&scan, data, len);
    if (parsed->consumed <= 0)
        return;
    int fault = http_head_parse(&parsed->head, kind, request, parsed->fields, data,
                                (size_t)parsed->consumed);
    if (fault)
        parsed->consumed = fault;
}

static void parse(struct parsed *parsed, enum http_kind kind, enum http_method request,
                  const char *text)
{
    parse_len(parsed, kind, request, text, strlen(text));
}

/* --- what is taken --- */

static void a_request_is_read(void **state)
{
    (void)state;
    struct parsed parsed;
    const char *text = "POST /a/b?c=d&e HTTP/1.1\r\n"
                       "Host: example.org:8080\r\n"
                       "X-Empty:\r\n"
                       "X-Blank: \t two words\t \r\n"
                       "Content-Length: 12\r\n"
                       "Expect: 100-Continue\r\n"
                       "\r\nbody";
    parse(&parsed, HTTP_REQUEST, HTTP_METHOD_OTHER, text);
    assert_int_equal(parsed.consumed, (long)strlen(text) - 4);
    const struct http_head *head = &parsed.head;
    assert_int_equal(head->method, HTTP_POST);
    assert_text(head->method_text, "POST");
    assert_text(head->target, "/a/b?c=d&e");
    assert_text(head->path, "/a/b");
    assert_text(head->query, "c=d&e");
    assert_text(head->host, "example.org:8080");
    assert_int_equal(head->minor, 1);
    assert_int_equal(head->field_count, 5);
    assert_text(head->fields[1].value, "");
    assert_text(http_head_value(head, "x-blank"), "two words");
    assert_int_equal(head->framing, HTTP_BODY_LENGTH);
    assert_int_equal(head->length, 12);
    assert_true(head->keep_alive);
    assert_true(head->expects_continue);
    assert_false(head->upgrade);
}

static void a_copy_stands_alone(void **state)
{
    (void)state;
    struct parsed parsed;
    char *text = mem_string("GET http://h/p?q HTTP/1.1\r\nHost: other\r\nA: b\r\nC:\r\n\r\n");
    parse(&parsed, HTTP_REQUEST, HTTP_METHOD_OTHER, text);
    assert_true(parsed.consumed > 0);
    struct http_head copied, *copy = &copied;
    void *memory = mem_new(http_head_copy_bytes(&parsed.head), 1);
    http_head_copy_into(copy, memory, &parsed.head);
    memset(text, 'x', strlen(text));
    free(text);
    assert_text(copy->method_text, "GET");
    assert_text(copy->path, "/p");
    assert_text(copy->query, "q");
    assert_text(copy->host, "h");
    assert_text(copy->fields[1].value, "b");
    assert_text(copy->fields[2].name, "C");
    assert_text(copy->fields[2].value, "");
    free(memory);
}

static void targets_have_four_forms(void **state)
{
    static const struct {
        const char *line, *path, *host;
    } TAKEN[] = {
        {"GET / HTTP/1.1", "/", "a"},
        {"GET //x HTTP/1.1", "//x", "a"},
        {"OPTIONS * HTTP/1.1", "*", "a"},
        {"GET http://b HTTP/1.1", "/", "b"},
        {"GET HTTP://b:81?q HTTP/1.1", "/", "b:81"},
        {"GET https://[::1]:8/x HTTP/1.1", "/x", "[::1]:8"},
        {"CONNECT b:443 HTTP/1.1", "", "b:443"},
        {"PURGE /%7Bx{|}^ HTTP/1.1", "/%7Bx{|}^", "a"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof TAKEN / sizeof *TAKEN; i++) {
        struct parsed parsed;
        char *text = mem_format("%s\r\n" HOST "\r\n", TAKEN[i].line);
        parse(&parsed, HTTP_REQUEST, HTTP_METHOD_OTHER, text);
        assert_int_equal(parsed.consumed, (long)strlen(text));
        assert_text(parsed.head.path, TAKEN[i].path);
        assert_text(parsed.head.host, TAKEN[i].host);
        free(text);
    }
}

static void a_response_is_read(void **state)
{
    (void)state;
    struct parsed parsed;
    parse(&parsed, HTTP_RESPONSE, HTTP_GET,
          "HTTP/1.1 404 Not \xc3\xa4here\r\nTransfer-Encoding: Chunked\r\n\r\n");
    assert_true(parsed.consumed > 0);
    assert_int_equal(parsed.head.status, 404);
    assert_text(parsed.head.reason, "Not \xc3\xa4here");
    assert_int_equal(parsed.head.framing, HTTP_BODY_CHUNKED);
    parse(&parsed, HTTP_RESPONSE, HTTP_GET, "HTTP/1.0 200\r\nConnection: keep-alive\r\n\r\n");
    assert_int_equal(parsed.head.framing, HTTP_BODY_UNTIL_CLOSE);
    assert_false(parsed.head.keep_alive);
}

/* RFC 9112 §6.3, in its order. */
static void a_body_is_framed(void **state)
{
    static const struct {
        enum http_kind kind;
        enum http_method request;
        const char *text;
        enum http_framing framing;
        bool keep_alive;
    } CASES[] = {
        {HTTP_RESPONSE, HTTP_HEAD, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", HTTP_BODY_NONE,
         true},
        {HTTP_RESPONSE, HTTP_GET, "HTTP/1.1 304 N\r\nContent-Length: 5\r\n\r\n", HTTP_BODY_NONE,
         true},
        {HTTP_RESPONSE, HTTP_GET, "HTTP/1.1 204 N\r\n\r\n", HTTP_BODY_NONE, true},
        {HTTP_RESPONSE, HTTP_GET, "HTTP/1.1 100 C\r\n\r\n", HTTP_BODY_NONE, true},
        {HTTP_RESPONSE, HTTP_CONNECT, "HTTP/1.1 200 C\r\nContent-Length: 5\r\n\r\n", HTTP_BODY_NONE,
         true},
        {HTTP_RESPONSE, HTTP_CONNECT, "HTTP/1.1 400 C\r\nContent-Length: 5\r\n\r\n",
         HTTP_BODY_LENGTH, true},
        {HTTP_RESPONSE, HTTP_GET, "HTTP/1.1 200 C\r\nContent-Length: 0\r\n\r\n", HTTP_BODY_NONE,
         true},
        {HTTP_RESPONSE, HTTP_GET, "HTTP/1.1 200 C\r\n\r\n", HTTP_BODY_UNTIL_CLOSE, false},
        {HTTP_RESPONSE, HTTP_GET,
         "HTTP/1.1 200 C\r\nConnection: close\r\nContent-Length: 1\r\n\r\n", HTTP_BODY_LENGTH,
         false},
        {HTTP_REQUEST, HTTP_METHOD_OTHER, "GET / HTTP/1.1\r\n" HOST "\r\n", HTTP_BODY_NONE, true},
        {HTTP_REQUEST, HTTP_METHOD_OTHER, "GET / HTTP/1.0\r\n\r\n", HTTP_BODY_NONE, false},
        {HTTP_REQUEST, HTTP_METHOD_OTHER, "GET / HTTP/1.0\r\nConnection: a, Keep-Alive\r\n\r\n",
         HTTP_BODY_NONE, true},
        {HTTP_REQUEST, HTTP_METHOD_OTHER,
         "GET / HTTP/1.1\r\n" HOST "Connection: a\r\nConnection: b,,cLose\r\n\r\n", HTTP_BODY_NONE,
         false},
        {HTTP_REQUEST, HTTP_METHOD_OTHER,
         "GET / HTTP/1.1\r\n" HOST "transfer-encoding: chunked\r\n\r\n", HTTP_BODY_CHUNKED, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct parsed parsed;
        parse(&parsed, CASES[i].kind, CASES[i].request, CASES[i].text);
        assert_int_equal(parsed.consumed, (long)strlen(CASES[i].text));
        assert_int_equal(parsed.head.framing, CASES[i].framing);
        assert_int_equal(parsed.head.keep_alive, CASES[i].keep_alive);
    }
}

static void an_upgrade_needs_both_fields(void **state)
{
    (void)state;
    struct parsed parsed;
    parse(&parsed, HTTP_REQUEST, HTTP_METHOD_OTHER,
          "GET / HTTP/1.1\r\n" HOST
          "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n");
    assert_true(parsed.head.upgrade);
    parse(&parsed, HTTP_REQUEST, HTTP_METHOD_OTHER,
          "GET / HTTP/1.1\r\n" HOST "Upgrade: websocket\r\n\r\n");
    assert_true(parsed.consumed > 0);
    assert_false(parsed.head.upgrade);
    parse(&parsed, HTTP_RESPONSE, HTTP_GET,
          "HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
    assert_true(parsed.head.upgrade);
}

/* --- what is refused --- */

static void requests_are_refused(void **state)
{
    static const struct {
        const char *text;
        int fault;
    } REFUSED[] = {
        {"\x16\x03\x01", HTTP_FAULT_START},
        {"\r\nGET / HTTP/1.1\r\n" HOST "\r\n", HTTP_FAULT_START},
        {"GET / HTTP/1.1\n" HOST "\r\n", HTTP_FAULT_LINE},
        {"GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", HTTP_FAULT_LINE},
        {"GET / HTTP/1.1\r\nHost: a\r\n\n", HTTP_FAULT_LINE},
        {"GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", HTTP_FAULT_LINE},
        {"G(T / HTTP/1.1\r\n" HOST "\r\n", HTTP_FAULT_METHOD},
        {"GET\t/ HTTP/1.1\r\n" HOST "\r\n", HTTP_FAULT_METHOD},
        {"GETGETGETGETGETGETGETGETGETGETGET / HTTP/1.1\r\n" HOST "\r\n", HTTP_FAULT_METHOD},
        {"GET  / HTTP/1.1\r\n" HOST "\r\n", HTTP_FAULT_TARGET},
        {"GET /\xc3\xa4 HTTP/1.1\r\n" HOST "\r\n", HTTP_FAULT_TARGET},
        {"GET /\x7f HTTP/1.1\r\n" HOST "\r\n", HTTP_FAULT_TARGET},
        {"GET /#x HTTP/1.1\r\n" HOST "\r\n", HTTP_FAULT_TARGET},
        {"GET x HTTP/1.1\r\n" HOST "\r\n", HTTP_FAULT_TARGET},
        {"GET * HTTP/1.1\r\n" HOST "\r\n", HTTP_FAULT_TARGET},
        {"GET http:///x HTTP/1.1\r\n" HOST "\r\n", HTTP_FAULT_TARGET},
        {"GET http://u@b/x HTTP/1.1\r\n" HOST "\r\n", HTTP_FAULT_TARGET},
        {"GET ftp://b/x HTTP/1.1\r\n" HOST "\r\n", HTTP_FAULT_TARGET},
        {"CONNECT b HTTP/1.1\r\n" HOST "\r\n", HTTP_FAULT_TARGET},
        {"CONNECT /b HTTP/1.1\r\n" HOST "\r\n", HTTP_FAULT_TARGET},
        {"GET / HTTP/1.1 \r\n" HOST "\r\n", HTTP_FAULT_START},
        {"GET /  HTTP/1.1\r\n" HOST "\r\n", HTTP_FAULT_START},
        {"GET / http/1.1\r\n" HOST "\r\n", HTTP_FAULT_START},
        {"GET / HTTP/11\r\n" HOST "\r\n", HTTP_FAULT_START},
        {"GET /\r\n\r\n", HTTP_FAULT_TARGET},
        {"GET / HTTP/2.0\r\n" HOST "\r\n", HTTP_FAULT_VERSION},
        {"GET / HTTP/1.2\r\n" HOST "\r\n", HTTP_FAULT_VERSION},
        {"GET / HTTP/0.9\r\n" HOST "\r\n", HTTP_FAULT_VERSION},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HTTP_FAULT_VERSION},
        {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", HTTP_FAULT_NAME},
        {"GET / HTTP/1.1\r\n: a\r\n\r\n", HTTP_FAULT_NAME},
        {"GET / HTTP/1.1\r\nHost\r\n\r\n", HTTP_FAULT_NAME},
        {"GET / HTTP/1.1\r\nH\xc3\xb6st: a\r\n\r\n", HTTP_FAULT_NAME},
        {"GET / HTTP/1.1\r\n Host: a\r\n\r\n", HTTP_FAULT_FOLD},
        {"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", HTTP_FAULT_FOLD},
        {"GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n\r\n", HTTP_FAULT_FOLD},
        {"GET / HTTP/1.1\r\n" HOST "X: \x01\r\n\r\n", HTTP_FAULT_VALUE},
        {"GET / HTTP/1.1\r\n" HOST "X: \x7f\r\n\r\n", HTTP_FAULT_VALUE},
        {"GET / HTTP/1.1\r\n\r\n", HTTP_FAULT_HOST},
        {"GET / HTTP/1.1\r\n" HOST HOST "\r\n", HTTP_FAULT_HOST},
        {"GET / HTTP/1.0\r\n" HOST HOST "\r\n", HTTP_FAULT_HOST},
        {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", HTTP_FAULT_HOST},
        {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", HTTP_FAULT_HOST},
        {"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", HTTP_FAULT_HOST},
        {"GET / HTTP/1.1\r\nHost: a:\r\n\r\n", HTTP_FAULT_HOST},
        {"GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", HTTP_FAULT_HOST},
        {"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", HTTP_FAULT_HOST},
        {"GET / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
         HTTP_FAULT_LENGTH},
        {"GET / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
         HTTP_FAULT_LENGTH},
        {"GET / HTTP/1.1\r\n" HOST "Content-Length: 1, 1\r\n\r\n", HTTP_FAULT_LENGTH},
        {"GET / HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\n", HTTP_FAULT_LENGTH},
        {"GET / HTTP/1.1\r\n" HOST "Content-Length: +1\r\n\r\n", HTTP_FAULT_LENGTH},
        {"GET / HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n", HTTP_FAULT_LENGTH},
        {"GET / HTTP/1.1\r\n" HOST "Content-Length: 0x10\r\n\r\n", HTTP_FAULT_LENGTH},
        {"GET / HTTP/1.1\r\n" HOST "Content-Length: 1 2\r\n\r\n", HTTP_FAULT_LENGTH},
        {"GET / HTTP/1.1\r\n" HOST "Content-Length: 9223372036854775808\r\n\r\n",
         HTTP_FAULT_LENGTH},
        {"GET / HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551617\r\n\r\n",
         HTTP_FAULT_LENGTH},
        {"GET / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
         HTTP_FAULT_BOTH},
        {"GET / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
         HTTP_FAULT_BOTH},
        {"GET / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n", HTTP_FAULT_CODING},
        {"GET / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked, identity\r\n\r\n",
         HTTP_FAULT_CODING},
        {"GET / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\t\r\n\r\n", HTTP_FAULT_CODING},
        {"GET / HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n", HTTP_FAULT_CODING},
        {"GET / HTTP/1.1\r\n" HOST "Transfer-Encoding:\r\n\r\n", HTTP_FAULT_CODING},
        {"GET / HTTP/1.1\r\n" HOST
         "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
         HTTP_FAULT_CODING},
        {"GET / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n", HTTP_FAULT_CODING},
    };
    (void)state;
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        struct parsed parsed;
        parse(&parsed, HTTP_REQUEST, HTTP_METHOD_OTHER, REFUSED[i].text);
        if (parsed.consumed != REFUSED[i].fault)
            print_message("# case %zu: %s", i, REFUSED[i].text);
        assert_int_equal(parsed.consumed, REFUSED[i].fault);
        assert_true(http_fault_status(REFUSED[i].fault) >= 400);
        assert_true(strlen(http_fault_text(REFUSED[i].fault)) > 0);
    }
    struct parsed parsed;
    static const char NUL[] = "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n";
    parse_len(&parsed, HTTP_REQUEST, HTTP_METHOD_OTHER, NUL, sizeof NUL - 1);
    assert_int_equal(parsed.consumed, HTTP_FAULT_VALUE);
}

static void responses_are_refused(void **state)
{
    static const struct {
        const char *text;
        int fault;
    } REFUSED[] = {
        {"HTTP/1.1\r\n\r\n", HTTP_FAULT_START},
        {"HTTP/2.0 200 OK\r\n\r\n", HTTP_FAULT_VERSION},
        {"ICY 200 OKAY\r\n\r\n", HTTP_FAULT_START},
        {"HTTP/1.1 2000 OK\r\n\r\n", HTTP_FAULT_STATUS},
        {"HTTP/1.1 99 OK\r\n\r\n", HTTP_FAULT_STATUS},
        {"HTTP/1.1 600 OK\r\n\r\n", HTTP_FAULT_STATUS},
        {"HTTP/1.1  200 OK\r\n\r\n", HTTP_FAULT_STATUS},
        {"HTTP/1.1 101 S\r\nUpgrade: x\r\n\r\n", HTTP_FAULT_STATUS},
        {"HTTP/1.1 103 E\r\nContent-Length: 1\r\n\r\n", HTTP_FAULT_LENGTH},
        {"HTTP/1.1 200 O\x01K\r\n\r\n", HTTP_FAULT_LINE},
        {"HTTP/1.1 200 OK\r\nA : b\r\n\r\n", HTTP_FAULT_NAME},
        {"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", HTTP_FAULT_FOLD},
        {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", HTTP_FAULT_LENGTH},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", HTTP_FAULT_CODING},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n",
         HTTP_FAULT_BOTH},
    };
    (void)state;
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        struct parsed parsed;
        parse(&parsed, HTTP_RESPONSE, HTTP_GET, REFUSED[i].text);
        if (parsed.consumed != REFUSED[i].fault)
            print_message("# case %zu: %s", i, REFUSED[i].text);
        assert_int_equal(parsed.consumed, REFUSED[i].fault);
    }
}

static void heads_are_bounded(void **state)
{
    (void)state;
    struct buf text = BUF_INIT((size_t)1 << 20);
    struct parsed parsed;
    assert_int_equal(buf_puts(&text, "GET /"), 0);
    while (text.len < HTTP_TARGET_BYTES_MAX + 4)
        assert_int_equal(buf_putc(&text, 'x'), 0);
    struct buf whole = BUF_INIT((size_t)1 << 20);
    (void)buf_printf(&whole, "%s HTTP/1.1\r\n" HOST "\r\n", text.data);
    parse(&parsed, HTTP_REQUEST, HTTP_METHOD_OTHER, whole.data);
    assert_int_equal(parsed.consumed, (long)whole.len);
    buf_reset(&whole);
    (void)buf_printf(&whole, "%sx HTTP/1.1\r\n" HOST "\r\n", text.data);
    parse(&parsed, HTTP_REQUEST, HTTP_METHOD_OTHER, whole.data);
    assert_int_equal(parsed.consumed, HTTP_FAULT_TARGET_LONG);

    buf_reset(&whole);
    (void)buf_puts(&whole, "GET / HTTP/1.1\r\n" HOST);
    for (int i = 1; i < HTTP_FIELDS_MAX; i++)
        (void)buf_puts(&whole, "a:\r\n");
    size_t full = whole.len;
    (void)buf_puts(&whole, "\r\n");
    parse(&parsed, HTTP_REQUEST, HTTP_METHOD_OTHER, whole.data);
    assert_int_equal(parsed.consumed, (long)whole.len);
    whole.len = full;
    (void)buf_puts(&whole, "a:\r\n\r\n");
    parse(&parsed, HTTP_REQUEST, HTTP_METHOD_OTHER, whole.data);
    assert_int_equal(parsed.consumed, HTTP_FAULT_HEAD_LARGE);

    buf_reset(&whole);
    (void)buf_puts(&whole, "GET / HTTP/1.1\r\n" HOST "A: ");
    while (whole.len < HTTP_HEAD_BYTES_MAX - 4)
        (void)buf_putc(&whole, 'x');
    (void)buf_puts(&whole, "\r\n\r\n");
    parse(&parsed, HTTP_REQUEST, HTTP_METHOD_OTHER, whole.data);
    assert_int_equal(parsed.consumed, (long)HTTP_HEAD_BYTES_MAX);
    whole.len -= 4;
    (void)buf_puts(&whole, "x\r\n\r\n");
    parse(&parsed, HTTP_REQUEST, HTTP_METHOD_OTHER, whole.data);
    assert_int_equal(parsed.consumed, HTTP_FAULT_HEAD_LARGE);
    buf_fini(&whole);
    buf_fini(&text);
}

/* A head that comes byte by byte is found when its last byte is there, and not before. */
static void a_head_may_come_in_pieces(void **state)
{
    (void)state;
    const char *text = "GET / HTTP/1.1\r\nHost: a\r\nB: c\r\n\r\nrest";
    struct http_scan scan = {0};
    size_t len = strlen(text) - 4;
    for (size_t i = 0; i < len; i++)
        assert_int_equal(http_head_length(&scan, text, i), 0);
    assert_int_equal(http_head_length(&scan, text, len + 4), (long)len);
}

/* --- bodies --- */

/* Reads text in pieces of step bytes; content gathers in out. The bytes used, or the fault. */
static long read_body(enum http_framing framing, uint64_t length, const char *text, size_t step,
                      struct buf *out, struct buf *trailers)
{
    struct http_body body;
    http_body_init(&body, framing, length);
    size_t len = strlen(text), at = 0;
    long fault = 0;
    while (at < len && !body.done && !fault) {
        size_t piece_len = step < len - at ? step : len - at;
        const char *data = mem_string_n(text + at, piece_len); /* its exact length, for ASan */
        size_t used = 0;
        while (used < piece_len && !body.done && !fault) {
            struct http_text piece;
            long took = http_body_next(&body, data + used, piece_len - used, &piece);
            if (took < 0)
                fault = took;
            else
                used += (size_t)took;
            if (piece.len)
                assert_int_equal(buf_append(out, piece.at, piece.len), 0);
        }
        at += used;
        free((char *)data);
    }
    struct http_field fields[HTTP_FIELDS_MAX];
    size_t count = http_body_trailers(&body, fields);
    for (size_t i = 0; i < count; i++)
        (void)buf_printf(trailers, "%.*s=%.*s;", (int)fields[i].name.len, fields[i].name.at,
                         (int)fields[i].value.len, fields[i].value.at);
    if (!fault && !body.done)
        fault = http_body_end(&body);
    http_body_fini(&body);
    return fault ? fault : (long)at;
}

static void bodies_are_read(void **state)
{
    static const struct {
        enum http_framing framing;
        uint64_t length;
        const char *text, *content, *trailers;
        long used;
    } CASES[] = {
        {HTTP_BODY_LENGTH, 5, "helloGET", "hello", "", 5},
        {HTTP_BODY_LENGTH, 5, "hell", "hell", "", HTTP_FAULT_CUT},
        {HTTP_BODY_UNTIL_CLOSE, 0, "all of it", "all of it", "", 9},
        {HTTP_BODY_CHUNKED, 0, "5\r\nhello\r\n0\r\n\r\nGET", "hello", "", 15},
        {HTTP_BODY_CHUNKED, 0, "0a\r\n0123456789\r\n00\r\n\r\n", "0123456789", "", 22},
        {HTTP_BODY_CHUNKED, 0, "1;a=b;c=\"d\"\r\nx\r\n0;z\r\nA: b\r\nC:\r\n\r\nGET", "x", "A=b;C=;",
         33},
        {HTTP_BODY_CHUNKED, 0, "5\r\nhello\r\n0\r\n", "hello", "", HTTP_FAULT_CUT},
        {HTTP_BODY_CHUNKED, 0, "5\r\nhello0\r\n\r\n", "hello", "", HTTP_FAULT_CHUNK},
        {HTTP_BODY_CHUNKED, 0, "5\nhello\r\n0\r\n\r\n", "", "", HTTP_FAULT_CHUNK},
        {HTTP_BODY_CHUNKED, 0, "5 \r\nhello\r\n0\r\n\r\n", "", "", HTTP_FAULT_CHUNK},
        {HTTP_BODY_CHUNKED, 0, " 5\r\nhello\r\n0\r\n\r\n", "", "", HTTP_FAULT_CHUNK},
        {HTTP_BODY_CHUNKED, 0, "\r\nhello\r\n0\r\n\r\n", "", "", HTTP_FAULT_CHUNK},
        {HTTP_BODY_CHUNKED, 0, "0x5\r\nhello\r\n0\r\n\r\n", "", "", HTTP_FAULT_CHUNK},
        {HTTP_BODY_CHUNKED, 0, "-1\r\n", "", "", HTTP_FAULT_CHUNK},
        {HTTP_BODY_CHUNKED, 0, "5;a=\";\\\"\";b\r\nhello\r\n0\r\n\r\n", "hello", "", 25},
        {HTTP_BODY_CHUNKED, 0, "5;\r\nhello\r\n", "", "", HTTP_FAULT_CHUNK},
        {HTTP_BODY_CHUNKED, 0, "5;a=\r\nhello\r\n", "", "", HTTP_FAULT_CHUNK},
        {HTTP_BODY_CHUNKED, 0, "5;a=\"b\"c\r\nhello\r\n", "", "", HTTP_FAULT_CHUNK},
        {HTTP_BODY_CHUNKED, 0, "5; a\r\nhello\r\n", "", "", HTTP_FAULT_CHUNK},
        {HTTP_BODY_CHUNKED, 0, "5;a\nb\r\nhello\r\n", "", "", HTTP_FAULT_CHUNK},
        {HTTP_BODY_CHUNKED, 0, "1000000000000000\r\n", "", "", HTTP_FAULT_CHUNK},
        {HTTP_BODY_CHUNKED, 0, "ffffffffffffffffffffffff\r\n", "", "", HTTP_FAULT_CHUNK},
        {HTTP_BODY_CHUNKED, 0, "0\r\nA : b\r\n\r\n", "", "", HTTP_FAULT_TRAILER},
        {HTTP_BODY_CHUNKED, 0, "0\r\nA: b\n\r\n", "", "", HTTP_FAULT_TRAILER},
        {HTTP_BODY_CHUNKED, 0, "0\r\nContent-Length: 5\r\n\r\n", "", "", HTTP_FAULT_TRAILER},
        {HTTP_BODY_CHUNKED, 0, "0\r\n\n", "", "", HTTP_FAULT_TRAILER},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        for (size_t step = 1; step < 50; step++) {
            struct buf out = BUF_INIT(1000), trailers = BUF_INIT(1000);
            long used =
                read_body(CASES[i].framing, CASES[i].length, CASES[i].text, step, &out, &trailers);
            if (used != CASES[i].used)
                print_message("# case %zu, in steps of %zu", i, step);
            assert_int_equal(used, CASES[i].used);
            assert_string_equal(buf_text(&out), CASES[i].content);
            if (used > 0)
                assert_string_equal(buf_text(&trailers), CASES[i].trailers);
            buf_fini(&out);
            buf_fini(&trailers);
        }
}

static void extensions_and_trailers_are_bounded(void **state)
{
    (void)state;
    struct buf text = BUF_INIT((size_t)1 << 20), out = BUF_INIT(10);
    (void)buf_puts(&text, "1;");
    while (text.len < 2000)
        (void)buf_putc(&text, 'e');
    (void)buf_puts(&text, "\r\nx\r\n0\r\n\r\n");
    assert_int_equal(read_body(HTTP_BODY_CHUNKED, 0, text.data, 7, &out, &out), HTTP_FAULT_CHUNK);
    buf_reset(&text);
    (void)buf_puts(&text, "0\r\nA: ");
    while (text.len < HTTP_TRAILER_BYTES_MAX + 10)
        (void)buf_putc(&text, 'e');
    (void)buf_puts(&text, "\r\n\r\n");
    assert_int_equal(read_body(HTTP_BODY_CHUNKED, 0, text.data, 100, &out, &out),
                     HTTP_FAULT_TRAILER);
    buf_fini(&text);
    buf_fini(&out);
}

/* The table against the grammars: RFC 9110 §5.6.2 and §5.5, RFC 3986 §2.2 and §2.3. */
static void the_characters_are_those_of_the_grammars(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        bool token = alnum || (c && strchr("!#$%&'*+-.^_`|~", c));
        bool value = c == '\t' || (c >= ' ' && c != 0x7f);
        bool target = c > ' ' && c < 0x7f && c != '#';
        bool host = alnum || (c && strchr("-._~!$&'()*+,;=%", c));
        int classes = (token ? HTTP_CLASS_TOKEN : 0) | (value ? HTTP_CLASS_VALUE : 0) |
                      (target ? HTTP_CLASS_TARGET : 0) | (host ? HTTP_CLASS_HOST : 0);
        assert_int_equal(http_classes[c], classes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_read),
        cmocka_unit_test(a_copy_stands_alone),
        cmocka_unit_test(targets_have_four_forms),
        cmocka_unit_test(a_response_is_read),
        cmocka_unit_test(a_body_is_framed),
        cmocka_unit_test(an_upgrade_needs_both_fields),
        cmocka_unit_test(requests_are_refused),
        cmocka_unit_test(responses_are_refused),
        cmocka_unit_test(heads_are_bounded),
        cmocka_unit_test(a_head_may_come_in_pieces),
        cmocka_unit_test(bodies_are_read),
        cmocka_unit_test(extensions_and_trailers_are_bounded),
        cmocka_unit_test(the_characters_are_those_of_the_grammars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
