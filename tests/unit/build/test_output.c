/* What go test prints: which of it is told, and which places it names. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "build/golang/test_output.h"

static struct affected packages;
static struct test_output output;
static struct buf shown;

static void show(void *data, const char *line)
{
    (void)data;
    (void)buf_printf(&shown, "%s\n", line);
}

static int begin(void **state)
{
    (void)state;
    packages = (struct affected){0};
    strs_push(&packages.packages, "example.com/shop/store");
    strs_push(&packages.dirs, "/shop/internal/store");
    strs_push(&packages.packages, "example.com/shop/web");
    strs_push(&packages.dirs, "/shop/web");
    buf_init(&shown, (size_t)1 << 20);
    output = (struct test_output){.packages = &packages, .root = "/shop", .show = show};
    return 0;
}

static int finish(void **state)
{
    (void)state;
    test_output_fini(&output);
    affected_fini(&packages);
    buf_fini(&shown);
    return 0;
}

static void say(const char *text, bool error)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        char *line = mem_string_n(text, len);
        test_output_line(&output, line, error);
        free(line);
        text += len + (text[len] == '\n');
    }
}

static void check_place(size_t i, const char *file, int line, const char *message)
{
    assert_true(output.diagnostics.list.len > i);
    const struct diagnostic *one = &output.diagnostics.list.at[i];
    assert_string_equal(one->file, file);
    assert_int_equal(one->line, line);
    assert_string_equal(one->message, message);
}

static void failures_are_told_and_placed(void **state)
{
    (void)state;
    say("ok  \texample.com/shop/web\t(cached)\n"
        "[GIN-debug] GET /text\n"
        "--- FAIL: TestPrice (0.01s)\n"
        "    price_test.go:7: want 3\n"
        "        got 4\n"
        "    --- FAIL: TestPrice/sub (0.00s)\n"
        "        price_test.go:9: deep\n"
        "a log line: x.go:12: no\n"
        "FAIL\n"
        "FAIL\texample.com/shop/store\t0.008s\n"
        "FAIL\n",
        false);
    test_output_end(&output);
    assert_int_equal(output.passed, 1);
    assert_int_equal(output.failed, 1);
    assert_string_equal(buf_text(&shown), "--- FAIL: TestPrice (0.01s)\n"
                                          "    price_test.go:7: want 3\n"
                                          "        got 4\n"
                                          "    --- FAIL: TestPrice/sub (0.00s)\n"
                                          "        price_test.go:9: deep\n"
                                          "FAIL\texample.com/shop/store\t0.008s\n");
    assert_int_equal(output.diagnostics.list.len, 2);
    check_place(0, "/shop/internal/store/price_test.go", 7, "want 3\n\tgot 4");
    check_place(1, "/shop/internal/store/price_test.go", 9, "deep");
}

static void a_panic_has_its_place_in_the_trace(void **state)
{
    (void)state;
    say("--- FAIL: TestP (0.00s)\n"
        "panic: ouch [recovered, repanicked]\n"
        "\n"
        "goroutine 26 [running]:\n"
        "testing.tRunner.func1.2({0xa2a0c0, 0xaf8630})\n"
        "\t/usr/local/go/src/testing/testing.go:1974 +0x232\n"
        "example.com/shop/web.TestP(0x3f924dec46c8?)\n"
        "\t/shop/web/web_test.go:10 +0x25\n"
        "\t/shop/web/web_test.go:99 +0x25\n"
        "FAIL\texample.com/shop/web\t0.008s\n",
        false);
    assert_int_equal(output.failed, 1);
    assert_int_equal(output.diagnostics.list.len, 1);
    check_place(0, "/shop/web/web_test.go", 10, "panic: ouch [recovered, repanicked]");
    assert_non_null(strstr(buf_text(&shown), "goroutine 26 [running]:\n"));
}

static void what_does_not_compile(void **state)
{
    (void)state;
    say("# example.com/shop/web [example.com/shop/web.test]\n"
        "web/web_test.go:3:12: undefined: y\n",
        true);
    say("# example.com/shop/store\n"
        "internal/store/store.go:9:3: fmt.Sprintf format %d has arg \"x\" of wrong type string\n"
        "FAIL\texample.com/shop/web [build failed]\n"
        "FAIL\texample.com/shop/store [build failed]\n"
        "FAIL\n",
        false);
    test_output_end(&output);
    assert_int_equal(output.failed, 2);
    assert_int_equal(output.diagnostics.list.len, 2);
    check_place(0, "/shop/web/web_test.go", 3, "undefined: y");
    assert_int_equal(output.diagnostics.list.at[0].column, 12);
    assert_string_equal(output.diagnostics.list.at[1].file, "/shop/internal/store/store.go");
    assert_string_equal(output.last, "web/web_test.go:3:12: undefined: y");
}

static void many_lines_are_bounded(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++)
        say("    a_test.go:7: again", false);
    say("FAIL\texample.com/shop/web\t0.1s\n    a_test.go:8: of nobody", false);
    assert_non_null(strstr(buf_text(&shown), "… and 800 more lines\n"));
    assert_int_equal(output.diagnostics.list.len, DIAGNOSTICS_MAX);
    assert_null(strstr(buf_text(&shown), "of nobody"));
    test_output_end(&output); /* killed before it named a package */
    assert_non_null(strstr(buf_text(&shown), "of nobody"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(failures_are_told_and_placed, begin, finish),
        cmocka_unit_test_setup_teardown(a_panic_has_its_place_in_the_trace, begin, finish),
        cmocka_unit_test_setup_teardown(what_does_not_compile, begin, finish),
        cmocka_unit_test_setup_teardown(many_lines_are_bounded, begin, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
