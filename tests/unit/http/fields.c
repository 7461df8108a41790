/* Values of fields: lists, hosts, media types, weights. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http/fields.h"

static void assert_text(struct http_text text, const char *expected)
{
    char *copy = mem_string_n(text.at ? text.at : "", text.len);
    assert_string_equal(copy, expected);
    free(copy);
}

static void lists_are_read(void **state)
{
    (void)state;
    struct http_text list = http_text_of(" a , \"b,\\\",c\";q=1,,\tD;x"), element;
    assert_true(http_list_has(list, "A"));
    assert_true(http_list_has(list, "d"));
    assert_false(http_list_has(list, "b"));
    assert_true(http_list_next(&list, &element));
    assert_text(element, "a");
    assert_true(http_list_next(&list, &element));
    assert_text(element, "\"b,\\\",c\";q=1");
    assert_true(http_list_next(&list, &element));
    assert_text(element, "D;x");
    assert_false(http_list_next(&list, &element));
    assert_false(http_list_has(http_text_of(NULL), "a"));
    assert_false(http_list_has(http_text_of("closed"), "close"));
}

static void hosts_are_read(void **state)
{
    static const struct {
        const char *value, *host;
        unsigned port;
        bool ok, loopback;
    } CASES[] = {
        {"localhost", "localhost", 0, true, true},
        {"LOCALHOST:8080", "LOCALHOST", 8080, true, true},
        {"app.localhost:1", "app.localhost", 1, true, true},
        {"127.0.0.1:80", "127.0.0.1", 80, true, true},
        {"127.255.1.9", "127.255.1.9", 0, true, true},
        {"[::1]:80", "::1", 80, true, true},
        {"[::2]", "::2", 0, true, false},
        {"127.0.0.1.example.org", "127.0.0.1.example.org", 0, true, false},
        {"127.1", "127.1", 0, true, false},
        {"127.0.0.", "127.0.0.", 0, true, false},
        {"127..0.0.1", "127..0.0.1", 0, true, false},
        {"notlocalhost", "notlocalhost", 0, true, false},
        {"localhost.example.org", "localhost.example.org", 0, true, false},
        {"", "", 0, false, false},
        {":80", "", 0, false, false},
        {"a:0", "", 0, false, false},
        {"a:99999", "", 0, false, false},
        {"a:8x", "", 0, false, false},
        {"[::1", "", 0, false, false},
        {"[::1]x", "", 0, false, false},
        {"[]", "", 0, false, false},
        {"a/b", "", 0, false, false},
        {"a@b", "", 0, false, false},
        {"a\\b", "", 0, false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct http_text host;
        uint16_t port;
        assert_int_equal(http_host_parse(http_text_of(CASES[i].value), &host, &port), CASES[i].ok);
        if (!CASES[i].ok)
            continue;
        assert_text(host, CASES[i].host);
        assert_int_equal(port, CASES[i].port);
        assert_int_equal(http_host_is_loopback(host), CASES[i].loopback);
    }
}

static void media_types_are_read(void **state)
{
    (void)state;
    assert_true(http_media_is(http_text_of("Text/HTML ; charset=utf-8"), "text/html"));
    assert_false(http_media_is(http_text_of("text/htmlx"), "text/html"));
    assert_false(http_media_is(http_text_of("text/htm"), "text/html"));
    assert_true(http_media_is(http_text_of("image/png"), "image/*"));
    assert_false(http_media_is(http_text_of("imag"), "image/*"));
    assert_text(http_parameter(http_text_of("a/b; x=1; Charset=\"utf-8\""), "charset"), "utf-8");
    assert_text(http_parameter(http_text_of("a/b; x=\";charset=no\""), "charset"), "");
}

static void fields_of_one_connection_are_known(void **state)
{
    (void)state;
    struct http_field fields[] = {
        {HTTP_TEXT("Connection"), HTTP_TEXT("x-mine, close")},
        {HTTP_TEXT("X-Mine"), HTTP_TEXT("1")},
        {HTTP_TEXT("X-Other"), HTTP_TEXT("1")},
        {HTTP_TEXT("keep-alive"), HTTP_TEXT("1")},
        {HTTP_TEXT("Transfer-Encoding"), HTTP_TEXT("1")},
        {HTTP_TEXT("Content-Type"), HTTP_TEXT("1")},
    };
    static const bool HOP[] = {true, true, false, true, true, false};
    struct http_head head = {.fields = fields, .field_count = 6};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(http_field_is_hop(&head, &fields[i]), HOP[i]);
}

static void texts_are_compared(void **state)
{
    (void)state;
    assert_true(http_text_same(HTTP_TEXT("a:1"), http_text_of("a:1")));
    assert_false(http_text_same(HTTP_TEXT("a:1"), HTTP_TEXT("A:1")));
    assert_false(http_text_same(HTTP_TEXT("a:1"), HTTP_TEXT("a:12")));
    assert_false(http_text_same(HTTP_TEXT(""), HTTP_TEXT("")));
    assert_false(http_text_same(http_text_of(NULL), http_text_of(NULL)));
}

static void what_is_sent_is_checked(void **state)
{
    (void)state;
    assert_true(http_name_ok(HTTP_TEXT("X-A")));
    assert_false(http_name_ok(HTTP_TEXT("")));
    assert_false(http_name_ok(HTTP_TEXT("A:")));
    assert_true(http_value_ok(HTTP_TEXT("")));
    assert_false(http_value_ok(HTTP_TEXT("a\r\nB: c")));
    assert_false(http_value_ok(HTTP_TEXT("a\0b")));
    assert_string_equal(http_reason(404), "Not Found");
    assert_string_equal(http_reason(599), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_compared),
        cmocka_unit_test(lists_are_read),
        cmocka_unit_test(hosts_are_read),
        cmocka_unit_test(media_types_are_read),
        cmocka_unit_test(fields_of_one_connection_are_known),
        cmocka_unit_test(what_is_sent_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
