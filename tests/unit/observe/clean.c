#include "check.h"

#include <string.h>

#include "observe/clean.h"

static void check(const char *in, size_t len, bool controls, const char *expected)
{
    struct buf out = BUF_INIT(256);
    clean_text(in, len, controls, &out);
    assert_string_equal(buf_text(&out), expected);
    buf_fini(&out);
}

#define CLEAN(in, expected) check(in, sizeof(in) - 1, false, expected)

static void sequences_go(void **state)
{
    (void)state;
    CLEAN("plain", "plain");
    CLEAN("", "");
    CLEAN("\x1b[1;31mred\x1b[0m.", "red.");
    CLEAN("\x1b[38:5:1mx\x1b[?25l\x1b[2 q.", "x.");
    CLEAN("\x1b]0;title\x07.", ".");
    CLEAN("\x1b]8;;http://h\x1b\\link\x1b]8;;\x1b\\.", "link.");
    CLEAN("\x1bP1$r\x1b\\.", ".");
    CLEAN("\x1b(B\x1b=\x1b"
          "7.",
          ".");
    CLEAN("\x1b[31", ""); /* cut off */
    CLEAN("\x1b", "");
    CLEAN("a\x1b]never ends", "a");
    CLEAN("\x1b\x1b[0mx", "x");
    CLEAN("\x1b[3\x1b[0mx", "x");
}

static void controls_go(void **state)
{
    (void)state;
    CLEAN("a\tb\r\n\x08\x7f\x07"
          "c",
          "a\tbc");
    CLEAN("a\0b", "ab");
    CLEAN("caf\xc3\xa9 \xc2\xa0 \xc2\x9b"
          "31m",
          "caf\xc3\xa9 \xc2\xa0 31m");
    CLEAN("\xff\xc2", "\xff\xc2"); /* not UTF-8: left to whoever writes it */
}

static void controls_may_stay(void **state)
{
    (void)state;
    check("a\r\b\x1b[0m\0c", 9, true, "a\r\bc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequences_go),
        cmocka_unit_test(controls_go),
        cmocka_unit_test(controls_may_stay),
    };
    return cmocka_run_group_tests_name("observe/clean", tests, NULL, NULL);
}
