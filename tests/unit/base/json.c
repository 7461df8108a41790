#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

static struct err err;

static void commas_and_names_are_put(void **state)
{
    struct buf out = BUF_INIT(4096);
    struct json_writer json = {.out = &out};
    (void)state;
    json_object_begin(&json, NULL);
    json_int(&json, "a", INT64_MIN);
    json_array_begin(&json, "empty");
    json_array_end(&json);
    json_array_begin(&json, "list");
    json_object_begin(&json, NULL);
    json_object_end(&json);
    json_object_begin(&json, NULL);
    json_bool(&json, "t", true);
    json_object_end(&json);
    json_int(&json, NULL, 2);
    json_string(&json, NULL, NULL);
    json_array_end(&json);
    json_double(&json, "d", 1.5);
    json_double(&json, "nan", (double)NAN);
    json_string(&json, "na\"me", "x");
    json_object_end(&json);
    assert_string_equal(buf_text(&out),
                        "{\"a\":-9223372036854775808,\"empty\":[],"
                        "\"list\":[{},{\"t\":true},2,null],\"d\":1.500,\"nan\":null,"
                        "\"na\\\"me\":\"x\"}");
    buf_fini(&out);
}

static void what_was_read_is_written_again(void **state)
{
    static const char TEXT[] = "{\"a\":[1,-2.5,\"x\\\"\",null,true],\"b\":{}}";
    struct buf out = BUF_INIT(4096);
    struct json_writer json = {.out = &out};
    struct json *root = json_parse(TEXT, sizeof TEXT - 1, &err);
    (void)state;
    json_object_begin(&json, NULL);
    json_value(&json, "list", json_get(root, "a"));
    json_value(&json, "text", json_at(json_get(root, "a"), 2));
    json_value(&json, "none", json_get(root, "c"));
    json_value(&json, "whole", root);
    json_object_end(&json);
    assert_string_equal(buf_text(&out), "{\"list\":[1,-2.5,\"x\\\"\",null,true],"
                                        "\"text\":\"x\\\"\",\"none\":null,"
                                        "\"whole\":{\"a\":[1,-2.5,\"x\\\"\",null,true],\"b\":{}}}");
    json_free(root);
    buf_fini(&out);
}

/* What is written comes back: every byte below 0x80 but NUL, and characters of each length. */
static void text_makes_the_round_trip(void **state)
{
    char text[160];
    size_t len = 0;
    (void)state;
    for (int byte = 1; byte < 128; byte++)
        text[len++] = (char)byte;
    (void)memcpy(text + len, "é€😀\xef\xbf\xbf", 13);
    struct buf out = BUF_INIT(4096);
    struct json_writer json = {.out = &out};
    json_string(&json, NULL, text);
    struct json *root = json_parse(buf_text(&out), out.len, &err);
    assert_non_null(root);
    assert_string_equal(json_text(root), text);
    json_free(root);
    buf_fini(&out);
}

static void what_is_not_utf8_is_replaced(void **state)
{
#define R "\xef\xbf\xbd"
    static const struct {
        const char *in, *out;
    } CASES[] = {
        {"\xff", "\"" R "\""},
        {"a\x80z", "\"a" R "z\""},
        {"\xc3", "\"" R "\""},                        /* cut off */
        {"\xe2\x82", "\"" R "\""},                    /* one maximal subpart */
        {"\xe2\x82\"", "\"" R "\\\"\""},              /* the quote is not eaten */
        {"\xc0\x80", "\"" R R "\""},                  /* overlong */
        {"\xe0\x80\x80", "\"" R R R "\""},            /* overlong */
        {"\xed\xa0\x80", "\"" R R R "\""},            /* surrogate */
        {"\xf4\x90\x80\x80", "\"" R R R R "\""},      /* past U+10FFFF */
        {"\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""}, /* fine */
        {"\xf0\x9f\x98"
         "a",
         "\"" R "a\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct buf out = BUF_INIT(256);
        struct json_writer json = {.out = &out};
        json_string(&json, NULL, CASES[i].in);
        assert_string_equal(buf_text(&out), CASES[i].out);
        struct json *root = json_parse(buf_text(&out), out.len, &err);
        assert_non_null(root);
        json_free(root);
        buf_fini(&out);
    }
    struct buf out = BUF_INIT(256);
    struct json_writer json = {.out = &out};
    json_string_n(&json, NULL, "a\0b", 3);
    assert_string_equal(buf_text(&out), "\"a\\u0000b\"");
    buf_fini(&out);
}

static struct json *parse(const char *text)
{
    return json_parse(text, strlen(text), &err);
}

static void values_are_read_by_kind(void **state)
{
    (void)state;
    struct json *root = parse(
        "{\"s\":\"text\",\"n\":42,\"r\":1.5,\"t\":true,\"f\":false,\"l\":[1,\"two\"],\"z\":null}");
    assert_non_null(root);
    assert_string_equal(json_text(json_get(root, "s")), "text");
    assert_null(json_text(json_get(root, "n")));
    assert_int_equal(json_number(json_get(root, "n"), 7), 42);
    assert_int_equal(json_number(json_get(root, "r"), 7), 7);
    assert_int_equal(json_number(json_get(root, "s"), 7), 7);
    assert_true(json_truth(json_get(root, "t")));
    assert_false(json_truth(json_get(root, "f")));
    assert_false(json_truth(json_get(root, "n")));
    assert_int_equal(json_len(json_get(root, "l")), 2);
    assert_string_equal(json_text(json_at(json_get(root, "l"), 1)), "two");
    assert_null(json_at(json_get(root, "l"), 2));
    assert_null(json_get(json_get(root, "l"), "s"));
    assert_null(json_get(json_get(root, "absent"), "deeper"));
    assert_int_equal(json_len(NULL), 0);
    assert_null(json_text(NULL));
    assert_false(json_truth(NULL));
    json_free(root);
    json_free(NULL);
}

static void assert_scalar(const struct json *value, const char *wanted)
{
    struct buf out = BUF_INIT(100);
    assert_int_equal(json_scalar(value, &out), wanted != NULL);
    assert_string_equal(buf_text(&out), wanted ? wanted : "");
    buf_fini(&out);
}

static void scalars_become_text(void **state)
{
    static const char TEXT[] =
        "{\"s\":\"a \\\"b\",\"i\":-7,\"r\":2.5,\"t\":true,\"f\":false,\"n\":null,"
        "\"o\":{},\"l\":[]}";
    (void)state;
    struct json *root = json_parse(TEXT, sizeof TEXT - 1, &err);
    assert_scalar(json_get(root, "s"), "a \"b");
    assert_scalar(json_get(root, "i"), "-7");
    assert_scalar(json_get(root, "r"), "2.5");
    assert_scalar(json_get(root, "t"), "true");
    assert_scalar(json_get(root, "f"), "false");
    assert_scalar(json_get(root, "n"), "null");
    assert_scalar(json_get(root, "o"), NULL);
    assert_scalar(json_get(root, "l"), NULL);
    assert_scalar(json_get(root, "absent"), NULL);
    json_free(root);
}

static void mistakes_have_a_place(void **state)
{
    static const struct {
        const char *text, *line;
    } CASES[] = {
        {"", "1:"},
        {"{\n  \"a\": 1,\n  \"a\": 2\n}", "3:"}, /* twice the same name */
        {"{\"a\":1} x", "1:"},
        {"[1,]", "1:"},
        {"\"\\u0000\"", "1:"},
        {"\"\xff\"", "1:"},
        {"99999999999999999999", "1:"},
        {"{'a':1}", "1:"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        assert_null(parse(CASES[i].text));
        assert_int_equal(err.code, ERR_CONFIG);
        assert_memory_equal(err.place, CASES[i].line, strlen(CASES[i].line));
        assert_true(*err.message);
    }
}

static void depth_has_a_bound(void **state)
{
    size_t depth = 100000;
    char *text = mem_new(depth + 1, 1);
    (void)state;
    memset(text, '[', depth);
    assert_null(json_parse(text, depth, &err));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_and_names_are_put),
        cmocka_unit_test(what_was_read_is_written_again),
        cmocka_unit_test(text_makes_the_round_trip),
        cmocka_unit_test(what_is_not_utf8_is_replaced),
        cmocka_unit_test(values_are_read_by_kind),
        cmocka_unit_test(scalars_become_text),
        cmocka_unit_test(mistakes_have_a_place),
        cmocka_unit_test(depth_has_a_bound),
    };
    return cmocka_run_group_tests_name("base/json", tests, NULL, NULL);
}
