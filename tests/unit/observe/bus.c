#include "check.h"

#include "observe/bus.h"

struct ear {
    struct bus *bus;
    int heard;
    bool leave;
    struct ear *other;
    struct event last;
};

static void hear(void *data, const struct event *event)
{
    struct ear *ear = data;
    ear->heard++;
    ear->last = *event;
    if (ear->leave)
        bus_unsubscribe(ear->bus, hear, ear);
    if (ear->other) {
        struct ear *other = ear->other;
        ear->other = NULL;
        bus_unsubscribe(ear->bus, hear, other);
        struct event more = {.kind = EVENT_NOTICE};
        bus_publish(ear->bus, &more);
    }
}

static void everybody_hears_it(void **state)
{
    struct bus *bus = bus_new();
    struct ear a = {.bus = bus}, b = {.bus = bus};
    struct event event = {.kind = EVENT_WATCHING, .number = 4};
    (void)state;
    assert_int_equal(bus_subscribe(bus, hear, &a), 0);
    assert_int_equal(bus_subscribe(bus, hear, &b), 0);
    bus_publish(bus, &event);
    assert_int_equal(a.heard, 1);
    assert_int_equal(b.last.number, 4);
    assert_true(b.last.mono_ns > 0 && b.last.wall_ns > 0);
    bus_unsubscribe(bus, hear, &a);
    bus_publish(bus, &event);
    assert_int_equal(a.heard, 1);
    assert_int_equal(b.heard, 2);
    bus_free(bus);
}

static void times_that_are_given_stay(void **state)
{
    struct bus *bus = bus_new();
    struct ear ear = {.bus = bus};
    struct event event = {.kind = EVENT_WATCHING, .mono_ns = 7, .wall_ns = 8};
    (void)state;
    assert_int_equal(bus_subscribe(bus, hear, &ear), 0);
    bus_publish(bus, &event);
    assert_int_equal(ear.last.mono_ns, 7);
    assert_int_equal(ear.last.wall_ns, 8);
    bus_free(bus);
}

/* Inside a call one may leave, take another one away, and publish. */
static void subscribers_change_inside_a_call(void **state)
{
    struct bus *bus = bus_new();
    struct ear gone = {.bus = bus}, a = {.bus = bus, .leave = true, .other = &gone},
               b = {.bus = bus};
    struct event event = {.kind = EVENT_WATCHING};
    (void)state;
    assert_int_equal(bus_subscribe(bus, hear, &a), 0);
    assert_int_equal(bus_subscribe(bus, hear, &gone), 0);
    assert_int_equal(bus_subscribe(bus, hear, &b), 0);
    bus_publish(bus, &event);
    assert_int_equal(a.heard, 1);
    assert_int_equal(gone.heard, 0);
    assert_int_equal(b.heard, 2);
    bus_free(bus);
}

static void there_is_a_bound(void **state)
{
    struct bus *bus = bus_new();
    struct ear ear = {.bus = bus};
    (void)state;
    for (int i = 0; i < BUS_SUBSCRIBERS_MAX; i++)
        assert_int_equal(bus_subscribe(bus, hear, &ear), 0);
    assert_int_equal(bus_subscribe(bus, hear, &ear), -1);
    bus_free(bus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_hears_it),
        cmocka_unit_test(times_that_are_given_stay),
        cmocka_unit_test(subscribers_change_inside_a_call),
        cmocka_unit_test(there_is_a_bound),
    };
    return cmocka_run_group_tests_name("observe/bus", tests, NULL, NULL);
}
