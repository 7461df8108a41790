/* Builds by commands: their order, their output, their end. */
#include "build/recorder.h"

#include <signal.h>
#include <unistd.h>

#include "base/clock.h"

static void clear_commands(void)
{
    strs_clear(&seen.config.build.before);
    strs_clear(&seen.config.build.after);
    seen.config.build.timeout_ms = 0;
}

static void a_command_runs(void **state)
{
    (void)state;
    run_line("echo one; echo two >&2; printf three");
    assert_int_equal(seen.result.outcome, BUILD_DONE);
    assert_string_equal(buf_text(&seen.out), "one\nthree\n");
    assert_string_equal(buf_text(&seen.err_out), "two\n");
    assert_false(seen.result.unchanged);
    assert_int_equal(seen.result.packages, 0);
}

/* It has the environment it is given, PWD, the project's directory, and nothing to read. */
static void a_command_has_its_surroundings(void **state)
{
    (void)state;
    strs_env_set(&seen.env, "COLOUR", "blue");
    strs_env_set(&seen.env, "PWD", "/elsewhere");
    run_line("echo $COLOUR $PWD; pwd; cat");
    char *wanted = mem_format("blue %s\n%s\n", scratch, scratch);
    assert_string_equal(buf_text(&seen.out), wanted);
    free(wanted);
}

/* Without a shell where none is needed: the parent of the command is its guard. */
static void no_shell_where_none_is_needed(void **state)
{
    (void)state;
    put_mode("parent", "#!/bin/sh\ncat /proc/$PPID/comm\n", 0755);
    run_line("./parent 'a b'");
    assert_string_equal(buf_text(&seen.out), "tree-guard\n");
    run_line("true && ./parent; true");
    assert_string_equal(buf_text(&seen.out), "sh\n");
    mem_replace(&seen.config.build.command.line, NULL);
    strs_push(&seen.config.build.command.words, "printf");
    strs_push(&seen.config.build.command.words, "%s|");
    strs_push(&seen.config.build.command.words, "$HOME *");
    assert_true(begin(NULL, false));
    finish();
    assert_string_equal(buf_text(&seen.out), "$HOME *|\n");
    strs_fini(&seen.config.build.command.words);
}

static void steps_come_in_order(void **state)
{
    (void)state;
    strs_push(&seen.config.build.before, "echo b1");
    strs_push(&seen.config.build.before, " ");
    strs_push(&seen.config.build.before, "echo b2");
    strs_push(&seen.config.build.after, "echo a1");
    run_line("echo main");
    assert_int_equal(seen.result.outcome, BUILD_DONE);
    assert_string_equal(buf_text(&seen.out), "b1\nb2\nmain\na1\n");
    assert_string_equal(buf_text(&seen.phases), "0 echo b1\n0 echo b2\n1 echo main\n2 echo a1\n");
    clear_commands();
}

static void the_first_failure_ends_it(void **state)
{
    (void)state;
    strs_push(&seen.config.build.before, "exit 3");
    run_line("echo main");
    assert_int_equal(seen.result.outcome, BUILD_FAILED);
    assert_string_equal(seen.result.command, "exit 3");
    assert_false(seen.result.status.signalled);
    assert_int_equal(seen.result.status.code, 3);
    assert_int_equal(seen.result.err.code, 0);
    assert_string_equal(buf_text(&seen.out), "");
    clear_commands();
    strs_push(&seen.config.build.after, "kill -9 $$");
    run_line("echo main");
    assert_int_equal(seen.result.outcome, BUILD_FAILED);
    assert_true(seen.result.status.signalled);
    assert_int_equal(seen.result.status.signal, SIGKILL);
    assert_string_equal(buf_text(&seen.out), "main\n");
    clear_commands();
}

static void what_cannot_start_is_told(void **state)
{
    (void)state;
    mem_replace(&seen.config.build.command.line, "no-such-command-here --x");
    assert_false(begin(NULL, false));
    assert_int_equal(seen.err.code, ERR_APP);
    assert_non_null(strstr(seen.err.message, "no-such-command-here"));
    mem_replace(&seen.config.build.command.line, "cp 'a b");
    assert_false(begin(NULL, false));
    assert_int_equal(seen.err.code, ERR_CONFIG);
    /* A later one is told by on_done. */
    strs_push(&seen.config.build.after, "no-such-command-here");
    run_line("echo main");
    assert_int_equal(seen.result.outcome, BUILD_FAILED);
    assert_int_equal(seen.result.err.code, ERR_APP);
    assert_string_equal(seen.result.command, "no-such-command-here");
    assert_string_equal(buf_text(&seen.out), "main\n");
    clear_commands();
}

static void diagnostics_are_collected(void **state)
{
    (void)state;
    strs_push(&seen.config.build.before, "echo a.go:1:2: first");
    run_line("echo '# x' >&2; echo './b.go:3:4: second' >&2; printf '\\tmore\\n' >&2; exit 1");
    assert_int_equal(seen.result.diagnostics.list.len, 2);
    const struct diagnostic *second = &seen.result.diagnostics.list.at[1];
    assert_string_equal(second->file, at("b.go"));
    assert_int_equal(second->line, 3);
    assert_string_equal(second->message, "second\n\tmore");
    clear_commands();
}

/* --- output --- */

static void at_first_line(const char *line)
{
    assert_string_equal(line, "first");
    seen.at_line = NULL;
    put("go-on", "");
}

/* A line comes when it is written, not at the end: the command waits for what it leads to. */
static void output_comes_as_it_is_written(void **state)
{
    (void)state;
    mem_replace(&seen.config.build.command.line,
                "echo first; while [ ! -e go-on ]; do sleep 0.01; done; echo second");
    assert_true(begin(NULL, false));
    seen.at_line = at_first_line;
    finish();
    assert_string_equal(buf_text(&seen.out), "first\nsecond\n");
}

static void all_output_comes(void **state)
{
    (void)state;
    run_line("i=0; while [ $i -lt 20000 ]; do echo line $i of many; i=$((i+1)); done");
    assert_int_equal(seen.result.outcome, BUILD_DONE);
    size_t lines = 0;
    for (const char *line = buf_text(&seen.out); *line; line += strcspn(line, "\n") + 1)
        lines++;
    assert_int_equal(lines, 20000);
    assert_non_null(strstr(buf_text(&seen.out), "line 19999 of many\n"));
}

static void lines_are_bounded(void **state)
{
    (void)state;
    run_line("head -c 100000 /dev/zero | tr '\\0' x; echo; printf 'a\\r\\nb\\0c\\n'");
    const char *text = buf_text(&seen.out);
    size_t longest = 0, total = 0;
    for (; *text == 'x' || *text == '\n'; text++) {
        size_t len = strcspn(text, "\n");
        longest = len > longest ? len : longest;
        total += len;
        text += len;
    }
    assert_int_equal(total, 100000);
    assert_int_equal(longest, 32768);
    assert_string_equal(text, "a\nb c\n");
}

/* Who goes on in the background with the pipe in his hands does not hold up the build. */
static void the_background_is_not_waited_for(void **state)
{
    (void)state;
    run_line("sleep 100 & echo $!");
    assert_int_equal(seen.result.outcome, BUILD_DONE);
    int pid = (int)strtol(buf_text(&seen.out), NULL, 10);
    assert_true(pid > 1);
    assert_int_equal(kill(pid, SIGKILL), 0); /* it was left alone */
    assert_true(await(seen.loop, await_gone, &pid));
}

/* --- cancel and timeout --- */

static int pids[3];
static size_t pids_len;

static void at_pid(const char *line)
{
    if (pids_len < 3)
        pids[pids_len++] = (int)strtol(line, NULL, 10);
}

static bool have_pids(void *data)
{
    return pids_len >= *(size_t *)data;
}

static void begin_with_pids(const char *line, size_t wanted)
{
    pids_len = 0;
    mem_replace(&seen.config.build.command.line, line);
    assert_true(begin(NULL, false));
    seen.at_line = at_pid;
    assert_true(await(seen.loop, have_pids, &wanted));
}

/* At the moment of on_done, none of its processes is there. */
static void assert_nobody(void)
{
    for (size_t i = 0; i < pids_len; i++) {
        assert_true(pids[i] > 1);
        if (kill(pids[i], 0) == 0) /* an orphan that is dead may wait for its reaper */
            assert_true(await(seen.loop, await_gone, &pids[i]));
    }
}

static void cancel_ends_the_whole_group(void **state)
{
    (void)state;
    strs_push(&seen.config.build.after, "touch after-was-run");
    begin_with_pids("sleep 100 & echo $!; sleep 100 & echo $!; echo $$; wait", 3);
    build_cancel(seen.build);
    build_cancel(seen.build);
    assert_int_equal(seen.done, 0); /* never at once */
    finish();
    assert_int_equal(seen.result.outcome, BUILD_CANCELLED);
    assert_nobody();
    assert_file("after-was-run", "(none)");
    clear_commands();
}

static void who_ignores_sigterm_is_killed(void **state)
{
    (void)state;
    begin_with_pids("trap '' TERM; sleep 100 & echo $!; echo $$; while :; do sleep 100; done", 2);
    uint64_t begin_ns = clock_mono_ns();
    build_cancel(seen.build);
    finish();
    assert_int_equal(seen.result.outcome, BUILD_CANCELLED);
    assert_true(clock_mono_ns() - begin_ns >= 490 * CLOCK_NS_PER_MS);
    assert_nobody();
}

/* The leader goes at once, its child takes its time within the 500 ms: on_done waits for it. */
static void on_done_waits_for_the_last_one(void **state)
{
    (void)state;
    begin_with_pids("(trap 'sleep 0.02; : >last; exit' TERM; echo 2; sleep 100 & wait) "
                    "& echo $!; trap - TERM; wait",
                    2);
    build_cancel(seen.build);
    finish();
    assert_int_equal(seen.result.outcome, BUILD_CANCELLED);
    assert_file("last", "");
}

/* One that left the group is found. */
static void who_left_the_group_is_found(void **state)
{
    (void)state;
    begin_with_pids("setsid sh -c 'echo $$; exec sleep 100' & wait", 1);
    build_cancel(seen.build);
    finish();
    assert_int_equal(seen.result.outcome, BUILD_CANCELLED);
    assert_nobody();
}

static void cancel_inside_a_line(const char *line)
{
    (void)line;
    build_cancel(seen.build);
}

static void cancel_is_allowed_anywhere(void **state)
{
    (void)state;
    mem_replace(&seen.config.build.command.line, "echo one; echo two; sleep 100");
    assert_true(begin(NULL, false));
    seen.at_line = cancel_inside_a_line;
    finish();
    assert_int_equal(seen.result.outcome, BUILD_CANCELLED);
    /* When the line comes, the command may have ended: it is cancelled all the same. */
    mem_replace(&seen.config.build.command.line, "printf 'no newline'");
    assert_true(begin(NULL, false));
    seen.at_line = cancel_inside_a_line;
    finish();
    assert_int_equal(seen.result.outcome, BUILD_CANCELLED);
}

static void a_build_may_not_take_for_ever(void **state)
{
    (void)state;
    seen.config.build.timeout_ms = 100;
    begin_with_pids("sleep 100 & echo $!; wait", 1);
    finish();
    assert_int_equal(seen.result.outcome, BUILD_FAILED);
    assert_non_null(strstr(seen.result.err.message, "100 ms"));
    assert_non_null(strstr(seen.result.err.hint, "timeout"));
    assert_nobody();
    clear_commands();
}

static void no_space_is_told(void **state)
{
    (void)state;
    run_line("echo 'cp: error writing: No space left on device' >&2; exit 1");
    assert_int_equal(seen.result.outcome, BUILD_FAILED);
    assert_non_null(strstr(seen.result.err.message, "no space left on device"));
    assert_non_null(strstr(seen.result.err.hint, seen.config.tmp_dir));
}

static void one_command_alone(void **state)
{
    struct command command = {.line = (char[]){"echo one; exit 9"}};
    (void)state;
    forget_result();
    seen.build = build_command(seen.loop, &seen.config, &command, &seen.env, &EVENTS, &seen.err);
    assert_non_null(seen.build);
    finish();
    assert_int_equal(seen.result.outcome, BUILD_FAILED);
    assert_int_equal(seen.result.status.code, 9);
    assert_string_equal(seen.result.command, "echo one; exit 9");
    assert_string_equal(buf_text(&seen.out), "one\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_runs),
        cmocka_unit_test(a_command_has_its_surroundings),
        cmocka_unit_test(no_shell_where_none_is_needed),
        cmocka_unit_test(steps_come_in_order),
        cmocka_unit_test(the_first_failure_ends_it),
        cmocka_unit_test(what_cannot_start_is_told),
        cmocka_unit_test(diagnostics_are_collected),
        cmocka_unit_test(output_comes_as_it_is_written),
        cmocka_unit_test(all_output_comes),
        cmocka_unit_test(lines_are_bounded),
        cmocka_unit_test(the_background_is_not_waited_for),
        cmocka_unit_test(cancel_ends_the_whole_group),
        cmocka_unit_test(who_ignores_sigterm_is_killed),
        cmocka_unit_test(on_done_waits_for_the_last_one),
        cmocka_unit_test(who_left_the_group_is_found),
        cmocka_unit_test(cancel_is_allowed_anywhere),
        cmocka_unit_test(a_build_may_not_take_for_ever),
        cmocka_unit_test(no_space_is_told),
        cmocka_unit_test(one_command_alone),
    };
    return cmocka_run_group_tests_name("build/build", tests, recorder_open, recorder_close);
}
