/* How a bench waits: for what has come, for commands, and for what runs. */
#include "measure/bench/world.h"

#include <signal.h>

static bool never(void *data)
{
    (void)data;
    return false;
}

static bool is_set(void *data)
{
    return *(const bool *)data;
}

struct alarm {
    struct world *world;
    bool came;
};

static void ring(void *data)
{
    struct alarm *alarm = data;
    alarm->came = true;
    bench_wake(&alarm->world->bench);
}

static void interrupt(void *data)
{
    struct world *world = data;
    world->bench.interrupted = true;
    bench_wake(&world->bench);
}

static void waits_until_it_has_come(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    struct alarm alarm = {.world = &world};
    struct timer *timer = timer_new(world.bench.loop, ring, &alarm);
    timer_start(timer, 5);
    assert_true(bench_wait(&world.bench, is_set, &alarm.came, 20000));
    assert_true(bench_wait(&world.bench, is_set, &alarm.came, 0)); /* it is there already */
    assert_false(bench_wait(&world.bench, never, NULL, 5));
    assert_false(bench_wait(&world.bench, NULL, NULL, 5)); /* a pause */
    timer_free(timer);
    world_close(&world);
}

static void an_interruption_ends_waits_but_not_those_of_cleaning_up(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    struct alarm alarm = {.world = &world};
    struct timer *interrupter = timer_new(world.bench.loop, interrupt, &world);
    struct timer *ringer = timer_new(world.bench.loop, ring, &alarm);
    timer_start(interrupter, 5);
    assert_false(bench_wait(&world.bench, never, NULL, UINT32_MAX));
    assert_true(world.bench.interrupted);
    timer_start(ringer, 5);
    assert_true(bench_wait_anyway(&world.bench, is_set, &alarm.came, 20000));
    timer_free(interrupter);
    timer_free(ringer);
    world_close(&world);
}

static void a_signal_interrupts(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    assert_int_equal(raise(signal_number("TERM")), 0);
    assert_false(bench_wait(&world.bench, never, NULL, UINT32_MAX));
    assert_true(world.bench.interrupted && world.bench.result->interrupted);
    world_close(&world);
}

static void steps_are_wanted_by_name(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    assert_true(bench_wants(&world.bench, "storm"));
    strs_push(&world.options.only, "leaf");
    assert_true(bench_wants(&world.bench, "leaf"));
    assert_false(bench_wants(&world.bench, "storm"));
    world_close(&world);
}

/* --- commands --- */

static int command(struct world *world, const char *script, struct buf *out, struct err *err)
{
    struct strs argv = {0};
    const char *const words[] = {"sh", "-c", script};
    for (size_t i = 0; i < 3; i++)
        strs_push(&argv, words[i]);
    int result = bench_command(&world->bench, &argv, NULL, scratch, out, err);
    strs_fini(&argv);
    return result;
}

static void commands_are_waited_for(void **state)
{
    struct world world;
    struct err err = {0};
    struct buf out = BUF_INIT((size_t)10000);
    (void)state;
    world_open(&world);
    strs_env_set(&world.bench.env, "COLOUR", "blue");
    assert_int_equal(command(&world, "pwd; echo $COLOUR; echo more >&2", &out, &err), 0);
    char *wanted = mem_format("%s\nblue\nmore\n", scratch);
    assert_string_equal(buf_text(&out), wanted);
    free(wanted);
    buf_reset(&out);
    assert_int_equal(command(&world, "echo no such thing >&2; exit 3", &out, &err), ERR_APP);
    assert_non_null(strstr(err.message, "sh -c failed: no such thing"));
    assert_int_equal(command(&world, "exit 3", &out, &err), ERR_APP);
    assert_non_null(strstr(err.message, "exit status 3"));
    struct strs argv = {0};
    strs_push(&argv, "no-such-program");
    assert_int_not_equal(bench_command(&world.bench, &argv, NULL, scratch, &out, &err), 0);
    assert_non_null(strstr(err.message, "no-such-program"));
    strs_fini(&argv);
    buf_fini(&out);
    world_close(&world);
}

static void an_interruption_stops_a_command(void **state)
{
    struct world world;
    struct err err = {0};
    struct buf out = BUF_INIT((size_t)10000);
    (void)state;
    world_open(&world);
    struct timer *timer = timer_new(world.bench.loop, interrupt, &world);
    timer_start(timer, 5);
    assert_int_equal(command(&world, "exec sleep 1000", &out, &err), ERR_SYSTEM);
    assert_non_null(strstr(err.message, "was stopped"));
    timer_free(timer);
    buf_fini(&out);
    world_close(&world);
}

/* --- what runs --- */

static void start(struct world *world, struct running *running, const char *script,
                  const char *input)
{
    struct strs argv = {0}, env = {0};
    struct err err = {0};
    const char *const words[] = {"sh", "-c", script};
    for (size_t i = 0; i < 3; i++)
        strs_push(&argv, words[i]);
    strs_push(&env, "COLOUR=red=er");
    struct run_plan plan = {
        .argv = &argv, .env = &env, .dir = scratch, .input = input, .input_file = at("input")};
    if (running_start(&world->bench, running, &plan, &err) != 0)
        fail_msg("%s", err.message);
    strs_fini(&argv);
    strs_fini(&env);
}

static bool has_ended(void *data)
{
    const struct running *running = data;
    return running->ended && !running->io;
}

static bool has_said(void *data)
{
    return ((const struct running *)data)->is_ready;
}

static void a_pause(void *data)
{
    bench_wake(data);
}

static void what_runs_is_heard(void **state)
{
    struct world world;
    struct running running;
    struct buf words = BUF_INIT((size_t)2000);
    (void)state;
    world_open(&world);
    struct timer *timer = timer_new(world.bench.loop, a_pause, &world.bench);
    start(&world, &running, "cat; echo $COLOUR; echo; pwd; exit 3", "first\nsecond\n");
    while (!bench_wait(&world.bench, has_ended, &running, 10))
        timer_start(timer, 1);
    assert_int_equal(running.status.code, 3);
    running_last_words(&running, &words);
    char *wanted = mem_format("red=er | %s", scratch);
    assert_string_equal(buf_text(&words), wanted);
    running_stop(&running, false);
    running_stop(&running, false); /* nothing runs */
    timer_free(timer);
    free(wanted);
    buf_fini(&words);
    world_close(&world);
}

/* The words come in two pieces. */
static void it_is_ready_when_it_says_so(void **state)
{
    struct world world;
    struct running running;
    (void)state;
    world_open(&world);
    start(&world, &running, "printf 'Build fin'; read go; printf 'ished\\n'; exec sleep 1000",
          "x\n");
    running.ready = "Build finished";
    assert_true(bench_wait(&world.bench, has_said, &running, 20000));
    running_stop(&running, false);
    assert_null(running.process);
    world_close(&world);
}

static void who_does_not_hear_is_killed_and_all_below_it(void **state)
{
    struct world world;
    struct running running;
    (void)state;
    world_open(&world);
    start(&world, &running, "trap '' INT; sleep 1000 & echo $! >pid; echo ready; wait; wait", NULL);
    running.ready = "ready";
    assert_true(bench_wait(&world.bench, has_said, &running, 20000));
    char *pid = got("pid");
    running_stop(&running, true);
    assert_int_not_equal(kill((int)strtol(pid, NULL, 10), 0), 0);
    free(pid);
    world_close(&world);
}

static void ports_are_those_of_what_runs(void **state)
{
    struct world world;
    struct running running;
    struct buf ports = BUF_INIT((size_t)200);
    (void)state;
    world_open(&world);
    start(&world, &running,
          "exec python3 -c 'import socket; s = socket.create_server((\"127.0.0.1\", 0)); "
          "print(\"port\", s.getsockname()[1], flush=True); "
          "__import__(\"signal\").pause()'",
          NULL);
    running.ready = "\n";
    assert_true(bench_wait(&world.bench, has_said, &running, 20000));
    assert_true(running_ports(&running, &ports));
    char *wanted = mem_format("port %s\n", buf_text(&ports));
    assert_string_equal(buf_text(&running.output), wanted);
    running_stop(&running, false);
    buf_reset(&ports);
    assert_false(running_ports(&running, &ports));
    assert_int_equal(ports.len, 0);
    free(wanted);
    buf_fini(&ports);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_until_it_has_come),
        cmocka_unit_test(an_interruption_ends_waits_but_not_those_of_cleaning_up),
        cmocka_unit_test(a_signal_interrupts),
        cmocka_unit_test(steps_are_wanted_by_name),
        cmocka_unit_test(commands_are_waited_for),
        cmocka_unit_test(an_interruption_stops_a_command),
        cmocka_unit_test(what_runs_is_heard),
        cmocka_unit_test(it_is_ready_when_it_says_so),
        cmocka_unit_test(who_does_not_hear_is_killed_and_all_below_it),
        cmocka_unit_test(ports_are_those_of_what_runs),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
