/* How generations begin and live: start, readiness, output, input. */
#include "run/recorder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/parts.h"

/* --- starting --- */

static void gives_the_app_its_environment(void **state)
{
    (void)state;
    strs_push(&seen.env, "COLOUR=blue");
    strs_push(&seen.env, "ZONDA_GENERATION=of an outer zonda");
    seen.config.run.cwd = mem_string("/usr");
    seen.config.run.restart = RESTART_NEVER;
    start_sh("echo $COLOUR $ZONDA_GENERATION; pwd; env | wc -l");
    AWAIT_COUNT(seen.crashes);
    free(seen.config.run.cwd);
    struct strs lines = {0};
    const char *at = buf_text(&seen.out);
    for (size_t len; *at; at += len + 1) {
        len = strcspn(at, "\n");
        strs_push_n(&lines, at, len);
    }
    assert_int_equal(lines.len, 3);
    assert_string_equal(lines.at[0], "blue 1");
    assert_string_equal(lines.at[1], "/usr");
    assert_string_equal(lines.at[2], "4"); /* PATH, COLOUR, that one, and sh's PWD */
    strs_fini(&lines);
}

static void go_listens_by_tcp(const char *given, const char *wanted)
{
    buf_reset(&seen.out);
    seen.crashes = 0;
    if (given)
        strs_env_set(&seen.env, "GODEBUG", given);
    start_sh("echo \"$GODEBUG\"");
    AWAIT_COUNT(seen.crashes);
    assert_string_equal(buf_text(&seen.out), wanted);
}

static void keeps_go_from_multipath_tcp(void **state)
{
    (void)state;
    seen.config.run.restart = RESTART_NEVER;
    go_listens_by_tcp(NULL, "\n");
    seen.config.run.handoff = true;
    go_listens_by_tcp(NULL, "multipathtcp=0\n");
    go_listens_by_tcp("gctrace=0", "gctrace=0,multipathtcp=0\n");
    go_listens_by_tcp("multipathtcp=3", "multipathtcp=3\n");
}

static void says_why_it_cannot_start(void **state)
{
    (void)state;
    char path[] = "/tmp/zonda-service-XXXXXX", line[] = "#!/no/interpreter\n";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, line, sizeof line - 1), (ssize_t)sizeof line - 1);
    (void)close(fd);
    start_words((const char *const[]){"/no/such/app", NULL});
    assert_int_equal(seen.failed, 1);
    assert_non_null(strstr(seen.err.message, "\"/no/such/app\": no such file"));
    start_words((const char *const[]){path, NULL});
    assert_int_equal(seen.failed, 2);
    assert_non_null(strstr(seen.err.message, "not executable"));
    assert_int_equal(chmod(path, 0755), 0);
    start_words((const char *const[]){path, NULL});
    assert_int_equal(seen.failed, 3);
    assert_non_null(strstr(seen.err.message, "/no/interpreter does not exist"));
    assert_int_equal(service_state(seen.service), SERVICE_DOWN);
    assert_int_equal(service_generation(seen.service), 0);
    assert_int_equal(seen.started, 0);
    (void)unlink(path);
    start_sh("echo up; sleep 1000");
    printed("up\n");
    assert_int_equal(service_generation(seen.service), 1);
}

static void the_last_start_wins(void **state)
{
    (void)state;
    start_sh("trap 'sleep 0.1; exit 0' TERM; " SLEEPER "echo first; wait; sleep 1000");
    printed("first\n");
    start_sh("echo second; sleep 1000");
    assert_int_equal(service_state(seen.service), SERVICE_STOPPING);
    start_sh("echo third; sleep 1000");
    printed("third\n");
    assert_string_equal(buf_text(&seen.out), "first\nthird\n");
    assert_int_equal(service_generation(seen.service), 2);
    assert_int_equal(seen.started, 2);
    assert_int_equal(seen.exits, 1);
    assert_true(seen.expected);
    assert_int_equal(seen.stopped, 0);
}

static void stop_forgets_a_waiting_start(void **state)
{
    (void)state;
    start_sh("trap 'sleep 0.1; exit 0' TERM; " SLEEPER "echo first; wait; sleep 1000");
    printed("first\n");
    start_sh("echo second; sleep 1000");
    stop_now();
    assert_int_equal(seen.started, 1);
    assert_string_equal(buf_text(&seen.out), "first\n");
}

static void signals_the_app(void **state)
{
    (void)state;
    start_sh("trap 'echo again' HUP; echo up; while :; do sleep 0.01; done");
    printed("up\n");
    service_signal(seen.service, SIGHUP);
    printed("again\n");
}

/* --- ready --- */

#define PYTHON_LISTENS                                                                             \
    "import socket, time; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(); "             \
    "print(s.getsockname()[1], flush=True); time.sleep(1000)"

static void assert_port(void)
{
    int port;
    printed_pids(&port, 1);
    assert_int_equal(seen.listeners.tcp_len, 1);
    assert_int_equal(seen.listeners.tcp_ports[0], port);
    assert_int_equal(service_listeners(seen.service)->tcp_ports[0], port);
}

static void ready_when_it_listens(void **state)
{
    (void)state;
    start_words((const char *const[]){"python3", "-c", PYTHON_LISTENS, NULL});
    assert_int_equal(service_state(seen.service), SERVICE_STARTING);
    AWAIT_COUNT(seen.ready);
    assert_int_equal(service_state(seen.service), SERVICE_READY);
    assert_port();
    assert_false(timer_active(seen.service->main->timer)); /* from now on it costs nothing */
    stop_now();
}

static void ready_when_a_child_listens(void **state)
{
    (void)state;
    start_sh("python3 -c \"" PYTHON_LISTENS "\" & wait");
    AWAIT_COUNT(seen.ready);
    assert_port();
}

static void ready_when_a_daemon_listens(void **state)
{
    (void)state;
    start_sh("(setsid python3 -c \"" PYTHON_LISTENS "\" &); sleep 1000");
    AWAIT_COUNT(seen.ready);
    assert_port();
}

static void ready_on_a_unix_socket(void **state)
{
    (void)state;
    start_words((const char *const[]){
        "python3", "-c",
        "import socket, time; s = socket.socket(socket.AF_UNIX); s.bind(b'\\0zonda-test-%d' % "
        "__import__('os').getpid()); s.listen(); time.sleep(1000)",
        NULL});
    AWAIT_COUNT(seen.ready);
    assert_int_equal(seen.listeners.tcp_len, 0);
    assert_int_equal(seen.listeners.unix_len, 1);
}

static void ready_though_it_never_listens(void **state)
{
    (void)state;
    seen.config.run.ready_timeout_ms = 40;
    start_sh("echo first; sleep 1000");
    AWAIT_COUNT(seen.ready);
    assert_int_equal(seen.listeners.tcp_len + seen.listeners.unix_len, 0);
    assert_true(seen.service->main->ready_ns - seen.service->main->started_ns >=
                40 * UINT64_C(1000000));
    /* The next one is not waited for as long. */
    seen.ready = 0;
    seen.config.run.ready_timeout_ms = 3600000;
    start_sh("echo second; sleep 1000");
    AWAIT_COUNT(seen.ready);
    assert_int_equal(service_generation(seen.service), 2);
    assert_true(seen.service->main->ready_ns - seen.service->main->started_ns >=
                300 * UINT64_C(1000000));
}

static void not_ready_when_it_ends_first(void **state)
{
    (void)state;
    seen.config.run.max_retries = 0;
    start_sh("exit 7");
    AWAIT_COUNT(seen.exits);
    assert_int_equal(seen.ready, 0);
    assert_false(seen.expected);
}

/* --- output and input --- */

static void delivers_all_output_before_the_end(void **state)
{
    (void)state;
    start_sh("head -c 60000 /dev/zero | tr '\\0' x; echo problem >&2");
    AWAIT_COUNT(seen.crashes);
    assert_int_equal(seen.out_at_exit, 60000);
    assert_int_equal(seen.out.len, 60000);
    assert_string_equal(buf_text(&seen.err_out), "problem\n");
}

static void pause_at_first(void)
{
    service_pause_output(seen.service, true);
}

static bool some_output(void *data)
{
    (void)data;
    return seen.out.len > 0;
}

static bool rounds_went_by(void *data)
{
    return ++*(int *)data > 20;
}

static void holds_output_back(void **state)
{
    (void)state;
    int rounds = 0;
    seen.at_output = pause_at_first;
    start_sh("head -c 1000000 /dev/zero; echo end >&2; sleep 1000");
    assert_true(await(seen.loop, some_output, NULL));
    assert_true(await(seen.loop, rounds_went_by, &rounds));
    size_t held = seen.out.len;
    assert_in_range(held, 1, 65536);
    seen.at_output = NULL;
    service_pause_output(seen.service, false);
    while (seen.out.len < 1000000 || seen.err_out.len < 4)
        assert_true(await(seen.loop, await_true, &(bool){true}));
    assert_int_equal(seen.out.len, 1000000);
    assert_string_equal(buf_text(&seen.err_out), "end\n");
}

static void a_descendant_cannot_hold_the_end_up(void **state)
{
    (void)state;
    int pid;
    /* Out of the group and the session, and it has our pipe. */
    start_sh("trap 'exit 0' USR1; setsid env -i /bin/sh -c 'echo $$; exec /bin/sleep 1000' & wait");
    printed_pids(&pid, 1);
    assert_int_equal(kill(service_pid(seen.service), SIGUSR1), 0);
    AWAIT_COUNT(seen.crashes);
    assert_int_equal(service_state(seen.service), SERVICE_DOWN);
    assert_int_equal(kill(pid, 0), -1);
}

static void gives_the_app_a_terminal(void **state)
{
    (void)state;
    seen.config.run.pty = CHOICE_ALWAYS;
    start_sh("[ -t 1 ] && [ -t 2 ] && echo tty; [ -t 0 ] || echo no input; stty size <&1; "
             "sh -c 'exec </dev/tty && echo ours'; echo to stderr >&2");
    AWAIT_COUNT(seen.crashes);
    assert_int_equal(seen.err_out.len, 0);
    bool own = isatty(0) || isatty(1) || isatty(2);
    if (!own)
        assert_string_equal(buf_text(&seen.out), "tty\nno input\n24 80\nours\nto stderr\n");
    assert_int_equal(seen.out_at_exit, seen.out.len);
}

static void a_terminal_goes_with_ours(void **state)
{
    (void)state;
    seen.config.run.pty = CHOICE_AUTO;
    seen.config.run.restart = RESTART_NEVER;
    start_sh("[ -t 1 ] && echo yes || echo no");
    AWAIT_COUNT(seen.crashes);
    assert_string_equal(buf_text(&seen.out), "no\n");
    seen.crashes = 0;
    struct service_start start = {.config = &seen.config, .env = &seen.env, .tty = true};
    service_start(seen.service, &start);
    AWAIT_COUNT(seen.crashes);
    assert_string_equal(buf_text(&seen.out), "no\nyes\n");
}

static void passes_input(void **state)
{
    (void)state;
    seen.config.run.stdin_to_app = true;
    start_sh("read line; echo \"got $line\"; sleep 1000");
    service_input(seen.service, "hel", 3);
    service_input(seen.service, "lo\n", 3);
    printed("got hello\n");
}

static void passes_input_by_the_terminal(void **state)
{
    (void)state;
    seen.config.run.stdin_to_app = true;
    seen.config.run.pty = CHOICE_ALWAYS;
    start_sh("[ -t 0 ] && read line; echo \"got $line\"; sleep 1000");
    service_input(seen.service, "hello\n", 6);
    printed("got hello\n");
    assert_string_equal(buf_text(&seen.out), "got hello\n"); /* no echo */
}

static void gives_no_input_unasked(void **state)
{
    (void)state;
    start_sh("read line || echo end; sleep 1000");
    service_input(seen.service, "hello\n", 6);
    printed("end\n");
}

static void bounds_the_input(void **state)
{
    (void)state;
    char *much = mem_new(1 << 20, 1);
    memset(much, 'x', 1 << 20);
    seen.config.run.stdin_to_app = true;
    start_sh("echo up; read go <&2; sleep 1000");
    printed("up\n");
    service_input(seen.service, much, 1 << 20);
    assert_in_range(seen.service->main->input.len, 0, SERVICE_INPUT_MAX);
    service_input(seen.service, much, 1 << 20);
    assert_in_range(seen.service->main->input.len, 0, SERVICE_INPUT_MAX);
    stop_now();
    /* All that was taken comes through, piece by piece. */
    buf_reset(&seen.out);
    start_sh("echo up; head -c 65536 | wc -c; sleep 1000");
    printed("up\n");
    service_input(seen.service, much, 65536);
    printed("65536\n");
    free(much);
}

static void input_to_a_closed_end_is_dropped(void **state)
{
    (void)state;
    seen.config.run.stdin_to_app = true;
    start_sh("exec <&-; echo up; sleep 1000");
    printed("up\n");
    service_input(seen.service, "hello\n", 6);
    assert_int_equal(seen.service->main->input.len, 0);
    stop_now();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, recorder_begin, recorder_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(gives_the_app_its_environment),
        TEST(keeps_go_from_multipath_tcp),
        TEST(says_why_it_cannot_start),
        TEST(the_last_start_wins),
        TEST(stop_forgets_a_waiting_start),
        TEST(signals_the_app),
        TEST(ready_when_it_listens),
        TEST(ready_when_a_child_listens),
        TEST(ready_when_a_daemon_listens),
        TEST(ready_on_a_unix_socket),
        TEST(ready_though_it_never_listens),
        TEST(not_ready_when_it_ends_first),
        TEST(delivers_all_output_before_the_end),
        TEST(holds_output_back),
        TEST(a_descendant_cannot_hold_the_end_up),
        TEST(gives_the_app_a_terminal),
        TEST(a_terminal_goes_with_ours),
        TEST(passes_input),
        TEST(passes_input_by_the_terminal),
        TEST(gives_no_input_unasked),
        TEST(bounds_the_input),
        TEST(input_to_a_closed_end_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
