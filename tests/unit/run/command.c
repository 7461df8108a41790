#include "check.h"

#include <string.h>

#include "base/mem.h"
#include "base/words.h"
#include "run/command.h"

static struct config config;
static struct strs argv;
static struct err err;

static int begin(void **state)
{
    (void)state;
    config = (struct config){0};
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(config.run.command.line);
    strs_fini(&config.run.command.words);
    strs_fini(&config.run.args);
    strs_fini(&config.app_args);
    strs_fini(&argv);
    return 0;
}

static void is(size_t len, const char *const *words)
{
    assert_int_equal(argv.len, len);
    for (size_t i = 0; i < len; i++)
        assert_string_equal(argv.at[i], words[i]);
}

static void runs_the_artifact(void **state)
{
    (void)state;
    strs_push(&config.run.args, "a b");
    strs_push(&config.app_args, "--port");
    assert_int_equal(run_command(&config, "/tmp/app", &argv, &err), 0);
    is(3, (const char *const[]){"/tmp/app", "a b", "--port"});
}

static void runs_the_words(void **state)
{
    (void)state;
    strs_push(&config.run.command.words, "./my app");
    strs_push(&config.run.command.words, "$x");
    strs_push(&config.app_args, "y");
    assert_int_equal(run_command(&config, "/tmp/app", &argv, &err), 0);
    is(3, (const char *const[]){"./my app", "$x", "y"});
}

static void runs_a_plain_line_without_a_shell(void **state)
{
    (void)state;
    config.run.command.line = mem_string("./app serve");
    strs_push(&config.run.args, "x y");
    assert_int_equal(run_command(&config, NULL, &argv, &err), 0);
    is(3, (const char *const[]){"./app", "serve", "x y"});
}

static void runs_a_shell_line_with_quoted_arguments(void **state)
{
    (void)state;
    config.run.command.line = mem_string("./app | cat");
    strs_push(&config.app_args, "x y");
    assert_int_equal(run_command(&config, NULL, &argv, &err), 0);
    is(3, (const char *const[]){"/bin/sh", "-c", "./app | cat 'x y'"});
}

static void has_nothing_to_run(void **state)
{
    (void)state;
    assert_int_equal(run_command(&config, NULL, &argv, &err), ERR_CONFIG);
    assert_string_equal(err.hint, "set [run] command");
}

static uint16_t port_of(const char *line)
{
    struct strs words = {0};
    struct err ignored;
    assert_int_equal(words_split(line, &words, &ignored), 0);
    uint16_t port = run_debugger_port(&words);
    strs_fini(&words);
    return port;
}

static void the_port_of_a_debugger(void **state)
{
    (void)state;
    assert_int_equal(port_of("dlv exec --headless --listen=127.0.0.1:2345 ./app"), 2345);
    assert_int_equal(port_of("/go/bin/dlv exec --listen :4000 ./app"), 4000);
    assert_int_equal(port_of("dlv -l [::1]:17 exec ./app"), 17);
    assert_int_equal(port_of("dlv exec -l=host:65536 ./app"), 0);
    assert_int_equal(port_of("dlv exec ./app -- --listen=:80"), 0);
    assert_int_equal(port_of("dlv exec ./app --listen"), 0);
    assert_int_equal(port_of("dlv exec --listen=unix:/tmp/x ./app"), 0);
    assert_int_equal(port_of("./app --listen=:80"), 0);
    struct strs none = {0};
    assert_int_equal(run_debugger_port(&none), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(runs_the_artifact, begin, end),
        cmocka_unit_test_setup_teardown(runs_the_words, begin, end),
        cmocka_unit_test_setup_teardown(runs_a_plain_line_without_a_shell, begin, end),
        cmocka_unit_test_setup_teardown(runs_a_shell_line_with_quoted_arguments, begin, end),
        cmocka_unit_test_setup_teardown(has_nothing_to_run, begin, end),
        cmocka_unit_test(the_port_of_a_debugger),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
