/* The command line: what is understood, and what is said about the rest. */
#include "check.h"

#include <string.h>

#include "base/buf.h"
#include "command/arguments.h"

#define WORDS_MAX 10

/* Parses NULL-terminated words after "zonda". */
static int parse(const char *const *words, struct arguments *arguments,
                 const struct command_entry **command, struct err *err)
{
    char *argv[WORDS_MAX + 2] = {(char *)(uintptr_t) "zonda"};
    int argc = 1;
    for (; words[argc - 1]; argc++)
        argv[argc] = (char *)(uintptr_t)words[argc - 1];
    return arguments_parse(argc, argv, arguments, command, err);
}

/* One line: the command, then the flags, words and app_args joined by commas. */
static void describe(const struct arguments *arguments, const struct command_entry *command,
                     struct buf *out)
{
    const struct strs *lists[] = {&arguments->flags, &arguments->words, &arguments->app_args};
    (void)buf_puts(out, command->name);
    for (size_t i = 0; i < 3; i++) {
        (void)buf_puts(out, " |");
        STRS_EACH (item, lists[i]) {
            (void)buf_printf(out, "%s%s", item == lists[i]->at ? "" : ",", *item);
        }
    }
}

static void understands(void **state)
{
    static const struct {
        const char *words[WORDS_MAX];
        const char *wanted; /* command |flags |words |app_args */
    } cases[] = {
        {{NULL}, "run | | |"},
        {{"run", NULL}, "run | | |"},
        {{"--", "-x", "run", "--", "--json", NULL}, "run | | |-x,run,--,--json"},
        {{"run", "--", "serve", NULL}, "run | | |serve"},
        {{"--build.package=./cmd/api", NULL}, "run |build.package=./cmd/api | |"},
        {{"--build.package", "./cmd/api", "run", NULL}, "run |build.package=./cmd/api | |"},
        {{"--build.package=", NULL}, "run |build.package= | |"},
        {{"--build.package=a=b", NULL}, "run |build.package=a=b | |"},
        {{"--watch.hidden", "run", NULL}, "run |watch.hidden=true | |"},
        {{"--watch.hidden=false", NULL}, "run |watch.hidden=false | |"},
        {{"--run.stop-timeout=1s", NULL}, "run |run.stop_timeout=1s | |"},
        {{"--build.env.CGO_ENABLED=0", NULL}, "run |build.env.CGO_ENABLED=0 | |"},
        {{"--tmp_dir=t", NULL}, "run |tmp_dir=t | |"},
        {{"--log", "json", NULL}, "run |log.format=json | |"},
        {{"--log=text", "-d", NULL}, "run |log.format=text,log.level=debug | |"},
        {{"validate", NULL}, "validate | | |"},
        {{"validate", "a.toml", "b.toml", NULL}, "validate | |a.toml,b.toml |"},
        {{"validate", "--", "-odd.toml", NULL}, "validate | |-odd.toml |"},
        {{"validate", "-", NULL}, "validate | |- |"},
        {{"explain", "run", NULL}, "explain | |run |"},
        {{"--json", "status", NULL}, "status | | |"},
        {{"--help", NULL}, "help | | |"},
        {{"-h", NULL}, "help | | |"},
        {{"--version", NULL}, "version | | |"},
        {{"run", "-v", NULL}, "version | | |"},
        {{"help", "wait", NULL}, "help | |wait |"},
        {{"wait", "--help", "whatever", NULL}, "wait | |whatever |"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arguments arguments;
        const struct command_entry *command = NULL;
        struct err err = {0};
        struct buf got = BUF_INIT((size_t)1000);
        if (parse(cases[i].words, &arguments, &command, &err))
            fail_msg("case %zu (%s): %s", i, cases[i].wanted, err.message);
        describe(&arguments, command, &got);
        assert_string_equal(buf_text(&got), cases[i].wanted);
        buf_fini(&got);
        arguments_fini(&arguments);
    }
}

static void refuses(void **state)
{
    static const struct {
        const char *words[WORDS_MAX];
        const char *message, *hint; /* parts of them */
    } cases[] = {
        {{"serve", NULL}, "no command serve", "zonda -- serve"},
        {{"statsu", NULL}, "no command statsu", "did you mean zonda status?"},
        {{".", NULL}, "no command .", "zonda --build.package=.; for the app: zonda -- ."},
        {{"run", "../..", NULL}, "take the word ../..", "zonda --build.package=../..;"},
        {{"/no/such", NULL}, "no command /no/such", "arguments for the app go after --"},
        {{"run", "/tmp", NULL}, "does not take the word /tmp", "--build.package=/tmp"},
        {{"status", "api", "now", NULL}, "does not take the word now", "usage: zonda status"},
        {{"--build.pakage=x", NULL}, "unknown option --build.pakage", "--build.package"},
        {{"--forec", NULL}, "unknown option --forec", "--force"},
        {{"--qqqqqqqqqqqq", NULL}, "unknown option", "after --"},
        {{"-build.cmd", "x", NULL}, "unknown option -build.cmd", "--build.cmd"},
        {{"-x", NULL}, "unknown option -x", "--"},
        {{"-jq", NULL}, "unknown option -jq", "--"},
        {{"--build.package", NULL}, "--build.package has no value", "--build.package=VALUE"},
        {{"--build.package", "--", "x", NULL}, "--build.package has no value", ""},
        {{"-c", NULL}, "--config has no value", ""},
        {{"wait", "--json=1", NULL}, "--json takes no value", ""},
        {{"init", "--json", NULL}, "zonda init has no option --json", "zonda init --help"},
        {{"--force", NULL}, "zonda run has no option --force", ""},
        {{"wait", "--build.package=x", NULL}, "does not take keys", ""},
        {{"wait", "--timeout", "soon", NULL}, "soon, which is no duration", "500ms"},
        {{"wait", "--timeout=60", NULL}, "60, which is no duration", "60s"},
        {{"wait", "--timeout=-1s", NULL}, "no duration", ""},
        {{"wait", "--timeout=99999999999h", NULL}, "no duration", ""},
        {{"bench", "--rounds=0", NULL}, "from 1 to 1000", ""},
        {{"bench", "--rounds=many", NULL}, "--rounds is many", ""},
        {{"bench", "--port=65536", NULL}, "from 1 to 65535", ""},
        {{"bench", "--install=yes", NULL}, "--install takes no value", ""},
        {{"run", "--tools=air", NULL}, "zonda run has no option --tools", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arguments arguments;
        const struct command_entry *command = NULL;
        struct err err = {0};
        assert_int_equal(parse(cases[i].words, &arguments, &command, &err), ERR_USAGE);
        assert_int_equal(err.code, ERR_USAGE);
        if (!strstr(err.message, cases[i].message) || !strstr(err.hint, cases[i].hint))
            fail_msg("case %zu: \"%s\", hint \"%s\"; wanted \"%s\", \"%s\"", i, err.message,
                     err.hint, cases[i].message, cases[i].hint);
        arguments_fini(&arguments);
    }
}

static void keeps_values(void **state)
{
    static const char *const words[] = {"wait", "--timeout", "2m", "-j", NULL};
    static const char *const file[] = {"-cother.toml", "-q", NULL};
    static const char *const forever[] = {"wait", "--timeout=0", NULL};
    static const char *const refresh[] = {"trigger", "--refresh", "static/app.css", NULL};
    struct arguments arguments;
    const struct command_entry *command;
    struct err err;
    (void)state;
    assert_int_equal(parse(words, &arguments, &command, &err), 0);
    assert_ptr_equal(command, &COMMAND_WAIT);
    assert_int_equal(arguments.timeout_ms, 120000);
    assert_true(arguments.json && arguments.has_timeout);
    assert_false(arguments.quiet || arguments.force || arguments.help);
    arguments_fini(&arguments);

    assert_int_equal(parse(file, &arguments, &command, &err), 0);
    assert_string_equal(arguments.config_file, "other.toml");
    assert_true(arguments.quiet);
    arguments_fini(&arguments);

    assert_int_equal(parse(forever, &arguments, &command, &err), 0);
    assert_true(arguments.has_timeout);
    assert_int_equal(arguments.timeout_ms, 0);
    arguments_fini(&arguments);

    assert_int_equal(parse(refresh, &arguments, &command, &err), 0);
    assert_string_equal(arguments.refresh, "static/app.css");
    arguments_fini(&arguments);
}

static void keeps_values_of_a_bench(void **state)
{
    static const char *const all[] = {"bench",       "--tools=zonda,air", "--rounds",
                                      "3",           "--storm=2s",        "--port=8080",
                                      "--compare=o", "--install",         NULL};
    static const char *const none[] = {"bench", NULL};
    struct arguments arguments;
    const struct command_entry *command;
    struct err err;
    (void)state;
    assert_int_equal(parse(all, &arguments, &command, &err), 0);
    assert_ptr_equal(command, &COMMAND_BENCH);
    assert_int_equal(arguments.bench.tools.len, 2);
    assert_string_equal(arguments.bench.tools.at[1], "air");
    assert_int_equal(arguments.bench.rounds, 3);
    assert_int_equal(arguments.bench.storm_ms, 2000);
    assert_int_equal(arguments.bench.port, 8080);
    assert_string_equal(arguments.bench.compare, "o");
    assert_true(arguments.bench.install);
    arguments_fini(&arguments);

    assert_int_equal(parse(none, &arguments, &command, &err), 0);
    assert_int_equal(arguments.bench.tools.len + arguments.bench.only.len, 0);
    assert_int_equal(arguments.bench.rounds, 5);
    assert_int_equal(arguments.bench.storm_ms, 30000);
    assert_int_equal(arguments.bench.idle_ms, 20000);
    assert_null(arguments.bench.package);
    assert_false(arguments.bench.install);
    arguments_fini(&arguments);
}

/* Whatever is in the table can be asked for help and has all its texts. */
static void every_command_is_described(void **state)
{
    (void)state;
    for (const struct command_entry *const *at = COMMANDS; *at; at++) {
        const char *const words[] = {(*at)->name, "--help", NULL};
        struct arguments arguments;
        const struct command_entry *command;
        struct err err;
        assert_int_equal(parse(words, &arguments, &command, &err), 0);
        assert_ptr_equal(command, *at);
        assert_true(arguments.help);
        assert_non_null((*at)->run);
        assert_non_null(strstr((*at)->usage, "zonda "));
        assert_true((*at)->summary[0]);
        assert_non_null((*at)->help);
        arguments_fini(&arguments);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(understands),
        cmocka_unit_test(refuses),
        cmocka_unit_test(keeps_values),
        cmocka_unit_test(keeps_values_of_a_bench),
        cmocka_unit_test(every_command_is_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
