#include "check.h"

#include <pthread.h>
#include <signal.h>

#include "base/clock.h"
#include "platform/alarm.h"
#include "platform/thread.h"

static struct err err;

struct rung {
    struct loop *loop;
    struct alarm *alarm;
    uint64_t at_ns, rang_ns;
    int count;
};

static void ring(void *data)
{
    struct rung *rung = data;
    rung->rang_ns = clock_mono_ns();
    if (++rung->count == 1) {
        rung->at_ns = rung->rang_ns + 3 * CLOCK_NS_PER_MS;
        alarm_at(rung->alarm, UINT64_MAX);
        alarm_at(rung->alarm, rung->at_ns); /* set anew in its own callback */
        return;
    }
    alarm_free(rung->alarm);
    loop_stop(rung->loop);
}

static void an_alarm_never_rings_early(void **state)
{
    struct rung rung = {.loop = loop_new(&err)};
    (void)state;
    assert_non_null(rung.loop);
    rung.alarm = alarm_new(rung.loop, ring, &rung, &err);
    assert_non_null(rung.alarm);
    alarm_at(rung.alarm, clock_mono_ns() + 1000 * CLOCK_NS_PER_S);
    alarm_at(rung.alarm, 0); /* has passed: at once */
    loop_run(rung.loop);
    assert_int_equal(rung.count, 2);
    assert_true(rung.rang_ns >= rung.at_ns);
    loop_free(rung.loop);
}

#define COUNTS 10000

struct shared {
    struct lock *lock;
    int count;
};

static void count_up(void *data)
{
    struct shared *shared = data;
    for (int i = 0; i < COUNTS; i++) {
        lock_take(shared->lock);
        shared->count++;
        lock_give(shared->lock);
    }
}

static void threads_take_turns(void **state)
{
    struct shared shared = {.lock = lock_new()};
    struct thread *threads[4];
    (void)state;
    for (int i = 0; i < 4; i++) {
        threads[i] = thread_start(count_up, &shared, &err);
        assert_non_null(threads[i]);
    }
    for (int i = 0; i < 4; i++)
        thread_join(threads[i]);
    assert_int_equal(shared.count, 4 * COUNTS);
    lock_free(shared.lock);
}

static void open_it(void *data)
{
    gate_open(data);
}

static void a_gate_stays_open(void **state)
{
    struct gate *gate = gate_new();
    (void)state;
    assert_false(gate_wait(gate, 0));
    assert_false(gate_wait(gate, 2));
    struct thread *thread = thread_start(open_it, gate, &err);
    assert_non_null(thread);
    assert_true(gate_wait(gate, 1000000)); /* long before that */
    assert_true(gate_wait(gate, 0));
    thread_join(thread);
    gate_free(gate);
}

static sigset_t seen;

static void look_at_mask(void *data)
{
    (void)data;
    assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &seen), 0);
}

static void signals_stay_with_their_thread(void **state)
{
    sigset_t before, after;
    (void)state;
    assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &before), 0);
    thread_join(thread_start(look_at_mask, NULL, &err));
    assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &after), 0);
    for (int i = 1; i < 32; i++)
        assert_int_equal(sigismember(&before, i), sigismember(&after, i));
    assert_true(sigismember(&seen, SIGINT) && sigismember(&seen, SIGTERM));
    assert_false(sigismember(&after, SIGINT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alarm_never_rings_early),
        cmocka_unit_test(threads_take_turns),
        cmocka_unit_test(a_gate_stays_open),
        cmocka_unit_test(signals_stay_with_their_thread),
    };
    return cmocka_run_group_tests_name("platform/thread", tests, NULL, NULL);
}
