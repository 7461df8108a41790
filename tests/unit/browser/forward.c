/* Fields on both sides of the proxy: a head as text in, the fields as text out. */
#include "check.h"

#include <string.h>

#include "browser/forward.h"

#define RUN     "0123456789abcdef"
#define BROWSES "Sec-Fetch-Dest: document\r\n"

/* A parsed head with its storage. */
struct message {
    struct http_head head;
    struct http_field fields[HTTP_FIELDS_MAX];
};

static void parse(struct message *message, enum http_kind kind, const char *text)
{
    assert_int_equal(
        http_head_parse(&message->head, kind, HTTP_GET, message->fields, text, strlen(text)), 0);
}

static void equal(struct forward *forward, const char *wanted)
{
    struct buf out = BUF_INIT((size_t)1 << 16);
    for (size_t i = 0; i < forward->count; i++) {
        const struct http_field *field = &forward->fields[i];
        (void)buf_append(&out, field->name.at, field->name.len);
        (void)buf_puts(&out, ": ");
        (void)buf_append(&out, field->value.at, field->value.len);
        (void)buf_putc(&out, '\n');
    }
    assert_string_equal(buf_text(&out), wanted);
    buf_fini(&out);
    forward_fini(forward);
}

/* What the app gets of a request (without its request line) from a peer. */
static void asks(const char *line, const char *fields, const char *peer, const char *target,
                 const char *wanted)
{
    struct message message;
    struct forward forward;
    struct page page = {0};
    struct tcp_address address;
    struct err err;
    struct buf text = BUF_INIT((size_t)1 << 16);
    (void)buf_printf(&text, "%s\r\n%s\r\n", line, fields);
    parse(&message, HTTP_REQUEST, buf_text(&text));
    assert_int_equal(tcp_address_parse(&address, peer, 1234, &err), 0);
    page_request(&page, &message.head);
    forward_request(&forward, &message.head, &address, false, &page, RUN);
    assert_int_equal(forward.target.len, strlen(target));
    assert_memory_equal(forward.target.at, target, strlen(target));
    equal(&forward, wanted);
    buf_fini(&text);
}

/* What the client gets of an answer to a navigation, or to something else. */
static void answers(bool navigates, const char *head, const char *wanted)
{
    struct message message;
    struct forward forward;
    struct page page = {.candidate = navigates};
    parse(&message, HTTP_RESPONSE, head);
    page_response(&page, &message.head, RUN);
    forward_response(&forward, &message.head, &page, RUN);
    equal(&forward, wanted);
    page_fini(&page);
}

#define ADDED "X-Forwarded-For: 127.0.0.1\nX-Forwarded-Host: a\nX-Forwarded-Proto: http\n"

static void test_requests(void **state)
{
    (void)state;
    asks("GET /a?b HTTP/1.1", "Host: a\r\nX: 1\r\nx: 2\r\n", "127.0.0.1", "/a?b",
         "Host: a\nX: 1\nx: 2\n" ADDED);
    asks("GET / HTTP/1.1",
         "Host: a\r\nConnection: close, X-Mine\r\nX-Mine: 1\r\nKeep-Alive: 1\r\n"
         "Proxy-Connection: close\r\nTE: trailers\r\nUpgrade: x\r\n",
         "127.0.0.1", "/", "Host: a\n" ADDED);
    asks("GET / HTTP/1.0", "", "127.0.0.1", "/",
         "Host: localhost\nX-Forwarded-For: 127.0.0.1\nX-Forwarded-Proto: http\n");
    asks("OPTIONS * HTTP/1.1", "Host: a\r\n", "127.0.0.1", "*", "Host: a\n" ADDED);
    asks("GET http://b:81?q HTTP/1.1", "Host: a\r\n", "127.0.0.1", "/?q",
         "Host: b:81\nX-Forwarded-For: 127.0.0.1\nX-Forwarded-Host: b:81\n"
         "X-Forwarded-Proto: http\n");
    asks("GET http://b/c/d?q?r HTTP/1.1", "Host: b\r\n", "127.0.0.1", "/c/d?q?r",
         "Host: b\nX-Forwarded-For: 127.0.0.1\nX-Forwarded-Host: b\nX-Forwarded-Proto: http\n");
}

static void test_who_is_believed(void **state)
{
    (void)state;
    static const char BEFORE[] = "Host: a\r\nX-Forwarded-For: 1.2.3.4\r\n"
                                 "x-forwarded-for: 5.6.7.8\r\nX-Forwarded-Proto: https\r\n"
                                 "X-Forwarded-Host: b\r\n";
    asks("GET / HTTP/1.1", BEFORE, "::1", "/",
         "Host: a\nX-Forwarded-Proto: https\nX-Forwarded-Host: b\n"
         "X-Forwarded-For: 1.2.3.4, 5.6.7.8, ::1\n");
    asks("GET / HTTP/1.1", BEFORE, "192.0.2.1", "/",
         "Host: a\nX-Forwarded-For: 192.0.2.1\nX-Forwarded-Host: a\nX-Forwarded-Proto: http\n");
}

static void test_navigations(void **state)
{
    (void)state;
    asks("GET / HTTP/1.1",
         "Host: a\r\n" BROWSES "Accept-Encoding: gzip\r\nIf-None-Match: \"x\"\r\n"
         "If-Modified-Since: Sun, 01 Nov 2026 12:00:00 GMT\r\n",
         "127.0.0.1", "/", "Host: a\nSec-Fetch-Dest: document\nAccept-Encoding: identity\n" ADDED);
    asks("GET / HTTP/1.1",
         "Host: a\r\n" BROWSES "If-None-Match: \"x\", W/\"a;zonda-" RUN "s\", "
         "W/\"b,c;zonda-" RUN "w\", W/\"d;zonda-0000000000000000s\", W/\"zonda-" RUN "s\", *\r\n",
         "127.0.0.1", "/",
         "Host: a\nSec-Fetch-Dest: document\nIf-None-Match: \"a\", W/\"b,c\"\n" ADDED);
    asks("GET / HTTP/1.1", "Host: a\r\nAccept-Encoding: gzip\r\nIf-None-Match: \"x\"\r\n",
         "127.0.0.1", "/", "Host: a\nAccept-Encoding: gzip\nIf-None-Match: \"x\"\n" ADDED);
}

static void test_which_request_navigates(void **state)
{
    (void)state;
    static const struct {
        const char *line, *fields;
        bool candidate;
    } cases[] = {
        {"GET / HTTP/1.1", BROWSES, true},
        {"HEAD / HTTP/1.1", BROWSES, true},
        {"POST / HTTP/1.1", BROWSES, false},
        {"GET / HTTP/1.1", "Sec-Fetch-Dest: iframe\r\n", true},
        {"GET / HTTP/1.1", "Sec-Fetch-Dest: image\r\nAccept: text/html\r\n", false},
        {"GET / HTTP/1.1", "Accept: text/html;q=0.9, */*\r\n", true},
        {"GET / HTTP/1.1", "Accept: */*\r\n", false},
        {"GET / HTTP/1.1", "", false},
        {"GET / HTTP/1.1", BROWSES "HX-Request: true\r\n", false},
        {"GET / HTTP/1.1", BROWSES "hx-request: true\r\n", false},
        {"GET / HTTP/1.1", BROWSES "Datastar-Request: true\r\n", false},
        {"GET / HTTP/1.1", BROWSES "Range: bytes=0-\r\n", false},
        {"GET / HTTP/1.1", BROWSES "Connection: upgrade\r\nUpgrade: websocket\r\n", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct message message;
        struct page page = {0};
        struct buf text = BUF_INIT(4096);
        (void)buf_printf(&text, "%s\r\nHost: a\r\n%s\r\n", cases[i].line, cases[i].fields);
        parse(&message, HTTP_REQUEST, buf_text(&text));
        page_request(&page, &message.head);
        assert_int_equal(page.candidate, cases[i].candidate);
        buf_fini(&text);
    }
}

#define OK   "HTTP/1.1 200 OK\r\n"
#define HTML "Content-Type: text/html; charset=\"utf-8\"\r\n"

static void test_pages(void **state)
{
    (void)state;
    answers(true,
            OK HTML "Content-Length: 5\r\nAccept-Ranges: bytes\r\nETag: \"x\"\r\n"
                    "Last-Modified: Sun, 01 Nov 2026 12:00:00 GMT\r\nDigest: sha-256=x\r\n\r\n",
            "Content-Type: text/html; charset=\"utf-8\"\nETag: W/\"x;zonda-" RUN "s\"\n");
    answers(true, OK HTML "ETag: W/\"x\"\r\nConnection: close\r\n\r\n",
            "Content-Type: text/html; charset=\"utf-8\"\nETag: W/\"x;zonda-" RUN "w\"\n");
    answers(true, OK HTML "ETag: none\r\n\r\n", "Content-Type: text/html; charset=\"utf-8\"\n");
    answers(true, "HTTP/1.1 404 Not Found\r\nContent-Type: TEXT/HTML\r\nContent-Length: 1\r\n\r\n",
            "Content-Type: TEXT/HTML\n");
    answers(true,
            OK HTML "Content-Security-Policy: script-src 'none'\r\n"
                    "content-security-policy-report-only: default-src x\r\n\r\n",
            "Content-Type: text/html; charset=\"utf-8\"\n"
            "Content-Security-Policy: script-src 'self'\n"
            "content-security-policy-report-only: default-src x; script-src x 'self'; "
            "connect-src x 'self'\n");
    answers(true, "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nLast-Modified: y\r\n\r\n",
            "ETag: W/\"x;zonda-" RUN "s\"\n");
}

static void test_no_pages(void **state)
{
    (void)state;
    static const char *const same[] = {
        "Content-Type: text/plain",
        "Content-Type: text/html; charset=UTF-16LE",
        "Content-Type: text/html\r\nContent-Disposition: Attachment; filename=x",
        "Content-Type: text/html\r\nCache-Control: max-age=1, No-Transform",
        "Content-Type: text/html\r\nContent-Encoding: zstd",
        "Content-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Encoding: gzip"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        struct buf head = BUF_INIT(4096), wanted = BUF_INIT(4096);
        (void)buf_printf(&head, OK "%s\r\nETag: \"x\"\r\nAccept-Ranges: bytes\r\n\r\n", same[i]);
        for (const char *at = same[i]; *at; at++)
            if (*at != '\r')
                (void)buf_putc(&wanted, *at);
        (void)buf_puts(&wanted, "\nETag: \"x\"\nAccept-Ranges: bytes\n");
        answers(true, buf_text(&head), buf_text(&wanted));
        buf_fini(&head);
        buf_fini(&wanted);
    }
    answers(false, OK HTML "ETag: \"x\"\r\n\r\n",
            "Content-Type: text/html; charset=\"utf-8\"\nETag: \"x\"\n");
    answers(true, "HTTP/1.1 206 Partial Content\r\nContent-Type: text/html\r\nETag: \"x\"\r\n\r\n",
            "Content-Type: text/html\nETag: \"x\"\n");
    answers(false, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
            "Upgrade: x\n");
}

/* The answer itself, and that it be asked about each time, where it says nothing of that. */
static void revalidates(const char *head, const char *wanted)
{
    struct message message;
    struct forward forward;
    struct page page = {0};
    parse(&message, HTTP_RESPONSE, head);
    forward_response(&forward, &message.head, &page, RUN);
    forward_revalidate(&forward, &message.head);
    equal(&forward, wanted);
}

static void test_revalidates(void **state)
{
    (void)state;
    revalidates("HTTP/1.1 200 OK\r\nLast-Modified: x\r\n\r\n",
                "Last-Modified: x\nCache-Control: no-cache\n");
    revalidates("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n",
                "ETag: \"a\"\nCache-Control: no-cache\n");
    revalidates("HTTP/1.1 200 OK\r\ncache-control: max-age=60\r\n\r\n",
                "cache-control: max-age=60\n");
    revalidates("HTTP/1.1 200 OK\r\nExpires: 0\r\n\r\n", "Expires: 0\n");
    /* A file that may still change within the second it bears. */
    revalidates("HTTP/1.1 200 OK\r\nLast-Modified: Sun, 01 Nov 2026 12:00:00 GMT\r\nA: b\r\n"
                "Date: Sun, 01 Nov 2026 12:00:00 GMT\r\n\r\n",
                "A: b\nDate: Sun, 01 Nov 2026 12:00:00 GMT\nCache-Control: no-cache\n");
    revalidates("HTTP/1.1 200 OK\r\nLast-Modified: Sun, 01 Nov 2026 12:00:00 GMT\r\n"
                "Date: Sun, 01 Nov 2026 12:00:01 GMT\r\n\r\n",
                "Last-Modified: Sun, 01 Nov 2026 12:00:00 GMT\n"
                "Date: Sun, 01 Nov 2026 12:00:01 GMT\nCache-Control: no-cache\n");
    revalidates("HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", "Location: /\n");
    revalidates("HTTP/1.1 404 Not Found\r\nA: b\r\n\r\n", "A: b\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),    cmocka_unit_test(test_who_is_believed),
        cmocka_unit_test(test_navigations), cmocka_unit_test(test_which_request_navigates),
        cmocka_unit_test(test_pages),       cmocka_unit_test(test_no_pages),
        cmocka_unit_test(test_revalidates),
    };
    return cmocka_run_group_tests_name("browser/forward", tests, NULL, NULL);
}
