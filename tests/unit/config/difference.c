#include "check.h"

#include "fixture.h"

static struct fixture old, new_one;

static int end(void **state)
{
    (void)state;
    fixture_fini(&old);
    fixture_fini(&new_one);
    return 0;
}

/* What changes from one text to the other: effects, and the keys joined by blanks. */
static void is(const char *before, const char *after, unsigned effects, const char *keys)
{
    struct strs changed = {0};
    struct buf text = BUF_INIT(1024);
    assert_string_equal(fixture_load(&old, PROJECT "/zonda.toml", before), "");
    assert_string_equal(fixture_load(&new_one, PROJECT "/zonda.toml", after), "");
    assert_int_equal(config_difference(old.config, new_one.config, &changed), effects);
    STRS_EACH (key, &changed)
        (void)buf_printf(&text, "%s%s", text.len ? " " : "", *key);
    assert_string_equal(buf_text(&text), keys);
    buf_fini(&text);
    strs_fini(&changed);
}

static void says_what_must_be_done_again(void **state)
{
    (void)state;
    is("", "# a comment\n", EFFECT_NONE, "");
    is("", "[run]\nmax_retries = 3\n", EFFECT_NONE, ""); /* the default, written out */
    is("", "[run]\nargs = ['x']\n", EFFECT_RESTART, "run.args");
    is("[build]\ncommand = 'a'\n", "[build]\ncommand = 'b'\n", EFFECT_BUILD, "build.command");
    is("[build]\ncommand = 'a'\n", "[build]\ncommand = ['a']\n", EFFECT_BUILD, "build.command");
    is("", "[watch]\nextensions = ['x']\n", EFFECT_WATCH, "watch.extensions");
    is("", "[test]\non_reload = 'affected'\n", EFFECT_LIVE, "test.on_reload");
    is("", "[log]\nlevel = 'debug'\nmax_size = '1MiB'\n", EFFECT_LIVE, "log.level log.max_size");
    is("", "env_files = ['.env']\n", EFFECT_RESTART | EFFECT_BUILD, "env_files");
    is("[terminal]\nclear = true\n[run]\nenv = { A = '1' }\n", "", EFFECT_LIVE | EFFECT_RESTART,
       "run.env terminal.clear");
}

static void rules_are_asked_when_their_files_change(void **state)
{
    static const char rule[] = "[[rule]]\nmatch = 'a'\n";
    (void)state;
    is(rule, "\n\n[[rule]]\nmatch = ['a']\n", EFFECT_NONE, "");
    is("", rule, EFFECT_LIVE, "rule");
    is(rule, "[[rule]]\nmatch = 'b'\n", EFFECT_LIVE, "rule");
    is(rule, "[[rule]]\nmatch = 'a'\naction = 'refresh'\n", EFFECT_LIVE, "rule");
    is(rule, "[[rule]]\nmatch = 'a'\nexcept = 'b'\n", EFFECT_LIVE, "rule");
    is(rule, "[[rule]]\nmatch = 'a'\nexcept_regex = 'b'\n", EFFECT_LIVE, "rule");
    is("[[rule]]\nmatch = 'a'\naction = 'signal:HUP'\n",
       "[[rule]]\nmatch = 'a'\naction = 'signal:USR1'\n", EFFECT_LIVE, "rule");
    is("[[rule]]\nmatch = 'a'\ncommand = 'x'\n", "[[rule]]\nmatch = 'a'\ncommand = 'y'\n",
       EFFECT_LIVE, "rule");
}

static void a_file_that_appears(void **state)
{
    struct strs changed = {0};
    (void)state;
    (void)fixture_load(&old, NULL, NULL);
    (void)fixture_load(&new_one, PROJECT "/zonda.toml", "");
    assert_int_equal(config_difference(old.config, new_one.config, &changed), EFFECT_WATCH);
    assert_int_equal(changed.len, 1);
    strs_clear(&changed);
    strs_push(&new_one.config->app_args, "x");
    assert_int_equal(config_difference(old.config, new_one.config, &changed),
                     EFFECT_WATCH | EFFECT_RESTART);
    strs_fini(&changed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(says_what_must_be_done_again, end),
        cmocka_unit_test_teardown(rules_are_asked_when_their_files_change, end),
        cmocka_unit_test_teardown(a_file_that_appears, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
