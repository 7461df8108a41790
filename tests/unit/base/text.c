/* buf, strs, err, clock: what holds and formats text. */
#include "check.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/strs.h"

static void buf_keeps_its_bound(void **state)
{
    struct buf buf = BUF_INIT(8);
    (void)state;
    assert_string_equal(buf_text(&buf), "");
    assert_int_equal(buf_puts(&buf, "12345678"), 0);
    assert_int_equal(buf_putc(&buf, '9'), -1);
    assert_true(buf.truncated);
    assert_int_equal(buf_puts(&buf, ""), -1);
    assert_string_equal(buf_text(&buf), "12345678");
    buf_reset(&buf);
    assert_int_equal(buf_printf(&buf, "%d-%s", 42, "ab"), 0);
    assert_int_equal(buf_printf(&buf, "%s", "toolong"), -1);
    assert_string_equal(buf_text(&buf), "42-ab");
    buf_consume(&buf, 3);
    assert_string_equal(buf_text(&buf), "ab");
    buf_consume(&buf, 99);
    assert_int_equal(buf.len, 0);
    buf_fini(&buf);
}

static void buf_gives_its_text_away(void **state)
{
    struct buf buf = BUF_INIT(100);
    (void)state;
    char *empty = buf_steal(&buf);
    assert_string_equal(empty, "");
    free(empty);
    (void)buf_puts(&buf, "text");
    char *text = buf_steal(&buf);
    assert_string_equal(text, "text");
    assert_int_equal(buf.len, 0);
    free(text);
    buf_fini(&buf);
}

static void strs_are_an_argv(void **state)
{
    struct strs list = {0};
    struct strs copy = {0};
    (void)state;
    for (int i = 0; i < 20; i++)
        strs_pushf(&list, "item %d", i);
    assert_int_equal(list.len, 20);
    assert_null(list.at[20]);
    assert_true(strs_has(&list, "item 19"));
    assert_false(strs_has(&list, "item"));
    strs_copy(&copy, &list);
    assert_true(strs_equal(&list, &copy));
    strs_push_n(&copy, "abc", 2);
    assert_string_equal(copy.at[20], "ab");
    const char *const words[] = {"go", "", "list", NULL};
    strs_push_all(&copy, words);
    assert_int_equal(copy.len, 24);
    assert_string_equal(copy.at[21], "go");
    assert_string_equal(copy.at[23], "list");
    assert_null(copy.at[24]);
    strs_push_all(&copy, words + 3); /* nothing */
    assert_int_equal(copy.len, 24);
    assert_false(strs_equal(&list, &copy));
    strs_clear(&list);
    assert_null(list.at[0]);
    strs_fini(&list);
    strs_fini(&copy);
}

static void strs_hold_an_environment(void **state)
{
    struct strs env = {0};
    (void)state;
    strs_env_set(&env, "PORT", "1");
    strs_env_set(&env, "PORTS", "2");
    strs_env_set(&env, "PORT", "3");
    assert_int_equal(env.len, 2);
    assert_string_equal(strs_env_get(&env, "PORT"), "3");
    assert_null(strs_env_get(&env, "POR"));
    struct strs more = {0};
    strs_push(&more, "PORTS=4=5");
    strs_push(&more, "HOST=::1");
    strs_push(&more, "BARE");
    strs_push(&more, "HOST=");
    strs_env_add(&env, &more);
    assert_int_equal(env.len, 4);
    assert_string_equal(env.at[1], "PORTS=4=5"); /* in its place */
    assert_string_equal(strs_env_get(&env, "PORT"), "3");
    assert_string_equal(strs_env_get(&env, "HOST"), "");
    assert_string_equal(strs_env_get(&env, "BARE"), "");
    strs_fini(&more);
    strs_fini(&env);
}

static void errors_say_what_and_why(void **state)
{
    struct err err;
    (void)state;
    assert_int_equal(err_system(&err, ENOENT, "cannot open %s", "x"), ERR_SYSTEM);
    assert_string_equal(err.message, "cannot open x: No such file or directory");
    err_place(&err, "%s:%d:%d", "a.toml", 3, 4);
    err_hint(&err, "try %s", "y");
    assert_string_equal(err.place, "a.toml:3:4");
    assert_string_equal(err.hint, "try y");
    assert_int_equal(err_set(&err, ERR_USAGE, "again"), ERR_USAGE);
    assert_string_equal(err.hint, ""); /* a new error has no old hint */
}

static void times_read_well(void **state)
{
    static const struct {
        uint64_t ns;
        const char *text;
    } CASES[] = {{850000, "850 µs"},
                 {12 * CLOCK_NS_PER_MS, "12 ms"},
                 {1240 * CLOCK_NS_PER_MS, "1.24 s"},
                 {185 * CLOCK_NS_PER_S, "3 min 5 s"}};
    char text[CLOCK_WALL_BYTES];
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        clock_format_duration(CASES[i].ns, text);
        assert_string_equal(text, CASES[i].text);
    }
    clock_format_utc(UINT64_C(1795528923456) * CLOCK_NS_PER_MS, text);
    assert_string_equal(text, "2026-11-24T14:02:03.456Z");
    assert_true(clock_mono_ns() <= clock_mono_ns());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buf_keeps_its_bound),     cmocka_unit_test(buf_gives_its_text_away),
        cmocka_unit_test(strs_are_an_argv),        cmocka_unit_test(strs_hold_an_environment),
        cmocka_unit_test(errors_say_what_and_why), cmocka_unit_test(times_read_well),
    };
    return cmocka_run_group_tests_name("base/text", tests, NULL, NULL);
}
