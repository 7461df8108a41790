#include "check.h"

#include <string.h>

#include "base/clock.h"
#include "run/policy.h"

#define AT(seconds) ((uint64_t)(seconds)*CLOCK_NS_PER_S)

static struct policy policy;
static struct policy_decision decision;
static struct policy_rules rules;

static int begin(void **state)
{
    (void)state;
    rules = (struct policy_rules){.restart = RESTART_ON_FAILURE,
                                  .restart_delay_ms = 100,
                                  .max_retries = 3,
                                  .max_restarts = 30};
    return 0;
}

static int end(void **state)
{
    (void)state;
    policy_fini(&policy);
    return 0;
}

static void ends(int code, uint64_t lived_ms, bool ready, uint64_t mono_ns)
{
    struct policy_end how = {.status = {.code = code}, .lived_ms = lived_ms, .ready = ready};
    policy_ended(&policy, &rules, &how, mono_ns, &decision);
}

static void backs_off_and_gives_up(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        policy_started(&policy, &rules, AT(i));
        ends(2, 50, false, AT(i));
        assert_true(decision.retry);
        assert_int_equal(decision.delay_ms, 100u << i);
    }
    assert_string_equal(decision.why, "the app crashed: exit status 2 (restart 3 of 3)");
    ends(2, 50, false, AT(4));
    assert_false(decision.retry);
    assert_string_equal(decision.why, "the app crashed: exit status 2, 4 times in a row; waiting "
                                      "for a change, r or zonda trigger");
    policy_reset(&policy);
    ends(2, 50, false, AT(5));
    assert_true(decision.retry);
    assert_int_equal(decision.delay_ms, 100);
}

static void bounds_the_delay(void **state)
{
    (void)state;
    rules.max_retries = 1000;
    rules.max_restarts = 1000000;
    for (uint32_t i = 0; i < 100; i++)
        ends(1, 0, false, AT(i));
    assert_true(decision.retry);
    assert_int_equal(decision.delay_ms, POLICY_DELAY_MAX_MS);
    rules.restart_delay_ms = 60000;
    ends(1, 0, false, AT(200));
    assert_int_equal(decision.delay_ms, 60000);
    rules.restart_delay_ms = 0;
    ends(1, 0, false, AT(300));
    assert_int_equal(decision.delay_ms, 0);
}

static uint32_t least(void)
{
    return 0;
}

static uint32_t middle(void)
{
    return 20;
}

static uint32_t most(void)
{
    return 40; /* of 41 for 100 ms */
}

static void the_delay_varies_by_a_fifth(void **state)
{
    (void)state;
    uint32_t (*const sources[])(void) = {least, middle, most};
    for (uint32_t i = 0; i < 3; i++) {
        policy.random = sources[i];
        policy_reset(&policy);
        ends(2, 50, false, AT(i));
        assert_int_equal(decision.delay_ms, 80 + 20 * i);
    }
    /* Never over the bound, and nothing is what it was. */
    rules.restart_delay_ms = POLICY_DELAY_MAX_MS;
    policy_reset(&policy);
    policy.random = least;
    ends(2, 50, false, AT(4));
    assert_int_equal(decision.delay_ms, POLICY_DELAY_MAX_MS * 4 / 5);
    policy.random = most;
    rules.restart_delay_ms = 0;
    policy_reset(&policy);
    ends(2, 50, false, AT(5));
    assert_int_equal(decision.delay_ms, 0);
    policy.random = NULL;
}

static void a_life_ends_the_row(void **state)
{
    (void)state;
    static const struct {
        uint64_t lived_ms;
        bool ready;
        uint32_t delay_ms;
    } cases[] = {{9999, false, 400}, {10000, false, 100}, {4999, true, 400}, {5000, true, 100}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        policy_reset(&policy);
        ends(1, 0, false, AT(1));
        ends(1, 0, false, AT(1));
        ends(1, cases[i].lived_ms, cases[i].ready, AT(1));
        assert_true(decision.retry);
        assert_int_equal(decision.delay_ms, cases[i].delay_ms);
    }
}

static void tells_an_end_from_a_crash(void **state)
{
    (void)state;
    ends(0, 50, true, AT(1));
    assert_false(decision.retry);
    assert_string_equal(decision.why, "the app ended with exit status 0; waiting for a change, "
                                      "r or zonda trigger");
    rules.restart = RESTART_ALWAYS;
    for (int i = 0; i < 10; i++) {
        ends(0, 50, true, AT(1));
        assert_true(decision.retry);
        assert_int_equal(decision.delay_ms, 100);
    }
    rules.restart = RESTART_NEVER;
    ends(0, 50, true, AT(1));
    assert_false(decision.retry);
    ends(1, 50, true, AT(1));
    assert_false(decision.retry);
    assert_string_equal(decision.why, "the app ended: exit status 1; waiting for a change, "
                                      "r or zonda trigger");
}

static void a_signal_is_a_crash(void **state)
{
    (void)state;
    struct policy_end how = {.status = {.signalled = true, .signal = 11, .core = true}};
    policy_ended(&policy, &rules, &how, AT(1), &decision);
    assert_true(decision.retry);
    assert_string_equal(decision.why,
                        "the app crashed: killed by SIGSEGV (core dumped) (restart 1 of 3)");
}

static void bounds_the_starts_of_a_minute(void **state)
{
    (void)state;
    rules.max_restarts = 5;
    for (uint64_t i = 0; i < 5; i++)
        policy_started(&policy, &rules, AT(10 + i));
    ends(1, 20000, true, AT(40));
    assert_false(decision.retry);
    assert_non_null(strstr(decision.why, "was started 5 times in the last minute"));
    /* The first of them is older than a minute. */
    ends(1, 20000, true, AT(70));
    assert_true(decision.retry);
    policy_started(&policy, &rules, AT(70));
    /* An end that is no crash waits until there is room: 11 + 60 s. */
    rules.restart = RESTART_ALWAYS;
    ends(0, 20000, true, AT(70));
    assert_true(decision.retry);
    assert_int_equal(decision.delay_ms, 1001);
    /* What is kept is bounded, whatever the number of starts. */
    for (int i = 0; i < 1000; i++)
        policy_started(&policy, &rules, AT(71));
    assert_int_equal(policy.starts_ns.len, 5);
}

static void zero_means_never(void **state)
{
    (void)state;
    rules.max_retries = 0;
    ends(1, 0, false, AT(1));
    assert_false(decision.retry);
    assert_non_null(strstr(decision.why, "exit status 1, 1 time in a row"));
    rules.max_retries = 3;
    rules.max_restarts = 0;
    ends(1, 0, false, AT(1));
    assert_false(decision.retry);
    rules.restart = RESTART_ALWAYS;
    ends(0, 0, false, AT(1));
    assert_false(decision.retry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(backs_off_and_gives_up, begin, end),
        cmocka_unit_test_setup_teardown(bounds_the_delay, begin, end),
        cmocka_unit_test_setup_teardown(the_delay_varies_by_a_fifth, begin, end),
        cmocka_unit_test_setup_teardown(a_life_ends_the_row, begin, end),
        cmocka_unit_test_setup_teardown(tells_an_end_from_a_crash, begin, end),
        cmocka_unit_test_setup_teardown(a_signal_is_a_crash, begin, end),
        cmocka_unit_test_setup_teardown(bounds_the_starts_of_a_minute, begin, end),
        cmocka_unit_test_setup_teardown(zero_means_never, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
