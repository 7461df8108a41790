#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "browser/events.h"

static void publish(struct events *events, enum events_kind kind, const char *data)
{
    events_publish(events, kind, data, strlen(data));
}

struct heard {
    char text[512];
};

static void hear(void *data, const struct events_message *message)
{
    struct heard *heard = data;
    assert_int_equal(strlen(message->data), message->len);
    assert_true(strlen(heard->text) + message->len + 2 < sizeof heard->text);
    strcat(heard->text, message->data);
    strcat(heard->text, " ");
}

static void check_after(const struct events *events, uint64_t number, const char *expected)
{
    struct heard heard = {""};
    assert_true(events_after(events, number, hear, &heard));
    assert_string_equal(heard.text, expected);
}

static void what_was_missed_comes_in_order(void **state)
{
    struct events *events = events_new();
    (void)state;
    publish(events, EVENTS_NEWS, "a");
    publish(events, EVENTS_NEWS, "b");
    publish(events, EVENTS_NEWS, "c");
    check_after(events, 0, "a b c ");
    check_after(events, 2, "c ");
    check_after(events, 3, "");
    events_free(events);
}

static void what_is_pointless_is_left_out(void **state)
{
    struct events *events = events_new();
    (void)state;
    publish(events, EVENTS_SWAP, "css");
    publish(events, EVENTS_STATE, "building");
    publish(events, EVENTS_STATE, "error");
    publish(events, EVENTS_REFRESH, "old");
    publish(events, EVENTS_REFRESH, "refresh");
    publish(events, EVENTS_SWAP, "image");
    check_after(events, 0, "error refresh image ");
    check_after(events, 5, "image ");
    events_free(events);
}

static void an_id_names_its_run(void **state)
{
    struct events *events = events_new(), *other = events_new();
    char id[EVENTS_ID_BYTES];
    uint64_t number = 7;
    (void)state;
    publish(events, EVENTS_NEWS, "a");
    events_id(events, 1, id);
    assert_true(events_number(events, id, strlen(id), &number));
    assert_int_equal(number, 1);
    assert_false(events_number(other, id, strlen(id), &number));
    events_id(events, 2, id); /* has not been yet */
    assert_false(events_number(events, id, strlen(id), &number));
    events_free(events);
    events_free(other);
}

static void ids_from_outside(void **state)
{
    static const char *const TAILS[] = {"", "-", "-x", "-1x", "-99999999999999999999", "1", "--1"};
    struct events *events = events_new();
    char id[EVENTS_ID_BYTES], given[64];
    uint64_t number;
    (void)state;
    publish(events, EVENTS_NEWS, "a");
    events_id(events, 1, id);
    for (size_t i = 0; i < sizeof TAILS / sizeof *TAILS; i++) {
        (void)snprintf(given, sizeof given, "%.8s%s", id, TAILS[i]);
        assert_false(events_number(events, given, strlen(given), &number));
    }
    assert_false(events_number(events, NULL, 0, &number));
    events_free(events);
}

static void the_old_ones_are_forgotten(void **state)
{
    struct events *events = events_new();
    struct heard heard = {""};
    (void)state;
    publish(events, EVENTS_STATE, "error");
    for (int i = 0; i < EVENTS_KEPT; i++)
        publish(events, EVENTS_NEWS, "x");
    assert_false(events_after(events, 0, hear, &heard));
    assert_string_equal(heard.text, "");
    check_after(events, EVENTS_KEPT, "x ");
    /* How things stand is known whatever became of the event. */
    events_state(events, hear, &heard);
    assert_string_equal(heard.text, "error ");
    events_free(events);
}

static void large_ones_push_others_out(void **state)
{
    struct events *events = events_new();
    size_t len = EVENTS_BYTES_MAX / 2;
    char *large = malloc(len + 1);
    (void)state;
    memset(large, 'x', len);
    large[len] = '\0';
    publish(events, EVENTS_NEWS, "first");
    events_publish(events, EVENTS_NEWS, large, len);
    events_publish(events, EVENTS_NEWS, large, len);
    assert_false(events_after(events, 0, hear, NULL));
    assert_true(events_after(events, 3, hear, NULL));
    free(large);
    events_free(events);
}

static void count_up(void *data)
{
    ++*(int *)data;
}

static void who_is_told(void **state)
{
    struct events *events = events_new();
    int one = 0, two = 0;
    (void)state;
    events_on_told(events, count_up, &one);
    events_on_told(events, count_up, &two);
    publish(events, EVENTS_NEWS, "a");
    events_off_told(events, count_up, &one);
    publish(events, EVENTS_NEWS, "b");
    assert_int_equal(one, 1);
    assert_int_equal(two, 2);
    events_free(events);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_missed_comes_in_order),
        cmocka_unit_test(what_is_pointless_is_left_out),
        cmocka_unit_test(an_id_names_its_run),
        cmocka_unit_test(ids_from_outside),
        cmocka_unit_test(the_old_ones_are_forgotten),
        cmocka_unit_test(large_ones_push_others_out),
        cmocka_unit_test(who_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
