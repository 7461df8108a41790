/*
 * Every cell of the two tables of docs/generations.md is walked through, by real processes, and the
 * last test says which one was not.
 */
#include "run/apps.h"

#define STUBBORN "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
#define WAITS    "say('up')\ndone()"

/* --- the ways into each state --- */

static void to_starting(void)
{
    start_app(WAITS);
    printed("up");
    comes_to(RUN_STARTING);
}

static void to_ready(void)
{
    start_app(SERVES);
    comes_to(RUN_READY);
}

static void to_beside(void)
{
    to_ready();
    start_app(WAITS);
    comes_to(RUN_BESIDE);
    printed("up");
}

/* The old one hears no signal; the new one listens. */
static void to_handing(void)
{
    start_app(STUBBORN SERVES);
    comes_to(RUN_READY);
    start_app("say('up')\n" SERVES);
    comes_to(RUN_HANDING);
}

static void to_replacing(void)
{
    to_ready();
    start_app(STUBBORN WAITS);
    printed("up");
    start_app("say('third')\n" SERVES);
    comes_to(RUN_REPLACING);
}

/* The new one never says the word. */
static void to_dropping(void)
{
    to_ready();
    seen.config.run.ready_log = mem_string("^here I am$");
    seen.config.run.ready_timeout_ms = 300;
    start_app(STUBBORN SERVES);
    comes_to(RUN_DROPPING);
    assert_int_equal(seen.failed, 1);
}

static void to_yielding(const char *old)
{
    char body[256];
    (void)snprintf(body, sizeof body, "%su = udp()\n" SERVES, old);
    start_app(body);
    comes_to(RUN_READY);
    start_app("u = udp()\nsay('bound')\n" SERVES);
    comes_to(RUN_YIELDING);
}

/* One that was ready does not go. */
static void to_stopping(void)
{
    start_app(STUBBORN SERVES);
    comes_to(RUN_READY);
    service_stop(seen.service);
    comes_to(RUN_STOPPING);
}

static void to_backoff(void)
{
    seen.config.run.max_retries = 1;
    seen.config.run.restart_delay_ms = 3600000;
    start_app("sys.exit(3)");
    comes_to(RUN_BACKOFF);
}

/* Somebody else has the port. */
static int taken_fd = -1;

static void say_taken(void)
{
    assert_int_equal(service_port_wanted(seen.service), port);
    service_port_taken(seen.service, (uint16_t)port);
}

static void say_other_taken(void)
{
    service_port_taken(seen.service, (uint16_t)other_port);
}

/* A port that nobody else can have taken meanwhile. */
static void take(int *which)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    taken_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(taken_fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(taken_fd, 1), 0);
    assert_int_equal(getsockname(taken_fd, (struct sockaddr *)&at, &len), 0);
    *which = ntohs(at.sin_port);
}

static void let_port(void)
{
    (void)close(taken_fd);
    taken_fd = -1;
}

static void to_blocked(void)
{
    take(&port);
    seen.at_exit = say_taken;
    start_app(SERVES);
    comes_to(RUN_BLOCKED);
    assert_int_equal(seen.blocked_port, port);
    assert_int_equal(service_state(seen.service), SERVICE_BLOCKED);
    assert_int_equal(seen.crashes, 0);
    seen.at_exit = NULL;
}

static void kill_main(void)
{
    assert_int_equal(kill(process_pid(seen.service->main->process), SIGKILL), 0);
}

static void kill_next(void)
{
    assert_int_equal(kill(process_pid(seen.service->next->process), SIGKILL), 0);
}

static void kill_leaving(void)
{
    assert_int_equal(kill(process_pid(seen.service->leaving->process), SIGKILL), 0);
}

static void stop_comes(void)
{
    service_stop(seen.service);
    AWAIT_COUNT(seen.stopped);
    comes_to(RUN_DOWN);
}

static void kill_comes(void)
{
    service_kill(seen.service);
    AWAIT_COUNT(seen.stopped);
    comes_to(RUN_DOWN);
}

/* Something else than what runs, which then serves as the newest. */
static void start_comes(void)
{
    start_app(SERVES);
    comes_to(RUN_READY);
    assert_true(seen.service->shown == seen.service->started);
}

/* --- nothing runs --- */

static void down(void **state)
{
    (void)state;
    stop_comes();
    seen.stopped = 0;
    kill_comes();
    start_comes();
}

/* main has crashed for good while one before it is still there. */
static void down_while_one_leaves(void **state)
{
    (void)state;
    to_handing();
    kill_main();
    comes_to(RUN_DOWN);
    kill_leaving();
    assert_true(await(seen.loop, has_left, NULL));
    comes_to(RUN_DOWN);
}

static void backoff_start(void **state)
{
    (void)state;
    to_backoff();
    start_comes();
}

static void backoff_stop(void **state)
{
    (void)state;
    to_backoff();
    stop_comes();
}

static void backoff_kill(void **state)
{
    (void)state;
    to_backoff();
    kill_comes();
}

static void backoff_timer(void **state)
{
    (void)state;
    seen.config.run.max_retries = 1;
    start_app("sys.exit(3)");
    comes_to(RUN_DOWN); /* the second crash */
    assert_int_equal(seen.started, 2);
}

static void backoff_left(void **state)
{
    (void)state;
    seen.config.run.max_retries = 1;
    seen.config.run.restart_delay_ms = 3600000;
    to_handing();
    kill_main();
    comes_to(RUN_BACKOFF);
    kill_leaving();
    assert_true(await(seen.loop, has_left, NULL));
    comes_to(RUN_BACKOFF);
}

static void blocked_start(void **state)
{
    (void)state;
    to_blocked();
    let_port();
    start_comes();
}

static void blocked_stop(void **state)
{
    (void)state;
    to_blocked();
    let_port();
    stop_comes();
}

static void blocked_kill(void **state)
{
    (void)state;
    to_blocked();
    let_port();
    kill_comes();
}

/* It takes looks while the port is taken, and no attempts. */
static void blocked_timer(void **state)
{
    (void)state;
    to_blocked();
    uint32_t first_ms = seen.service->look_ms;
    while (seen.service->look_ms == first_ms)
        assert_true(await(seen.loop, await_true, &(bool){true}));
    assert_int_equal(seen.service->state, RUN_BLOCKED);
    assert_int_equal(seen.started, 1);
    let_port();
    comes_to(RUN_READY);
    assert_int_equal(seen.started, 2);
    assert_non_null(strstr(seen.notice, "is free"));
}

/* The port is taken from one that was handed it, while one before it is still there. */
static void blocked_left(void **state)
{
    (void)state;
    to_handing();
    take(&other_port);
    seen.at_exit = say_other_taken;
    kill_main();
    comes_to(RUN_BLOCKED);
    seen.at_exit = NULL;
    kill_leaving();
    assert_true(await(seen.loop, has_left, NULL));
    comes_to(RUN_BLOCKED);
    let_port();
}

/* --- one alone --- */

static void starting_start(void **state)
{
    (void)state;
    to_starting();
    start_comes();
}

static void starting_stop(void **state)
{
    (void)state;
    to_starting();
    stop_comes();
}

static void starting_kill(void **state)
{
    (void)state;
    to_starting();
    kill_comes();
}

static void starting_dies(void **state)
{
    (void)state;
    to_starting();
    kill_main();
    comes_to(RUN_DOWN);
}

/* The one that starts again after a crash, while one before it is still there. */
static void starting_left(void **state)
{
    (void)state;
    seen.config.run.max_retries = 1;
    start_app(STUBBORN SERVES);
    comes_to(RUN_READY);
    /* Its first attempt listens, its second does not. */
    start_app("if os.environ['ZONDA_GENERATION'] == '2': s = tcp()\nsay('up')\ndone()");
    comes_to(RUN_HANDING);
    kill_main();
    comes_to(RUN_STARTING);
    kill_leaving();
    assert_true(await(seen.loop, has_left, NULL));
    comes_to(RUN_STARTING);
}

static void ready_start(void **state)
{
    (void)state;
    to_ready();
    start_comes();
}

static void ready_stop(void **state)
{
    (void)state;
    to_ready();
    stop_comes();
}

static void ready_kill(void **state)
{
    (void)state;
    to_ready();
    kill_comes();
}

static void ready_dies(void **state)
{
    (void)state;
    to_ready();
    kill_main();
    comes_to(RUN_DOWN);
}

/* --- two --- */

static void beside_start(void **state)
{
    (void)state;
    to_beside();
    start_comes();
}

static void beside_stop(void **state)
{
    (void)state;
    to_beside();
    stop_comes();
}

static void beside_kill(void **state)
{
    (void)state;
    to_beside();
    kill_comes();
}

static void beside_loses_main(void **state)
{
    (void)state;
    to_beside();
    kill_main();
    comes_to(RUN_STARTING);
}

static void beside_loses_next(void **state)
{
    (void)state;
    to_beside();
    kill_next();
    comes_to(RUN_READY);
    assert_int_equal(seen.kept, 1);
}

static void handing_start(void **state)
{
    (void)state;
    to_handing();
    start_app(WAITS);
    comes_to(RUN_BESIDE);
}

static void handing_stop(void **state)
{
    (void)state;
    seen.config.run.stop_timeout_ms = 100; /* and SIGKILL comes in time */
    to_handing();
    stop_comes();
    assert_true(seen.killed > 0);
}

static void handing_kill(void **state)
{
    (void)state;
    to_handing();
    kill_comes();
}

static void handing_is_over(void **state)
{
    (void)state;
    to_handing();
    kill_leaving();
    comes_to(RUN_READY);
}

/* One of two that leave goes; the other one still accepts. */
static void handing_left(void **state)
{
    (void)state;
    start_app(STUBBORN SERVES);
    comes_to(RUN_READY);
    for (int i = 0; i < 2; i++) {
        start_app(STUBBORN SERVES);
        comes_to(RUN_HANDING);
    }
    kill_leaving();
    while (seen.service->leaving->older)
        assert_true(await(seen.loop, await_true, &(bool){true}));
    comes_to(RUN_HANDING);
}

/* It lets its listener go, and stays. */
static void ready_left(void **state)
{
    (void)state;
    start_app("signal.signal(signal.SIGTERM, lambda *_: s.close())\n" SERVES);
    comes_to(RUN_READY);
    start_app(SERVES);
    comes_to_generation(2);
    kill_leaving();
    assert_true(await(seen.loop, has_left, NULL));
    comes_to(RUN_READY);
}

static void handing_dies(void **state)
{
    (void)state;
    to_handing();
    kill_main();
    comes_to(RUN_DOWN);
}

static void replacing_stop(void **state)
{
    (void)state;
    seen.config.run.stop_timeout_ms = 100;
    to_replacing();
    stop_comes();
}

static void replacing_kill(void **state)
{
    (void)state;
    to_replacing();
    kill_comes();
}

static void replacing_loses_main(void **state)
{
    (void)state;
    to_replacing();
    kill_main();
    comes_to(RUN_STOPPING);
    kill_next();
    comes_to(RUN_READY);
    assert_int_equal(service_generation(seen.service), 3);
}

static void replacing_loses_next(void **state)
{
    (void)state;
    to_replacing();
    kill_next();
    comes_to_generation(3);
}

static void dropping_start(void **state)
{
    (void)state;
    to_dropping();
    start_app("say('here I am')\n" SERVES);
    comes_to(RUN_REPLACING);
    kill_next();
    comes_to_generation(3);
}

static void dropping_stop(void **state)
{
    (void)state;
    seen.config.run.stop_timeout_ms = 100;
    to_dropping();
    stop_comes();
}

static void dropping_kill(void **state)
{
    (void)state;
    to_dropping();
    kill_comes();
}

static void dropping_loses_main(void **state)
{
    (void)state;
    to_dropping();
    kill_main();
    comes_to(RUN_STOPPING);
    kill_next();
    comes_to(RUN_DOWN);
    assert_int_equal(seen.crashes, 1);
}

static void dropping_loses_next(void **state)
{
    (void)state;
    to_dropping();
    kill_next();
    comes_to_generation(1);
    assert_int_equal(seen.kept, 1);
}

static void yielding_start(void **state)
{
    (void)state;
    to_yielding(STUBBORN);
    start_app(SERVES);
    comes_to(RUN_STOPPING);
    kill_comes();
}

static void yielding_stop(void **state)
{
    (void)state;
    seen.config.run.stop_timeout_ms = 100;
    to_yielding(STUBBORN);
    stop_comes();
}

static void yielding_kill(void **state)
{
    (void)state;
    to_yielding(STUBBORN);
    kill_comes();
}

/* After its ready_timeout it is taken to be, though the old one is still there. */
static void yielding_is_ready(void **state)
{
    (void)state;
    start_app(STUBBORN "u = udp()\n" SERVES);
    comes_to(RUN_READY);
    start_app("u = udp()\n" SERVES);
    comes_to(RUN_YIELDING);
    seen.service->next->ready_timeout_ms = 1;
    comes_to(RUN_HANDING);
}

static void yielding_loses_main(void **state)
{
    (void)state;
    to_yielding("signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.3), bye()))\n");
    comes_to_generation(2);
}

static void yielding_loses_next(void **state)
{
    (void)state;
    to_yielding(STUBBORN);
    kill_next();
    comes_to(RUN_STOPPING);
    kill_main();
    comes_to(RUN_DOWN);
}

/* --- all are being stopped --- */

static void stopping_start(void **state)
{
    (void)state;
    to_stopping();
    start_app(SERVES);
    comes_to(RUN_STOPPING);
    kill_main();
    comes_to(RUN_READY);
    assert_int_equal(seen.stopped, 0);
}

static void stopping_stop(void **state)
{
    (void)state;
    to_stopping();
    start_app(SERVES);
    service_stop(seen.service); /* takes that back */
    kill_main();
    AWAIT_COUNT(seen.stopped);
    assert_int_equal(seen.started, 1);
}

static void stopping_kill(void **state)
{
    (void)state;
    to_stopping();
    kill_comes();
}

static void stopping_left(void **state)
{
    (void)state;
    to_handing();
    service_kill(seen.service);
    comes_to(RUN_STOPPING);
    comes_to(RUN_DOWN);
}

/* --- one that has not read what was sent to it --- */

/* Of the client, which is ours. */
static int request_fd = -1;

static void to_draining(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    start_app("s = tcp()\nc = s.accept()[0]\nsay('accepted')\nword()\n"
              "say(c.recv(9).decode())\ndone()");
    comes_to(RUN_READY);
    at.sin_port = htons((uint16_t)port);
    request_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(request_fd, (struct sockaddr *)&at, sizeof at), 0);
    printed("accepted");
    assert_int_equal(write(request_fd, "request", 7), 7);
    seen.asks = true;
    service_stop(seen.service);
    assert_int_equal(seen.service->main->life, LIFE_DRAINING);
    assert_int_equal(seen.stopping, 1);
}

static void drained(const char *output)
{
    comes_to(RUN_DOWN);
    assert_string_equal(buf_text(&seen.out), output);
    assert_true(seen.expected);
    assert_int_equal(seen.stopping, 1);
    assert_int_equal(close(request_fd), 0);
    say_go(false);
}

static void draining_timer(void **state)
{
    (void)state;
    to_draining();
    say_go(true);
    drained("accepted\nrequest\nbye 1\n");
}

/* The client has given up. */
static void draining_for_nobody(void **state)
{
    (void)state;
    to_draining();
    seen.asks = false;
    drained("accepted\nbye 1\n");
}

static void draining_kill(void **state)
{
    (void)state;
    to_draining();
    service_kill(seen.service);
    drained("accepted\n");
}

static void draining_exit(void **state)
{
    (void)state;
    to_draining();
    kill_main();
    drained("accepted\n");
}

/* The app has ended, and left behind what does not hear its signal. */
static void to_sweeping(void)
{
    start_sh("trap 'exit 0' TERM; (trap '' TERM; echo $(exec sh -c 'echo $PPID'); " SLEEPER
             "wait) & wait");
    int below;
    printed_pids(&below, 1);
    service_stop(seen.service);
    while (seen.service->main->life != LIFE_SWEEPING)
        assert_true(await(seen.loop, await_true, &(bool){true}));
}

/* What a generation of the group leaves behind is swept, and that can be hurried. */
static void sweeping_kill(void **state)
{
    (void)state;
    to_sweeping();
    kill_comes();
}

static void sweeping_timer(void **state)
{
    (void)state;
    seen.config.run.stop_timeout_ms = 1000;
    to_sweeping();
    comes_to(RUN_DOWN);
    assert_int_equal(seen.killed, 1);
}

/* --- the count --- */

static void all_cells_were_walked(void **state)
{
    (void)state;
    int missed = 0, filled = 0;
    for (int from = 0; from < RUN_STATES; from++)
        for (int event = 0; event < RUN_EVENTS; event++) {
            bool handles = run_handles((enum run_state)from, (enum run_event)event);
            filled += handles;
            if (handles == walked[0][from][event])
                continue;
            missed++;
            (void)fprintf(stderr, "service: %s, %s was %s\n", run_state_at(from),
                          run_event_at(event), handles ? "not walked" : "walked, but is no cell");
        }
    for (int from = 0; from < LIVES; from++)
        for (int event = 0; event < LIFE_EVENTS; event++) {
            bool handles = life_handles((enum life)from, (enum life_event)event);
            filled += handles;
            if (handles == walked[1][from][event])
                continue;
            missed++;
            (void)fprintf(stderr, "generation: %s, %s was %s\n", life_at(from),
                          life_event_at(event), handles ? "not walked" : "walked, but is no cell");
        }
    (void)fprintf(stderr, "%d cells\n", filled);
    assert_true(filled > 50);
    assert_int_equal(missed, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, recorder_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(down),
        TEST(down_while_one_leaves),
        TEST(backoff_start),
        TEST(backoff_stop),
        TEST(backoff_kill),
        TEST(backoff_timer),
        TEST(backoff_left),
        TEST(blocked_start),
        TEST(blocked_stop),
        TEST(blocked_kill),
        TEST(blocked_timer),
        TEST(blocked_left),
        TEST(starting_start),
        TEST(starting_stop),
        TEST(starting_kill),
        TEST(starting_dies),
        TEST(starting_left),
        TEST(ready_start),
        TEST(ready_stop),
        TEST(ready_kill),
        TEST(ready_dies),
        TEST(ready_left),
        TEST(beside_start),
        TEST(beside_stop),
        TEST(beside_kill),
        TEST(beside_loses_main),
        TEST(beside_loses_next),
        TEST(handing_start),
        TEST(handing_stop),
        TEST(handing_kill),
        TEST(handing_is_over),
        TEST(handing_left),
        TEST(handing_dies),
        TEST(replacing_stop),
        TEST(replacing_kill),
        TEST(replacing_loses_main),
        TEST(replacing_loses_next),
        TEST(dropping_start),
        TEST(dropping_stop),
        TEST(dropping_kill),
        TEST(dropping_loses_main),
        TEST(dropping_loses_next),
        TEST(yielding_start),
        TEST(yielding_stop),
        TEST(yielding_kill),
        TEST(yielding_is_ready),
        TEST(yielding_loses_main),
        TEST(yielding_loses_next),
        TEST(stopping_start),
        TEST(stopping_stop),
        TEST(stopping_kill),
        TEST(stopping_left),
        TEST(draining_timer),
        TEST(draining_for_nobody),
        TEST(draining_kill),
        TEST(draining_exit),
        TEST(sweeping_kill),
        TEST(sweeping_timer),
        cmocka_unit_test(all_cells_were_walked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
