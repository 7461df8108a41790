/* Defaults, file, variables, flags: the last one wins, and each value knows where it came from. */
#include "check.h"

#include "fixture.h"

static struct fixture fixture;

static int end(void **state)
{
    (void)state;
    fixture_fini(&fixture);
    return 0;
}

static const char *load(const char *text)
{
    return fixture_load(&fixture, PROJECT "/zonda.toml", text);
}

static struct origin origin(const char *section, const char *key)
{
    return fixture.config->origins[schema_find(section, key) - SCHEMA];
}

static void the_last_one_wins(void **state)
{
    static const char text[] = "[run]\nmax_retries = 4\n";
    (void)state;
    assert_string_equal(load(""), "");
    assert_int_equal(fixture.config->run.max_retries, 3);
    assert_int_equal(origin("run", "max_retries").kind, ORIGIN_DEFAULT);
    assert_string_equal(load(text), "");
    assert_int_equal(fixture.config->run.max_retries, 4);
    assert_int_equal(origin("run", "max_retries").kind, ORIGIN_FILE);
    assert_int_equal(origin("run", "max_retries").line, 2);
    assert_int_equal(origin("run", "max_retries").column, 15);
    strs_push(&fixture.env, "ZONDA_RUN_MAX_RETRIES=5");
    assert_string_equal(load(text), "");
    assert_int_equal(fixture.config->run.max_retries, 5);
    assert_int_equal(origin("run", "max_retries").kind, ORIGIN_VARIABLE);
    strs_push(&fixture.flags, "run.max_retries=6");
    assert_string_equal(load(text), "");
    assert_int_equal(fixture.config->run.max_retries, 6);
    assert_int_equal(origin("run", "max_retries").kind, ORIGIN_FLAG);
}

static void lists_replace_and_flags_append(void **state)
{
    (void)state;
    strs_push(&fixture.env, "ZONDA_RUN_ARGS=v,w");
    assert_string_equal(load("[run]\nargs = ['file']\n"), "");
    assert_int_equal(fixture.config->run.args.len, 2);
    strs_push(&fixture.flags, "run.args=a,b");
    strs_push(&fixture.flags, "run.args=c");
    assert_string_equal(load("[run]\nargs = ['file']\n"), "");
    assert_int_equal(fixture.config->run.args.len, 3);
    assert_string_equal(fixture.config->run.args.at[0], "a");
    assert_string_equal(fixture.config->run.args.at[2], "c");
}

static void one_variable_of_a_map(void **state)
{
    (void)state;
    strs_push(&fixture.flags, "run.env.PORT=9000");
    strs_push(&fixture.flags, "run.env.EMPTY=");
    assert_string_equal(load("[run]\nenv = { A = '1', PORT = '80' }\n"), "");
    assert_int_equal(fixture.config->run.env.len, 3);
    assert_string_equal(strs_env_get(&fixture.config->run.env, "PORT"), "9000");
    assert_string_equal(strs_env_get(&fixture.config->run.env, "EMPTY"), "");
}

static void root_keys_and_bare_booleans(void **state)
{
    (void)state;
    strs_push(&fixture.env, "ZONDA_TMP_DIR=made");
    strs_push(&fixture.flags, "clean_on_exit");
    assert_string_equal(load(""), "");
    assert_string_equal(fixture.config->tmp_dir, PROJECT "/made");
    assert_true(fixture.config->clean_on_exit);
}

static void mistakes_name_the_variable_or_the_flag(void **state)
{
    (void)state;
    strs_push(&fixture.env, "ZONDA_RUN_STOP_TIMEOUT=soon");
    strs_push(&fixture.flags, "watch.hidden=perhaps");
    strs_push(&fixture.flags, "watch.hiden=true");
    strs_push(&fixture.flags, "run.env.=x");
    strs_push(&fixture.flags, "run.args.x=y");
    assert_string_equal(
        load(""), "ZONDA_RUN_STOP_TIMEOUT: error: stop_timeout is 'soon', which is no duration\n"
                  "  hint: write a number and a unit: \"300ms\", \"5s\", \"2m\", \"1h\"\n"
                  "--watch.hidden: error: hidden is 'perhaps', but it must be true or false\n"
                  "--watch.hiden: error: there is no such key\n"
                  "  hint: man zonda.toml has all of them\n"
                  "--run.env.: error: env has no name of a variable after its dot\n"
                  "--run.args.x: error: there is no such key\n"
                  "  hint: man zonda.toml has all of them\n");
    assert_null(fixture.config);
}

/* Somebody else's variable may begin with ZONDA_, but not as a section does. */
static void unknown_variables(void **state)
{
    (void)state;
    strs_push(&fixture.env, "ZONDA_GENERATION=3");
    strs_push(&fixture.env, "ZONDA=/usr/bin/zonda");
    strs_push(&fixture.env, "ZONDA_BUILDER=x");
    strs_push(&fixture.env, "ZONDA_RUN_STOP_TIMOUT=5s");
    strs_push(&fixture.env, "ZONDA_LOG_BANANAS=5s");
    assert_string_equal(
        load(""), "ZONDA_RUN_STOP_TIMOUT: warning: the variable names no key of the configuration\n"
                  "  hint: did you mean ZONDA_RUN_STOP_TIMEOUT?\n"
                  "ZONDA_LOG_BANANAS: warning: the variable names no key of the configuration\n");
    assert_non_null(fixture.config);
}

/* Where the user stands is what a root on the command line is relative to. */
static void root_by_flag(void **state)
{
    (void)state;
    strs_push(&fixture.flags, "root=.");
    assert_string_equal(fixture_load(&fixture, "/elsewhere/zonda.toml", "root = 'x'\n"), "");
    assert_string_equal(fixture.config->root, PROJECT);
}

static void a_debugger_wants_symbols(void **state)
{
    (void)state;
    assert_string_equal(load("[debug]\noptimize = false\n"), "");
    assert_false(fixture.config->build.debug_info);
    assert_int_equal(fixture.config->build.flags.len, 0);
    assert_string_equal(load("[debug]\nport = 2345\n"), "");
    assert_true(fixture.config->build.debug_info);
    assert_int_equal(fixture.config->build.flags.len, 0);
    strs_push(&fixture.flags, "debug.port=2345");
    assert_string_equal(load("[debug]\noptimize = false\n[build]\nflags = ['-v']\n"), "");
    assert_true(fixture.config->build.debug_info);
    assert_string_equal(fixture.config->build.flags.at[0], "-v");
    assert_string_equal(fixture.config->build.flags.at[1], "-gcflags=all=-N -l");
    assert_non_null(strstr(load("[debug]\nport = 65536\n"), "65535"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_last_one_wins, end),
        cmocka_unit_test_teardown(lists_replace_and_flags_append, end),
        cmocka_unit_test_teardown(one_variable_of_a_map, end),
        cmocka_unit_test_teardown(root_keys_and_bare_booleans, end),
        cmocka_unit_test_teardown(mistakes_name_the_variable_or_the_flag, end),
        cmocka_unit_test_teardown(unknown_variables, end),
        cmocka_unit_test_teardown(root_by_flag, end),
        cmocka_unit_test_teardown(a_debugger_wants_symbols, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
