#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "config/reading.h"
#include "config/value.h"

static struct config *config;
static struct err err;

static int begin(void **state)
{
    (void)state;
    config = config_new();
    return 0;
}

static int end(void **state)
{
    (void)state;
    config_free(config);
    return 0;
}

static int set(const char *section, const char *key, const char *text)
{
    return value_set_text(schema_find(section, key), config, text, false, &err);
}

static void refused(const char *section, const char *key, const char *text, const char *message,
                    const char *hint)
{
    assert_int_equal(set(section, key, text), ERR_CONFIG);
    assert_string_equal(err.message, message);
    assert_string_equal(err.hint, hint);
}

static void durations(void **state)
{
    static const struct {
        const char *text;
        uint64_t ms;
    } right[] = {{"300ms", 300}, {"1.5s", 1500}, {"1m30s", 90000}, {"2h", 7200000},
                 {"500", 500},   {"0", 0},       {"5 s", 5000},    {"0.25s", 250}};
    static const char *const wrong[] = {"",    "s",   "5 parsecs", "-5s",   "1.5",   "5S",
                                        "1s ", "1s2", ".5s",       "1..5s", "0x10ms"};
    uint64_t ms;
    (void)state;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        assert_int_equal(value_duration(right[i].text, &ms, &err), 0);
        assert_int_equal(ms, right[i].ms);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(value_duration(wrong[i], &ms, &err), ERR_CONFIG);
    /* What is far too large is still a number, for the range to refuse. */
    assert_int_equal(value_duration("99999999999999999999999h", &ms, &err), 0);
    assert_true(ms > UINT64_C(1) << 40);
}

static void sizes(void **state)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } right[] = {{"4096", 4096},     {"64KiB", 65536}, {"10MiB", 10485760},
                 {"10MB", 10000000}, {"1.5K", 1536},   {"1GiB", 1073741824},
                 {"7B", 7}};
    uint64_t bytes;
    (void)state;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        assert_int_equal(value_size(right[i].text, &bytes, &err), 0);
        assert_int_equal(bytes, right[i].bytes);
    }
    assert_int_equal(value_size("10 potatoes", &bytes, &err), ERR_CONFIG);
    assert_int_equal(value_size("1MiB1KiB", &bytes, &err), ERR_CONFIG);
}

static void each_type_from_text(void **state)
{
    (void)state;
    assert_int_equal(set("watch", "hidden", "yes"), 0);
    assert_true(config->watch.hidden);
    assert_int_equal(set("watch", "hidden", "off"), 0);
    assert_false(config->watch.hidden);
    assert_int_equal(set("run", "max_retries", "7"), 0);
    assert_int_equal(config->run.max_retries, 7);
    assert_int_equal(set("run", "stop_timeout", "2s"), 0);
    assert_int_equal(config->run.stop_timeout_ms, 2000);
    assert_int_equal(set("log", "max_size", "1MiB"), 0);
    assert_int_equal(config->log.max_size_bytes, 1048576);
    assert_int_equal(set("watch", "backend", "poll"), 0);
    assert_int_equal(config->watch.backend, WATCH_POLL);
    assert_int_equal(set("run", "ready_path", "/health/z?full=1"), 0);
    assert_string_equal(config->run.ready_path, "/health/z?full=1");
    assert_int_equal(set("run", "ready_path", ""), 0);
    refused("run", "ready_path", "health", "ready_path is 'health', which is no path of a URL",
            "begin it with / and write blanks and the like as %20");
    assert_int_equal(set("run", "ready_path", "/a b"), ERR_CONFIG);
    assert_int_equal(set("run", "ready_path", "/a\r\nHost: b"), ERR_CONFIG);
    assert_int_equal(set("run", "ready_log", "^up (and|or) running$"), 0);
    assert_int_equal(set("run", "ready_log", "up ("), ERR_CONFIG);
    assert_int_equal(set("run", "ready_port", "65536"), ERR_CONFIG);
    assert_int_equal(set("run", "stop_signal", "INT"), 0);
    assert_int_equal(config->run.stop_signal, 2);
    assert_int_equal(set("terminal", "color_main", "red"), 0);
    assert_string_equal(config->terminal.color_main, "red");
    assert_int_equal(set("build", "command", "make"), 0);
    assert_string_equal(config->build.command.line, "make");
    assert_int_equal(set("build", "command", ""), 0); /* the default again */
    assert_null(config->build.command.line);
}

static void lists_by_commas(void **state)
{
    (void)state;
    assert_int_equal(set("run", "args", "a,b\\,c,d"), 0);
    assert_int_equal(config->run.args.len, 3);
    assert_string_equal(config->run.args.at[1], "b,c");
    assert_int_equal(value_set_text(schema_find("run", "args"), config, "e", true, &err), 0);
    assert_int_equal(config->run.args.len, 4);
    assert_int_equal(set("run", "args", ""), 0);
    assert_int_equal(config->run.args.len, 0);
    assert_int_equal(set("run", "env", "A=1,B=2,A=3"), 0);
    assert_int_equal(config->run.env.len, 2);
    assert_string_equal(strs_env_get(&config->run.env, "A"), "3");
}

static void mistakes(void **state)
{
    (void)state;
    refused("watch", "hidden", "ja", "hidden is 'ja', but it must be true or false", "");
    refused("run", "max_retries", "3x", "max_retries is '3x', but it must be a whole number", "");
    refused("run", "max_restarts", "0", "max_restarts is 0, but it must be at least 1",
            "from 1 to 1000000");
    refused("watch", "poll_interval", "10ms", "poll_interval is 10ms, but it must be at least 50ms",
            "from 50ms to 1h");
    refused("log", "max_size", "1B", "max_size is 1B, but it must be at least 4KiB",
            "from 4KiB to 1024GiB");
    refused("run", "stop_timeout", "soon", "stop_timeout is 'soon', which is no duration",
            "write a number and a unit: \"300ms\", \"5s\", \"2m\", \"1h\"");
    refused("watch", "backend", "pol", "backend is 'pol', which is not known",
            "did you mean poll? One of auto, events, poll");
    refused("run", "stop_signal", "TREM", "stop_signal is 'TREM', which is no signal",
            "write a name such as SIGTERM, SIGINT, SIGHUP or SIGKILL");
    refused("terminal", "color_main", "pink", "color_main is 'pink', which is not known",
            "one of red, green, yellow, blue, magenta, cyan, white, raw");
    refused("build", "command", "  ", "command is empty", "leave the key out for the default");
    refused("run", "args", "a,,b", "args has an empty element", "");
    refused("run", "env", "A", "env has 'A', which is not NAME=value", "");
    assert_int_equal(set("build", "command", "cp 'a b"), ERR_CONFIG);
    assert_non_null(strstr(err.message, "quote"));
    assert_int_equal(set("watch", "exclude", "ok,[a"), ERR_CONFIG);
    assert_int_equal(set("watch", "exclude_regex", "("), ERR_CONFIG);
    /* What was there stays. */
    assert_int_equal(config->watch.exclude.len, 0);
    assert_int_equal(config->watch.backend, WATCH_AUTO);
    assert_int_equal(config->run.max_restarts, 30);
}

static void paths(void **state)
{
    static const struct {
        const char *given, *wanted;
    } cases[] = {{"a/../b", "/root dir/b"}, {"/x//y/", "/x/y"}, {".", "/root dir"}, {"", ""}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *path = value_path("/root dir", cases[i].given);
        assert_string_equal(path, cases[i].wanted);
        free(path);
    }
    assert_int_equal(setenv("HOME", "/home/me", 1), 0);
    char *path = value_path("/r", "~/a");
    assert_string_equal(path, "/home/me/a");
    free(path);
    path = value_path("/r", "~a");
    assert_string_equal(path, "/r/~a");
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(durations, begin, end),
        cmocka_unit_test_setup_teardown(sizes, begin, end),
        cmocka_unit_test_setup_teardown(each_type_from_text, begin, end),
        cmocka_unit_test_setup_teardown(lists_by_commas, begin, end),
        cmocka_unit_test_setup_teardown(mistakes, begin, end),
        cmocka_unit_test_setup_teardown(paths, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
