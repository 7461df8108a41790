#include "check.h"

#include <string.h>

#include "browser/panic.h"

static int find(const char *output, struct diagnostics *found)
{
    *found = (struct diagnostics){0};
    return panic_find(output, strlen(output), "/home/me/shop", found);
}

static void the_frames_of_the_app_are_found(void **state)
{
    struct diagnostics found;
    (void)state;
    int count = find("listening on :8080\n"
                     "panic: runtime error: index out of range [5] with length 3\n"
                     "\n"
                     "goroutine 1 [running]:\n"
                     "panic({0x5d8ba0?, 0xc000012345?})\n"
                     "\t/usr/local/go/src/runtime/panic.go:770 +0x132\n"
                     "example.com/shop/internal/store.Open({0x1, 0x2})\n"
                     "\t/home/me/shop/internal/store/store.go:41 +0x1d\n"
                     "main.main()\n"
                     "\t/home/me/shop/main.go:12 +0x25\n"
                     "exit status 2\n",
                     &found);
    assert_int_equal(count, 2);
    assert_string_equal(found.list.at[0].file, "/home/me/shop/internal/store/store.go");
    assert_int_equal(found.list.at[0].line, 41);
    assert_string_equal(found.list.at[0].message,
                        "panic: runtime error: index out of range [5] with length 3");
    assert_string_equal(found.list.at[1].file, "/home/me/shop/main.go");
    assert_string_equal(found.list.at[1].message, "main.main");
    diagnostics_fini(&found);
}

static void other_goroutines_are_left_out(void **state)
{
    struct diagnostics found;
    (void)state;
    int count = find("fatal error: all goroutines are asleep - deadlock!\n"
                     "\n"
                     "goroutine 1 [chan receive]:\n"
                     "main.main()\n"
                     "\t/home/me/shop/main.go:9 +0x1d\n"
                     "\n"
                     "goroutine 7 [select]:\n"
                     "main.wait()\n"
                     "\t/home/me/shop/wait.go:3 +0x5\n",
                     &found);
    assert_int_equal(count, 1);
    assert_int_equal(found.list.at[0].line, 9);
    diagnostics_fini(&found);
}

static void the_last_panic_counts(void **state)
{
    struct diagnostics found;
    (void)state;
    int count = find("panic: recovered by gin\n"
                     "goroutine 5 [running]:\n"
                     "main.handler()\n"
                     "\t/home/me/shop/handler.go:5 +0x5\n"
                     "\n"
                     "panic: the end\n"
                     "\n"
                     "goroutine 1 [running]:\n"
                     "main.main()\n"
                     "\t/home/me/shop/main.go:7\n",
                     &found);
    assert_int_equal(count, 1);
    assert_string_equal(found.list.at[0].message, "panic: the end");
    assert_int_equal(found.list.at[0].line, 7);
    diagnostics_fini(&found);
}

static void what_is_none_is_none(void **state)
{
    static const char *const WORDS[] = {
        "",
        "panic: without a goroutine",
        "goroutine 1 [running]:\nmain.main()\n\t/home/me/shop/main.go:7\n",
        "panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/home/me/shopping/main.go:7\n",
        "panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/home/me/shop/main.go:0\n",
        "panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/home/me/shop/main.go:\n",
        "panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/home/me/shop/main.go:99999999999\n",
        "panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t:7\n\t\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        struct diagnostics found;
        assert_int_equal(find(WORDS[i], &found), 0);
        assert_int_equal(found.list.len, 0);
        diagnostics_fini(&found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_frames_of_the_app_are_found),
        cmocka_unit_test(other_goroutines_are_left_out),
        cmocka_unit_test(the_last_panic_counts),
        cmocka_unit_test(what_is_none_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
