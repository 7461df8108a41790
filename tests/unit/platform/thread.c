#include "check.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alarm_never_rings_early),
        cmocka_unit_test(threads_take_turns),
    };
    return cmocka_run_group_tests_name("platform/thread", tests, NULL, NULL);
}
