/* Which of Delve's breakpoints go on to the next version, and as what. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/breakpoints.h"

static void read_text(struct breakpoints *breakpoints, const char *list)
{
    struct buf text = BUF_INIT((size_t)1 << 22);
    struct err err;
    (void)buf_printf(&text, "{\"Breakpoints\":%s}", list);
    struct json *root = json_parse(buf_text(&text), text.len, &err);
    assert_non_null(root);
    breakpoints_read(breakpoints, root);
    json_free(root);
    buf_fini(&text);
}

#define MAIN_12                                                                                    \
    "{\"id\":2,\"name\":\"\",\"addr\":99,\"addrs\":[99],\"file\":\"/p/main.go\",\"line\":12}"

static void by_place_with_what_they_do(void **state)
{
    struct breakpoints breakpoints = {0};
    (void)state;
    read_text(
        &breakpoints,
        "[{\"id\":7,\"name\":\"here\",\"addr\":1,\"addrs\":[1],\"addrpid\":[3],"
        "\"file\":\"/p/a.go\",\"line\":3,\"functionName\":\"main.f\",\"Cond\":\"x > \\\"1\\\"\","
        "\"HitCond\":\"> 2\",\"stacktrace\":4,\"variables\":[\"x\",\"y\"],"
        "\"LoadArgs\":{\"MaxStringLen\":64},\"LoadLocals\":null,\"hitCount\":{\"1\":2},"
        "\"totalHitCount\":2,\"disabled\":true}," MAIN_12 "]");
    assert_int_equal(breakpoints.list.len, 2);
    assert_int_equal(breakpoints.list.at[0].id, 2); /* in the order in which they were set */
    assert_string_equal(breakpoints.list.at[0].place, "/p/main.go:12");
    assert_string_equal(breakpoints.list.at[0].params,
                        "{\"Breakpoint\":{\"name\":\"\",\"file\":\"/p/main.go\",\"line\":12}}");
    assert_false(breakpoints.list.at[0].disabled);
    assert_true(breakpoints.list.at[1].disabled);
    assert_string_equal(
        breakpoints.list.at[1].params,
        "{\"Breakpoint\":{\"name\":\"here\",\"file\":\"/p/a.go\",\"line\":3,"
        "\"Cond\":\"x > \\\"1\\\"\",\"HitCond\":\"> 2\",\"stacktrace\":4,"
        "\"variables\":[\"x\",\"y\"],\"LoadArgs\":{\"MaxStringLen\":64},\"LoadLocals\":null}}");
    breakpoints_fini(&breakpoints);
}

static void not_what_means_nothing_elsewhere(void **state)
{
    struct breakpoints breakpoints = {0};
    (void)state;
    read_text(&breakpoints,
              "[{\"id\":-1,\"name\":\"unrecovered-panic\",\"file\":\"/go/panic.go\",\"line\":1},"
              "{\"id\":1,\"name\":\"sourceBp Path=\\\"/p/a.go\\\" Line=3\",\"file\":\"/p/a.go\","
              "\"line\":3},"
              "{\"id\":2,\"file\":\"/p/a.go\",\"line\":3,\"WatchExpr\":\"x\"},"
              "{\"id\":3,\"file\":\"/p/a.go\",\"line\":3,\"traceReturn\":true},"
              "{\"id\":4,\"file\":\"\",\"line\":0,\"addrs\":[12]},"
              "{\"id\":5,\"file\":\"/p/a.go\"},"
              "7,null,\"x\",{}]");
    assert_int_equal(breakpoints.list.len, 0);
    assert_int_equal(breakpoints.ids.len, 5); /* but all are cleared */
    read_text(&breakpoints, "null");
    assert_int_equal(breakpoints.ids.len, 0);
    breakpoints_fini(&breakpoints);
}

static void those_without_a_place_wait_for_a_later_version(void **state)
{
    struct breakpoints breakpoints = {0};
    (void)state;
    read_text(&breakpoints, "[{\"id\":1,\"file\":\"/p/a.go\",\"line\":3}," MAIN_12 "]");
    breakpoints.list.at[0].unset = true;
    read_text(&breakpoints, "[" MAIN_12 "]");
    assert_int_equal(breakpoints.list.len, 2);
    assert_string_equal(breakpoints.list.at[0].place, "/p/main.go:12");
    assert_string_equal(breakpoints.list.at[1].place, "/p/a.go:3");
    assert_true(breakpoints.list.at[1].unset);
    breakpoints.list.at[1].unset = false; /* it was set */
    read_text(&breakpoints, "[]");        /* and then removed */
    assert_int_equal(breakpoints.list.len, 0);
    breakpoints_fini(&breakpoints);
}

static void not_without_end(void **state)
{
    struct breakpoints breakpoints = {0};
    struct buf list = BUF_INIT((size_t)1 << 20);
    (void)state;
    (void)buf_putc(&list, '[');
    for (int i = 1; i <= BREAKPOINTS_MAX + 5; i++)
        (void)buf_printf(&list, "%s{\"id\":%d,\"file\":\"/p/a.go\",\"line\":%d}", i > 1 ? "," : "",
                         i, i);
    (void)buf_putc(&list, ']');
    read_text(&breakpoints, buf_text(&list));
    assert_int_equal(breakpoints.list.len, BREAKPOINTS_MAX);
    breakpoints.list.at[0].unset = true;
    read_text(&breakpoints, buf_text(&list));
    assert_int_equal(breakpoints.list.len, BREAKPOINTS_MAX);
    buf_reset(&list);
    (void)buf_puts(&list, "[{\"id\":1,\"file\":\"/p/a.go\",\"line\":3,\"Cond\":\"");
    for (int i = 0; i < 70000; i++)
        (void)buf_putc(&list, 'x');
    (void)buf_puts(&list, "\"}]");
    breakpoints.list.at[0].unset = false;
    read_text(&breakpoints, buf_text(&list));
    assert_int_equal(breakpoints.list.len, 0);
    buf_fini(&list);
    breakpoints_fini(&breakpoints);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_place_with_what_they_do),
        cmocka_unit_test(not_what_means_nothing_elsewhere),
        cmocka_unit_test(those_without_a_place_wait_for_a_later_version),
        cmocka_unit_test(not_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
