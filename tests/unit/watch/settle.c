/* From changes to batches. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/vec.h"
#include "platform/await.h"
#include "platform/fs.h"
#include "watch/settle.h"

static struct {
    struct loop *loop;
    struct settle *settle;
    VEC(struct batch) batches;
    int obsolete;
    bool arrived;
} fixture;

static void on_batch(void *data, struct batch *batch)
{
    (void)data;
    vec_push(&fixture.batches, *batch);
    fixture.arrived = true;
}

static void on_obsolete(void *data, const struct change *change)
{
    (void)data;
    assert_non_null(change->path);
    fixture.obsolete++;
}

static void forget(void)
{
    VEC_EACH (struct batch, batch, &fixture.batches)
        batch_fini(batch);
    vec_fini(&fixture.batches);
    fixture.arrived = false;
    fixture.obsolete = 0;
}

static int set_up(void **state)
{
    struct err err;
    (void)state;
    fixture.loop = loop_new(&err);
    fixture.settle = settle_new(fixture.loop, 2000, on_batch, on_obsolete, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    settle_free(fixture.settle);
    loop_free(fixture.loop);
    forget();
    return 0;
}

static void add(const char *path, enum change_kind kind, bool soft)
{
    char *copy = mem_string(path);
    struct change change = {.path = copy, .kind = kind, .mono_ns = clock_mono_ns()};
    settle_add(fixture.settle, &change, soft);
    free(copy);
}

static const struct batch *next(void)
{
    fixture.arrived = false;
    assert_true(await(fixture.loop, await_true, &fixture.arrived));
    return &fixture.batches.at[fixture.batches.len - 1];
}

static void ticked(void *data)
{
    *(bool *)data = true;
}

/* Later than anything that settle could still be waiting for. */
static void a_while(void)
{
    bool over = false;
    struct timer *timer = timer_new(fixture.loop, ticked, &over);
    timer_start(timer, SETTLE_QUIET_MAX_MS + 100);
    assert_true(await(fixture.loop, await_true, &over));
    timer_free(timer);
}

static void one_change_is_one_batch(void **state)
{
    (void)state;
    assert_false(settle_pending(fixture.settle));
    add("/a", CHANGE_WRITTEN, false);
    assert_true(settle_pending(fixture.settle));
    const struct batch *batch = next();
    assert_int_equal(batch->changes.len, 1);
    assert_string_equal(batch->changes.at[0].path, "/a");
    assert_int_equal(batch->first_ns, batch->changes.at[0].mono_ns);
    assert_false(settle_pending(fixture.settle));
    assert_int_equal(fixture.obsolete, 0);
}

struct order {
    bool timer_first, done;
};

static void late(void *data)
{
    struct order *order = data;
    order->timer_first = !fixture.arrived;
    order->done = true;
}

static void an_isolated_change_does_not_wait(void **state)
{
    (void)state;
    struct order order = {0};
    add("/a", CHANGE_WRITTEN, false);
    /* The shortest wait there is comes after it. */
    struct timer *timer = timer_new(fixture.loop, late, &order);
    timer_start(timer, 1);
    assert_true(await(fixture.loop, await_true, &order.done));
    assert_false(order.timer_first);
    timer_free(timer);
}

static void changes_of_one_turn_are_one_batch(void **state)
{
    (void)state;
    add("/a", CHANGE_CREATED, false);
    add("/b", CHANGE_DELETED, false);
    add("/a", CHANGE_WRITTEN, false);
    add("/b", CHANGE_CREATED, false);
    add("/c", CHANGE_WRITTEN, false);
    add("/c", CHANGE_DELETED, false);
    const struct batch *batch = next();
    assert_int_equal(batch->changes.len, 3);
    assert_int_equal(batch->changes.at[0].kind, CHANGE_CREATED);
    assert_int_equal(batch->changes.at[1].kind, CHANGE_WRITTEN);
    assert_int_equal(batch->changes.at[2].kind, CHANGE_DELETED);
    a_while();
    assert_int_equal(fixture.batches.len, 1);
}

static void a_busy_owner_is_told_and_gets_one_batch(void **state)
{
    (void)state;
    settle_busy(fixture.settle, true);
    for (int i = 0; i < 5; i++) {
        char path[8];
        (void)snprintf(path, sizeof path, "/%d", i);
        add(path, CHANGE_WRITTEN, false);
        assert_int_equal(fixture.obsolete, i + 1);
    }
    const struct batch *batch = next();
    assert_int_equal(batch->changes.len, 5);
    assert_int_equal(fixture.batches.len, 1);
}

static void a_burst_does_not_wait_longer_than_the_limit(void **state)
{
    (void)state;
    settle_set_max(fixture.settle, 0);
    settle_busy(fixture.settle, true);
    struct order order = {0};
    add("/a", CHANGE_WRITTEN, false);
    struct timer *timer = timer_new(fixture.loop, late, &order);
    timer_start(timer, SETTLE_QUIET_MIN_MS);
    assert_true(await(fixture.loop, await_true, &order.done));
    assert_false(order.timer_first);
    timer_free(timer);
}

static void a_file_that_comes_back_is_no_change(void **state)
{
    char name[] = "/tmp/zonda-settle-XXXXXX";
    (void)state;
    close(mkstemp(name));
    add(name, CHANGE_DELETED, true);
    assert_int_equal(fixture.batches.len, 0);
    a_while(); /* it is there: whoever deleted it has written it again */
    assert_int_equal(fixture.batches.len, 0);
    assert_false(settle_pending(fixture.settle));
    assert_int_equal(unlink(name), 0);
    add(name, CHANGE_DELETED, true);
    assert_int_equal(next()->changes.at[0].kind, CHANGE_DELETED);
}

static void a_soft_change_waits_and_then_makes_obsolete(void **state)
{
    (void)state;
    settle_busy(fixture.settle, true);
    add("/no/such/file", CHANGE_DELETED, true);
    assert_int_equal(fixture.obsolete, 0);
    (void)next();
    assert_int_equal(fixture.obsolete, 1);
}

static void a_hard_change_takes_a_soft_one_along(void **state)
{
    (void)state;
    add("/no/such/file", CHANGE_DELETED, true);
    add("/no/such/file", CHANGE_CREATED, false);
    const struct batch *batch = next();
    assert_int_equal(batch->changes.len, 1);
    assert_int_equal(batch->changes.at[0].kind, CHANGE_WRITTEN);
}

static void what_was_written_is_not_dropped(void **state)
{
    char name[] = "/tmp/zonda-settle-XXXXXX";
    (void)state;
    close(mkstemp(name));
    add(name, CHANGE_WRITTEN, false);
    add(name, CHANGE_DELETED, true);
    assert_int_equal(next()->changes.len, 1);
    assert_int_equal(unlink(name), 0);
}

static void too_many_changes_are_counted(void **state)
{
    (void)state;
    for (int i = 0; i < BATCH_PATHS_MAX + 7; i++) {
        char path[16];
        (void)snprintf(path, sizeof path, "/%d", i);
        add(path, CHANGE_WRITTEN, false);
    }
    const struct batch *batch = next();
    assert_int_equal(batch->changes.len, BATCH_PATHS_MAX);
    assert_int_equal(batch->overflow, 7);
}

#define SETTLE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SETTLE_TEST(one_change_is_one_batch),
        SETTLE_TEST(an_isolated_change_does_not_wait),
        SETTLE_TEST(changes_of_one_turn_are_one_batch),
        SETTLE_TEST(a_busy_owner_is_told_and_gets_one_batch),
        SETTLE_TEST(a_burst_does_not_wait_longer_than_the_limit),
        SETTLE_TEST(a_file_that_comes_back_is_no_change),
        SETTLE_TEST(a_soft_change_waits_and_then_makes_obsolete),
        SETTLE_TEST(a_hard_change_takes_a_soft_one_along),
        SETTLE_TEST(what_was_written_is_not_dropped),
        SETTLE_TEST(too_many_changes_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
