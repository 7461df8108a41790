/* Generations that live side by side: every way from one state to the next. */
#include "run/apps.h"

#include <unistd.h>

#include "base/clock.h"

static void serves_until_the_new_one_does(void **state)
{
    (void)state;
    begins_to_serve();
    int first = service_pid(seen.service);
    start_app("say('up')\n" SERVES);
    assert_int_equal(seen.service->state, RUN_BESIDE);
    assert_int_equal(service_state(seen.service), SERVICE_READY);
    assert_int_equal(service_pid(seen.service), first);
    seen.ready = 0;
    AWAIT_COUNT(seen.ready);
    assert_int_equal(seen.stopping, 1); /* and its listener is closed */
    assert_int_equal(service_generation(seen.service), 2);
    assert_int_equal(service_pid(seen.service), seen.pid);
    assert_int_equal(seen.listeners.tcp_ports[0], port);
    assert_true(await(seen.loop, has_left, NULL));
    assert_string_equal(buf_text(&seen.out), "up\nbye 1\n");
    assert_int_equal(seen.exits, 1);
    assert_true(seen.expected);
    assert_int_equal(seen.notices, 0);
    stop_now();
    assert_int_equal(handoff_count(seen.service->handoff), 0);
}

/* The old one takes its time, and would answer until it goes. */
static void is_not_ready_while_the_old_one_accepts(void **state)
{
    (void)state;
    start_app("signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsay('first')\n" SERVES);
    comes_to(RUN_READY);
    seen.ready = 0;
    start_app("say('second')\n" SERVES);
    comes_to(RUN_HANDING);
    assert_int_equal(service_state(seen.service), SERVICE_STARTING);
    assert_int_equal(seen.ready, 0);
    int first = seen.service->leaving->process ? process_pid(seen.service->leaving->process) : 0;
    assert_int_equal(kill(first, SIGKILL), 0);
    AWAIT_COUNT(seen.ready);
    assert_int_equal(service_state(seen.service), SERVICE_READY);
}

static void a_newer_one_does_not_wait_for_the_oldest(void **state)
{
    (void)state;
    start_app("signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsay('first')\n" SERVES);
    comes_to(RUN_READY);
    start_app("say('second')\n" SERVES);
    comes_to(RUN_HANDING);
    start_app("say('third')\n" SERVES);
    assert_int_equal(seen.service->state, RUN_BESIDE);
    comes_to(RUN_HANDING);
    assert_int_equal(service_generation(seen.service), 3);
    service_kill(seen.service);
    AWAIT_COUNT(seen.stopped);
    assert_int_equal(seen.exits, 3);
}

static void one_that_dies_while_it_takes_over_is_a_crash(void **state)
{
    (void)state;
    start_app("signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsay('first')\n" SERVES);
    comes_to(RUN_READY);
    start_app("say('second')\n" SERVES);
    comes_to(RUN_HANDING);
    assert_int_equal(kill(service_pid(seen.service), SIGKILL), 0);
    AWAIT_COUNT(seen.crashes);
    service_kill(seen.service); /* the first is still on its way out */
    AWAIT_COUNT(seen.stopped);
    assert_int_equal(seen.exits, 2);
}

static void waits_for_every_listener(void **state)
{
    (void)state;
    start_app("a = tcp(); b = tcp(1)\ndone()");
    comes_to(RUN_READY);
    while (handoff_child_count(seen.service->main->handoff) < 2)
        assert_true(await(seen.loop, await_true, &(bool){true}));
    start_app("b = tcp(1)\nsay('half')\ntime.sleep(0.2)\nsay('whole')\na = tcp()\ndone()");
    printed("half\n");
    assert_int_equal(seen.service->state, RUN_BESIDE);
    comes_to_generation(2);
    assert_non_null(strstr(buf_text(&seen.out), "whole"));
}

static void goes_on_where_the_new_one_ends(void **state)
{
    (void)state;
    begins_to_serve();
    int first = service_pid(seen.service);
    start_app("sys.exit(3)");
    AWAIT_COUNT(seen.kept);
    assert_false(seen.expected);
    assert_int_equal(exit_status_code(seen.status), 3);
    assert_int_equal(service_pid(seen.service), first);
    assert_int_equal(seen.crashes, 0);
    assert_int_equal(seen.stopping, 0);
    /* And the next one is the third. */
    start_app(SERVES);
    comes_to(RUN_READY);
    assert_int_equal(service_generation(seen.service), 3);
}

static void goes_on_where_the_new_one_cannot_start(void **state)
{
    (void)state;
    begins_to_serve();
    start_words((const char *const[]){"/no/such/app", NULL});
    assert_int_equal(seen.failed, 1);
    assert_int_equal(seen.service->state, RUN_READY);
    assert_int_equal(service_generation(seen.service), 1);
}

static void the_newest_replaces_one_that_starts(void **state)
{
    (void)state;
    begins_to_serve();
    start_app("say('second')\ndone()");
    printed("second\n");
    start_app("say('third')\n" SERVES);
    assert_int_equal(seen.service->state, RUN_REPLACING);
    start_app("say('fourth')\n" SERVES);
    assert_int_equal(seen.service->state, RUN_REPLACING);
    comes_to(RUN_READY);
    assert_true(await(seen.loop, has_left, NULL));
    assert_string_equal(buf_text(&seen.out), "second\nbye 2\nfourth\nbye 1\n");
    assert_int_equal(service_generation(seen.service), 3);
    assert_int_equal(seen.kept, 0);
}

static void stops_both(void **state)
{
    (void)state;
    begins_to_serve();
    start_app("say('second')\ndone()");
    printed("second\n");
    stop_now();
    assert_int_equal(seen.exits, 2);
    assert_null(seen.service->main);
    assert_null(seen.service->next);
}

static void kills_both(void **state)
{
    (void)state;
    begins_to_serve();
    start_app("say('second')\ndone()");
    printed("second\n");
    service_kill(seen.service);
    AWAIT_COUNT(seen.stopped);
    assert_string_equal(buf_text(&seen.out), "second\n");
    assert_int_equal(seen.exits, 2);
}

static void stops_while_it_replaces(void **state)
{
    (void)state;
    begins_to_serve();
    start_app("say('second')\ndone()");
    printed("second\n");
    start_app("say('third')\n" SERVES);
    assert_int_equal(seen.service->state, RUN_REPLACING);
    stop_now();
    assert_int_equal(seen.started, 2);
}

/* The old one dies while the new one starts. */
static void the_new_one_takes_over_from_the_dead(void **state)
{
    (void)state;
    begins_to_serve();
    start_app("say('second')\ntime.sleep(0.3)\n" SERVES);
    printed("second\n");
    assert_int_equal(kill(service_pid(seen.service), SIGKILL), 0);
    comes_to(RUN_STARTING);
    assert_int_equal(service_generation(seen.service), 2);
    comes_to(RUN_READY);
    assert_int_equal(seen.crashes, 0);
}

static void the_newest_takes_over_from_the_dead(void **state)
{
    (void)state;
    begins_to_serve();
    int first = service_pid(seen.service);
    seen.config.run.stop_timeout_ms = 300;
    start_app("signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsay('second')\ndone()");
    printed("second\n");
    start_app("say('third')\n" SERVES);
    assert_int_equal(kill(first, SIGKILL), 0);
    comes_to(RUN_STOPPING);
    comes_to(RUN_READY);
    assert_int_equal(service_generation(seen.service), 3);
    assert_int_equal(seen.crashes, 0);
}

/* --- those that cannot live side by side --- */

static void makes_room_for_what_conflicts(void **state)
{
    (void)state;
    start_app("u = udp()\n" SERVES);
    comes_to(RUN_READY);
    start_app("say('second')\nu = udp()\nsay('bound')\n" SERVES);
    comes_to_generation(2);
    assert_string_equal(buf_text(&seen.out), "second\nbye 1\nbound\n");
    assert_int_equal(seen.notices, 1);
    assert_non_null(strstr(seen.notice, "UDP port"));
    assert_int_equal(service_generation(seen.service), 2);
}

static void begin_to_yield(void)
{
    start_app(
        "signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.3), bye()))\nu = udp()\n" SERVES);
    comes_to(RUN_READY);
    start_app("signal.signal(signal.SIGUSR1, lambda *_: os._exit(4))\nu = udp()\n" SERVES);
    comes_to(RUN_YIELDING);
}

static void stops_while_it_yields(void **state)
{
    (void)state;
    begin_to_yield();
    service_kill(seen.service);
    AWAIT_COUNT(seen.stopped);
    assert_int_equal(seen.exits, 2);
}

/* The new one is in its bind, where it hears no signal, and is asked to stop all the same. */
static void stops_gracefully_while_it_yields(void **state)
{
    (void)state;
    begin_to_yield();
    stop_now();
    assert_int_equal(seen.exits, 2);
    assert_int_equal(seen.killed, 0);
}

static void starts_anew_while_it_yields(void **state)
{
    (void)state;
    begin_to_yield();
    start_app("say('third')\n" SERVES);
    assert_int_equal(seen.service->state, RUN_STOPPING);
    comes_to_generation(3);
    assert_int_equal(seen.killed, 0);
}

/* The old one does not go within ready_timeout of the new one. */
static void takes_over_though_the_old_one_is_there(void **state)
{
    (void)state;
    start_app("signal.signal(signal.SIGTERM, signal.SIG_IGN)\nu = udp()\n" SERVES);
    comes_to(RUN_READY);
    start_app("u = udp()\nsay('bound')\n" SERVES);
    comes_to(RUN_YIELDING);
    seen.service->next->ready_timeout_ms = 1;
    comes_to(RUN_HANDING);
    assert_int_equal(kill(process_pid(seen.service->leaving->process), SIGKILL), 0);
    printed("bound\n");
    comes_to_generation(2);
}

static void a_crash_while_an_older_one_leaves_backs_off(void **state)
{
    (void)state;
    seen.config.run.max_retries = 1;
    seen.config.run.restart_delay_ms = 500;
    start_app("signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsay('first')\n" SERVES);
    comes_to(RUN_READY);
    start_app("say('second')\n" SERVES);
    comes_to(RUN_HANDING);
    assert_int_equal(kill(service_pid(seen.service), SIGKILL), 0);
    comes_to(RUN_BACKOFF);
    assert_int_equal(kill(process_pid(seen.service->leaving->process), SIGKILL), 0);
    assert_true(await(seen.loop, has_left, NULL));
    assert_int_equal(seen.service->state, RUN_BACKOFF);
    comes_to_generation(3);
}

static void the_new_one_dies_while_the_old_one_yields(void **state)
{
    (void)state;
    begin_to_yield();
    assert_int_equal(kill(seen.pid, SIGKILL), 0);
    AWAIT_COUNT(seen.crashes);
    assert_int_equal(service_state(seen.service), SERVICE_DOWN);
    assert_int_equal(seen.exits, 2);
}

/* It never listens while the old one runs: from then on the old one goes first. */
static void remembers_who_cannot_overlap(void **state)
{
    (void)state;
    /* A file that is there says that somebody runs: no lock that the kernel knows. */
    static const char LOCKS[] =
        "f = '/tmp/zonda-lock-%d' % port\n"
        "while True:\n"
        "  try: os.open(f, os.O_CREAT | os.O_EXCL); break\n"
        "  except FileExistsError: time.sleep(0.005)\n"
        "signal.signal(signal.SIGTERM, lambda *_: (os.unlink(f), bye()))\n" SERVES;
    char path[64];
    (void)snprintf(path, sizeof path, "/tmp/zonda-lock-%d", port);
    start_app(LOCKS);
    comes_to(RUN_READY);
    seen.config.run.ready_timeout_ms = 150;
    start_app(LOCKS);
    assert_int_equal(seen.service->state, RUN_BESIDE);
    seen.ready = 0;
    AWAIT_COUNT(seen.ready);
    assert_int_equal(seen.notices, 1);
    assert_true(seen.service->apart);
    start_app(LOCKS);
    assert_int_equal(seen.service->state, RUN_STOPPING);
    comes_to(RUN_READY);
    stop_now();
    (void)unlink(path);
}

/* --- locks on files --- */

static char lock_path[64];

static void start_locking(const char *how)
{
    char body[1024];
    (void)snprintf(lock_path, sizeof lock_path, "/tmp/zonda-lock-%d", port);
    (void)snprintf(body, sizeof body,
                   "import fcntl\nf = open('%s', 'w')\n%s\nsay('locked')\n" SERVES, lock_path, how);
    start_app(body);
}

static void makes_room_for(const char *how)
{
    start_locking(how);
    comes_to(RUN_READY);
    for (int number = 2; number <= 3; number++) {
        start_locking(how);
        assert_int_equal(seen.service->state, RUN_BESIDE); /* it may come up to the lock */
        comes_to_generation(number);
    }
    assert_int_equal(seen.notices, 1);
    assert_non_null(strstr(seen.notice, "waits for a lock on zonda-lock-"));
    assert_false(seen.service->apart);
    assert_string_equal(buf_text(&seen.out), "locked\nbye 1\nlocked\nbye 2\nlocked\n");
    assert_int_equal(unlink(lock_path), 0);
}

/* Nowhere near the ready_timeout of 20 s. */
static void makes_room_for_flock(void **state)
{
    (void)state;
    makes_room_for("fcntl.flock(f, fcntl.LOCK_EX)");
}

static void makes_room_for_fcntl(void **state)
{
    (void)state;
    makes_room_for("fcntl.lockf(f, fcntl.LOCK_EX)");
}

/* As bbolt does with a timeout. */
static void makes_room_for_one_that_tries_again(void **state)
{
    (void)state;
    makes_room_for("while True:\n"
                   "  try: fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB); break\n"
                   "  except OSError: time.sleep(0.05)\n");
}

/* One that gives up at once: the old one stays, and it is said what may be the cause. */
static void says_who_has_the_lock(void **state)
{
    (void)state;
    start_locking("fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)");
    comes_to(RUN_READY);
    for (int i = 0; i < 2; i++) {
        seen.kept = 0;
        start_locking("try: fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
                      "except OSError: os._exit(1)");
        AWAIT_COUNT(seen.kept);
    }
    assert_int_equal(seen.notices, 1);
    assert_non_null(strstr(seen.notice, "overlap = false"));
    assert_int_equal(unlink(lock_path), 0);
}

/* --- fewer listeners --- */

static bool listens_on_two(void *data)
{
    (void)data;
    return handoff_child_count(seen.service->main->handoff) == 2;
}

/* Long before the ready_timeout of 20 s. */
static void settles_for_fewer_listeners(void **state)
{
    (void)state;
    start_app("a = tcp(); b = tcp(1)\ndone()");
    comes_to(RUN_READY);
    assert_true(await(seen.loop, listens_on_two, NULL));
    start_app("say('up')\n" SERVES);
    comes_to_generation(2);
    assert_int_equal(seen.notices, 0);
    assert_int_equal(seen.listeners.tcp_len, 1);
    assert_true(await(seen.loop, has_left, NULL));
    assert_int_equal(handoff_count(seen.service->handoff), 1);
}

/* The older one took an hour from one to the other: the new one may take more than a second. */
static void waits_for_a_slow_listener(void **state)
{
    (void)state;
    start_app("b = tcp(1); a = tcp()\ndone()");
    comes_to(RUN_READY);
    assert_true(await(seen.loop, listens_on_two, NULL));
    seen.service->main->listen_first_ns -= 3600 * CLOCK_NS_PER_S;
    start_app("b = tcp(1)\ntime.sleep(1.5)\nsay('whole')\na = tcp()\ndone()");
    comes_to_generation(2);
    assert_memory_equal(buf_text(&seen.out), "whole\n", 6);
}

/* The old one has gone before the new one listens on all: what it left is kept until then. */
static void takes_all_that_was_left(void **state)
{
    (void)state;
    seen.config.run.overlap = false;
    start_app("a = tcp(1); b = tcp()\ndone()");
    comes_to(RUN_READY);
    assert_true(await(seen.loop, listens_on_two, NULL));
    seen.service->main->listen_first_ns -= 3600 * CLOCK_NS_PER_S; /* it took an hour */
    start_app("a = tcp(1)\nsay('half')\nword()\nsay('whole')\nb = tcp()\ndone()");
    printed("half");
    assert_int_equal(seen.service->state, RUN_STARTING);
    say_go(true);
    assert_int_equal(handoff_count(seen.service->handoff), 2);
    comes_to_generation(2);
    printed("whole");
    assert_int_equal(handoff_child_count(seen.service->main->handoff), 2);
}

/* --- a sign that was chosen --- */

/* SERVE answers each connection with its status, when it may. */
#define ANSWERS                                                                                    \
    "import threading\n"                                                                           \
    "def serve(s, status):\n"                                                                      \
    "  while True:\n"                                                                              \
    "    c = s.accept()[0]; asked = c.recv(1000)\n"                                                \
    "    if asked: say('asked', os.environ['ZONDA_GENERATION'], asked.split()[1].decode())\n"      \
    "    c.sendall(b'HTTP/1.1 %d X\\r\\nContent-Length: 0\\r\\n\\r\\n' % status()) if asked else " \
    "0\n"                                                                                          \
    "    c.close()\n"

static void the_path_has_to_be_answered(void **state)
{
    (void)state;
    seen.config.run.ready_path = mem_string("/healthz?deep=1");
    start_app(ANSWERS "serve(tcp(), lambda: 204)");
    comes_to(RUN_READY);
    assert_string_equal(buf_text(&seen.out), "asked 1 /healthz?deep=1\n");
    buf_reset(&seen.out);
    /* The old one answers well on the same queue, and the new one does not for a while. */
    start_app(ANSWERS "serve(tcp(), lambda: 200 if os.path.exists('/tmp/zonda-go-%d' % port) "
                      "else 503)");
    printed("asked 2 /healthz");
    assert_int_equal(seen.service->state, RUN_BESIDE);
    say_go(true);
    comes_to_generation(2);
    assert_null(strstr(buf_text(&seen.out), "asked 1")); /* never the old one */
}

static void the_old_one_goes_on_where_the_path_is_not_answered_well(void **state)
{
    (void)state;
    seen.config.run.ready_path = mem_string("/healthz");
    start_app(ANSWERS "serve(tcp(), lambda: 200)");
    comes_to(RUN_READY);
    buf_reset(&seen.out);
    start_app(ANSWERS "serve(tcp(), lambda: 503)");
    printed("asked 2 /healthz");
    seen.service->next->ready_timeout_ms = 1;
    AWAIT_COUNT(seen.kept);
    assert_int_equal(seen.failed, 1);
    assert_non_null(strstr(seen.err.message, "is not ready after 1 ms: GET /healthz on port"));
    assert_int_equal(service_generation(seen.service), 1);
    assert_int_equal(seen.service->state, RUN_READY);
}

/* With a port of its own, which comes last. */
static void the_path_may_have_a_port_of_its_own(void **state)
{
    (void)state;
    seen.config.run.ready_path = mem_string("/");
    seen.config.run.ready_port = (uint32_t)other_port;
    start_app(ANSWERS "s = tcp()\ntime.sleep(0.2)\nsay('late')\nserve(tcp(1), lambda: 302)");
    comes_to(RUN_READY);
    assert_string_equal(buf_text(&seen.out), "late\nasked 1 /\n");
}

static void a_line_has_to_come(void **state)
{
    (void)state;
    seen.config.run.ready_log = mem_string("^up and (running|well)$");
    start_app("s = tcp()\nsay('upper')\ntime.sleep(0.2)\nsay('up and running')\ndone()");
    comes_to(RUN_READY);
    assert_string_equal(buf_text(&seen.out), "upper\nup and running\n");
    /* On the error output as well, in pieces, and beside the old one. */
    start_app("s = tcp()\nos.write(2, b'up and')\nsay('half')\nword()\n"
              "os.write(2, b' well\\n')\ndone()");
    printed("half");
    assert_int_equal(seen.service->state, RUN_BESIDE);
    say_go(true);
    comes_to_generation(2);
}

static void both_have_to_come(void **state)
{
    (void)state;
    seen.config.run.ready_path = mem_string("/");
    seen.config.run.ready_log = mem_string("^warm$");
    start_app(ANSWERS "s = tcp()\n"
                      "threading.Thread(target=serve, args=(s, lambda: 200)).start()\n"
                      "word()\nsay('warm')\ndone()");
    printed("asked 1 /");
    assert_int_equal(seen.service->state, RUN_STARTING);
    say_go(true);
    comes_to(RUN_READY);
}

/* Alone it is all there is: it counts as ready after the time, and that is said. */
static void alone_it_counts_as_ready(void **state)
{
    (void)state;
    seen.config.run.ready_log = mem_string("^never$");
    seen.config.run.ready_timeout_ms = 200;
    start_app(SERVES);
    comes_to(RUN_READY);
    assert_string_equal(seen.notice,
                        "the app counts as ready, though no line of its output matches "
                        "^never$");
}

static void keeps_the_sockets_without_overlap(void **state)
{
    (void)state;
    seen.config.run.overlap = false;
    begins_to_serve();
    start_app("say('second')\ns = tcp()\nc = s.accept()[0]\nsay('accepted')\ndone()");
    assert_int_equal(seen.service->state, RUN_STOPPING);
    AWAIT_COUNT(seen.exits);
    /* Nobody listens now. */
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    printed("accepted\n");
    (void)close(fd);
    assert_string_equal(buf_text(&seen.out), "bye 1\nsecond\naccepted\n");
}

static void stops_first_without_handoff(void **state)
{
    (void)state;
    seen.config.run.handoff = false;
    begins_to_serve();
    assert_int_equal(handoff_count(seen.service->handoff), 0);
    start_app("say('second')\n" SERVES);
    assert_int_equal(seen.service->state, RUN_STOPPING);
    comes_to(RUN_READY);
    assert_string_equal(buf_text(&seen.out), "bye 1\nsecond\n");
}

/* Switched off while it runs: the kept socket must not be in the way. */
static void lets_go_when_it_is_switched_off(void **state)
{
    (void)state;
    begins_to_serve();
    seen.config.run.handoff = false;
    start_app("say('second')\n" SERVES);
    comes_to_generation(2);
}

static void a_crash_keeps_connections_waiting(void **state)
{
    (void)state;
    seen.config.run.max_retries = 1;
    seen.config.run.restart_delay_ms = 200;
    begins_to_serve();
    assert_int_equal(kill(service_pid(seen.service), SIGKILL), 0);
    comes_to(RUN_BACKOFF);
    assert_int_equal(handoff_count(seen.service->handoff), 1);
    comes_to(RUN_READY);
    assert_int_equal(kill(service_pid(seen.service), SIGKILL), 0);
    comes_to(RUN_DOWN);
    assert_int_equal(handoff_count(seen.service->handoff), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(serves_until_the_new_one_does),
        TEST(is_not_ready_while_the_old_one_accepts),
        TEST(a_newer_one_does_not_wait_for_the_oldest),
        TEST(one_that_dies_while_it_takes_over_is_a_crash),
        TEST(waits_for_every_listener),
        TEST(goes_on_where_the_new_one_ends),
        TEST(goes_on_where_the_new_one_cannot_start),
        TEST(the_newest_replaces_one_that_starts),
        TEST(stops_both),
        TEST(kills_both),
        TEST(stops_while_it_replaces),
        TEST(the_new_one_takes_over_from_the_dead),
        TEST(the_newest_takes_over_from_the_dead),
        TEST(makes_room_for_what_conflicts),
        TEST(stops_while_it_yields),
        TEST(stops_gracefully_while_it_yields),
        TEST(starts_anew_while_it_yields),
        TEST(takes_over_though_the_old_one_is_there),
        TEST(a_crash_while_an_older_one_leaves_backs_off),
        TEST(the_new_one_dies_while_the_old_one_yields),
        TEST(remembers_who_cannot_overlap),
        TEST(makes_room_for_flock),
        TEST(makes_room_for_fcntl),
        TEST(makes_room_for_one_that_tries_again),
        TEST(says_who_has_the_lock),
        TEST(settles_for_fewer_listeners),
        TEST(waits_for_a_slow_listener),
        TEST(takes_all_that_was_left),
        TEST(the_path_has_to_be_answered),
        TEST(the_old_one_goes_on_where_the_path_is_not_answered_well),
        TEST(the_path_may_have_a_port_of_its_own),
        TEST(a_line_has_to_come),
        TEST(both_have_to_come),
        TEST(alone_it_counts_as_ready),
        TEST(keeps_the_sockets_without_overlap),
        TEST(stops_first_without_handoff),
        TEST(lets_go_when_it_is_switched_off),
        TEST(a_crash_keeps_connections_waiting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
