/* How generations end: the ladder, the tree, crashes. */
#include "run/recorder.h"

#include "run/parts.h"

static void assert_gone(int *pids, int count)
{
    for (int i = 0; i < count; i++)
        assert_true(await(seen.loop, await_gone, &pids[i]));
}

static void stops_gracefully(void **state)
{
    (void)state;
    start_sh("trap 'echo bye; exit 0' TERM; " SLEEPER "echo up; wait");
    printed("up\n");
    service_stop(seen.service);
    assert_int_equal(service_state(seen.service), SERVICE_STOPPING);
    AWAIT_COUNT(seen.stopped);
    assert_string_equal(buf_text(&seen.out), "up\nbye\n");
    assert_int_equal(seen.out_at_exit, seen.out.len);
    assert_int_equal(seen.stopping, 1);
    assert_int_equal(seen.signal, SIGTERM);
    assert_int_equal(seen.killed, 0);
    assert_int_equal(seen.exits, 1);
    assert_true(seen.expected);
    assert_int_equal(exit_status_code(seen.status), 0);
    assert_int_equal(seen.crashes, 0);
    assert_int_equal(service_pid(seen.service), 0);
}

static void stops_gracefully_on_a_terminal(void **state)
{
    (void)state;
    seen.config.run.pty = CHOICE_ALWAYS;
    start_sh("trap 'echo bye; exit 0' TERM; " SLEEPER "echo up; wait");
    printed("up\n");
    stop_now();
    assert_string_equal(buf_text(&seen.out), "up\nbye\n");
    assert_int_equal(seen.out_at_exit, seen.out.len);
    assert_int_equal(seen.killed, 0);
    assert_int_equal(exit_status_code(seen.status), 0);
}

static void kills_what_ignores_the_signal(void **state)
{
    (void)state;
    seen.config.run.stop_timeout_ms = 50;
    start_sh("trap '' TERM; echo up; sleep 1000");
    printed("up\n");
    stop_now();
    assert_int_equal(seen.killed, 1);
    assert_true(seen.status.signalled);
    assert_int_equal(seen.status.signal, SIGKILL);
    assert_true(seen.expected);
}

static void kills_at_once_without_a_timeout(void **state)
{
    (void)state;
    seen.config.run.stop_timeout_ms = 0;
    start_sh("trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.01; done");
    printed("up\n");
    stop_now();
    assert_int_equal(seen.signal, SIGKILL);
    assert_int_equal(seen.killed, 0); /* nothing was waited for */
    assert_int_equal(seen.status.signal, SIGKILL);
    assert_string_equal(buf_text(&seen.out), "up\n");
}

static bool is_stopped(void *data)
{
    (void)data;
    char path[64], state = '?';
    (void)snprintf(path, sizeof path, "/proc/%d/stat", service_pid(seen.service));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%*d (%*[^)]) %c", &state), 1);
    (void)fclose(file);
    return state == 'T';
}

static void wakes_a_stopped_app(void **state)
{
    (void)state;
    start_sh("trap 'echo bye; exit 0' TERM; " SLEEPER "echo up; kill -STOP $$; wait");
    assert_true(await(seen.loop, is_stopped, NULL));
    stop_now();
    assert_int_equal(seen.killed, 0);
    assert_string_equal(buf_text(&seen.out), "up\nbye\n");
}

/* In the group, in another session, double-forked into a session of its own. */
static const char TREE[] = "trap '' TERM; sh -c 'echo $$; exec sleep 1000' & "
                           "setsid sh -c 'echo $$; exec sleep 1000' & "
                           "(setsid sh -c 'echo $$; (sh -c \"echo \\$\\$; exec sleep 1000\" &)' &)";

static void leaves_none_of_the_tree(void **state)
{
    (void)state;
    int pids[4];
    char script[512];
    (void)snprintf(script, sizeof script, "%s; wait", TREE);
    seen.config.run.stop_timeout_ms = 50;
    start_sh(script);
    printed_pids(pids, 4);
    stop_now();
    assert_gone(pids, 4);
}

static void leaves_none_after_a_crash(void **state)
{
    (void)state;
    int pids[4];
    char script[512];
    (void)snprintf(script, sizeof script, "trap 'exit 3' USR1; %s; wait", TREE);
    seen.config.run.max_retries = 0;
    start_sh(script);
    printed_pids(pids, 4);
    assert_int_equal(kill(service_pid(seen.service), SIGUSR1), 0);
    AWAIT_COUNT(seen.crashes);
    assert_false(seen.expected);
    assert_int_equal(exit_status_code(seen.status), 3);
    assert_int_equal(service_state(seen.service), SERVICE_DOWN);
    assert_gone(pids, 4);
}

static void leaves_none_without_an_environment(void **state)
{
    (void)state;
    int pid;
    seen.config.run.stop_timeout_ms = 50;
    start_sh("(setsid env -i /bin/sh -c 'trap \"\" TERM; echo $$; exec /bin/sleep 1000' &); "
             "exec sleep 1000");
    printed_pids(&pid, 1);
    stop_now();
    assert_int_equal(seen.killed, 1);
    assert_int_equal(kill(pid, 0), -1);
}

/* One in another session hears of the end when its leader has gone, one in the group just once. */
static void asks_those_in_other_groups(void **state)
{
    (void)state;
    char script[1024];
    static const char CHILD[] = "trap \"echo %s; n=1\" TERM; echo up; "
                                "until [ \"$n\" ]; do sleep 0.01; done; sleep 0.1; exit";
    char inside[256], outside[256];
    (void)snprintf(inside, sizeof inside, CHILD, "inside");
    (void)snprintf(outside, sizeof outside, CHILD, "outside");
    (void)snprintf(script, sizeof script, "sh -c '%s' & setsid sh -c '%s' & wait", inside, outside);
    start_sh(script);
    printed("up\nup\n");
    stop_now();
    assert_int_equal(seen.killed, 0);
    const char *text = buf_text(&seen.out);
    assert_int_equal(strlen(text), strlen("up\nup\ninside\noutside\n")); /* each once */
    assert_non_null(strstr(text, "inside\n"));
    assert_non_null(strstr(text, "outside\n"));
}

static bool second(void *data)
{
    (void)data;
    return seen.started >= 2;
}

/* A killed guard is a crash of the app: all of it is ended, and it is started anew. */
static void outlives_its_guard(void **state)
{
    (void)state;
    int pids[3];
    start_sh(
        "(setsid env -i /bin/sh -c 'echo $$; exec /bin/sleep 1000' &); echo $PPID; sleep 1000");
    printed_pids(pids, 2);
    pids[2] = seen.pid;
    /* Which of the two came first is not known. */
    char path[64], name[32] = "";
    (void)snprintf(path, sizeof path, "/proc/%d/comm", pids[0]);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%31s", name), 1);
    (void)fclose(file);
    int guard = strcmp(name, "tree-guard") == 0 ? pids[0] : pids[1];
    assert_int_equal(kill(guard, SIGKILL), 0);
    AWAIT_COUNT(seen.crashes);
    assert_false(seen.expected);
    assert_true(seen.status.unguarded);
    for (int i = 0; i < 3; i++)
        assert_int_equal(kill(pids[i], 0), -1);
    assert_true(seen.retry);
    assert_true(await(seen.loop, second, NULL));
}

/* A shell dies of the signal at once; the app below it has the rest of the time. */
static void gives_the_app_below_a_shell_its_time(void **state)
{
    (void)state;
    start_sh("(trap 'sleep 0.1; echo done; exit' TERM; echo up; while :; do sleep 0.01; done) & "
             "wait");
    printed("up\n");
    stop_now();
    assert_true(seen.status.signalled);
    assert_int_equal(seen.status.signal, SIGTERM);
    assert_int_equal(seen.killed, 0);
    assert_string_equal(buf_text(&seen.out), "up\ndone\n");
}

static void ends_the_time_of_the_app_below_a_shell(void **state)
{
    (void)state;
    int pid;
    seen.config.run.stop_timeout_ms = 100;
    start_sh("(trap '' TERM; exec sh -c 'echo $$; sleep 1000') & wait");
    printed_pids(&pid, 1);
    stop_now();
    assert_int_equal(seen.status.signal, SIGTERM);
    assert_int_equal(seen.killed, 1);
    assert_gone(&pid, 1);
}

static void kill_ends_a_slow_stop(void **state)
{
    (void)state;
    start_sh("trap '' TERM; echo up; sleep 1000");
    printed("up\n");
    service_stop(seen.service);
    service_kill(seen.service);
    AWAIT_COUNT(seen.stopped);
    assert_int_equal(seen.status.signal, SIGKILL);
    assert_int_equal(seen.stopping, 1);
    assert_int_equal(seen.stopped, 1);
}

static void stop_is_answered_when_nothing_runs(void **state)
{
    (void)state;
    service_stop(seen.service);
    assert_int_equal(seen.stopped, 1);
    service_kill(seen.service);
    assert_int_equal(seen.stopped, 2);
}

/* --- crashes --- */

static bool given_up(void *data)
{
    (void)data;
    return seen.crashes > 0 && !seen.retry;
}

static void backs_off_and_gives_up(void **state)
{
    (void)state;
    start_sh("echo $ZONDA_GENERATION; exit 3");
    assert_true(await(seen.loop, given_up, NULL));
    for (int i = 0; i < 3; i++)
        assert_int_equal(seen.delays_ms[i], 1 << i);
    assert_int_equal(seen.started, 4);
    assert_int_equal(seen.exits, 4);
    assert_int_equal(seen.crashes, 4);
    assert_string_equal(buf_text(&seen.out), "1\n2\n3\n4\n");
    assert_int_equal(service_state(seen.service), SERVICE_DOWN);
    assert_int_equal(service_generation(seen.service), 4);
    assert_false(timer_active(seen.service->timer));
    assert_non_null(strstr(seen.why, "exit status 3, 4 times in a row"));

    /* A change of the user begins a new row. */
    struct service_start again = {.config = &seen.config, .env = &seen.env, .reset = true};
    seen.crashes = 0;
    service_start(seen.service, &again);
    assert_true(await(seen.loop, given_up, NULL));
    assert_int_equal(seen.crashes, 4);
    assert_int_equal(seen.delays_ms[0], 1);
}

static void an_end_is_no_crash(void **state)
{
    (void)state;
    start_sh("exit 0");
    AWAIT_COUNT(seen.crashes);
    assert_false(seen.retry);
    assert_false(seen.expected);
    assert_int_equal(seen.started, 1);
    assert_non_null(strstr(seen.why, "ended with exit status 0"));
}

static bool third(void *data)
{
    (void)data;
    return seen.started >= 3;
}

static void always_means_always(void **state)
{
    (void)state;
    seen.config.run.restart = RESTART_ALWAYS;
    start_sh("exit 0");
    assert_true(await(seen.loop, third, NULL));
}

static void stop_ends_the_back_off(void **state)
{
    (void)state;
    seen.config.run.restart_delay_ms = 3600000;
    start_sh("exit 1");
    AWAIT_COUNT(seen.crashes);
    assert_int_equal(service_state(seen.service), SERVICE_BACKOFF);
    service_stop(seen.service);
    assert_int_equal(seen.stopped, 1);
    assert_int_equal(service_state(seen.service), SERVICE_DOWN);
    assert_false(timer_active(seen.service->timer));
}

static void start_ends_the_back_off(void **state)
{
    (void)state;
    seen.config.run.restart_delay_ms = 3600000;
    start_sh("exit 1");
    AWAIT_COUNT(seen.crashes);
    start_sh("echo up; sleep 1000");
    printed("up\n");
    assert_int_equal(seen.started, 2);
    assert_int_equal(service_state(seen.service), SERVICE_STARTING);
}

static void start_once(void)
{
    seen.at_exit = NULL;
    start_sh("echo second; sleep 1000");
}

static void a_callback_may_start(void **state)
{
    (void)state;
    seen.at_exit = start_once;
    start_sh("exit 1");
    printed("second\n");
    assert_int_equal(seen.started, 2);
    assert_int_equal(seen.crashes, 0);
}

static void stop_in_exit(void)
{
    seen.at_exit = NULL;
    service_stop(seen.service);
}

static void a_callback_may_stop(void **state)
{
    (void)state;
    seen.at_exit = stop_in_exit;
    start_sh("exit 1");
    AWAIT_COUNT(seen.stopped);
    assert_int_equal(seen.started, 1);
    assert_int_equal(seen.crashes, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, recorder_begin, recorder_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(stops_gracefully),
        TEST(stops_gracefully_on_a_terminal),
        TEST(kills_what_ignores_the_signal),
        TEST(kills_at_once_without_a_timeout),
        TEST(wakes_a_stopped_app),
        TEST(leaves_none_of_the_tree),
        TEST(leaves_none_after_a_crash),
        TEST(leaves_none_without_an_environment),
        TEST(asks_those_in_other_groups),
        TEST(outlives_its_guard),
        TEST(gives_the_app_below_a_shell_its_time),
        TEST(ends_the_time_of_the_app_below_a_shell),
        TEST(kill_ends_a_slow_stop),
        TEST(stop_is_answered_when_nothing_runs),
        TEST(backs_off_and_gives_up),
        TEST(an_end_is_no_crash),
        TEST(always_means_always),
        TEST(stop_ends_the_back_off),
        TEST(start_ends_the_back_off),
        TEST(a_callback_may_start),
        TEST(a_callback_may_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
