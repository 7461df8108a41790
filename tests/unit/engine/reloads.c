/* The history of reloads: bounded, and the last one that says something. */
#include "fixture.h"

static void end(enum reload_outcome outcome, const char *message)
{
    struct reload *reload = reload_begin(engine, CAUSE_CHANGE, ACTION_BUILD);
    reload_end(engine, &reload, outcome, message);
    assert_null(reload);
}

static void the_last_one_is_kept(void **state)
{
    (void)state;
    assert_null(reload_last(engine));
    end(RELOAD_SERVED, NULL);
    assert_int_equal(heard, EVENT_RELOAD_END);
    end(RELOAD_BUILD_FAILED, "go build .: exit status 1");
    assert_int_equal(reload_last(engine)->id, 2);
    assert_string_equal(reload_last(engine)->message, "go build .: exit status 1");
    assert_int_equal(strlen(reload_last(engine)->trace_id), 32);
}

static void an_obsolete_one_is_no_answer(void **state)
{
    (void)state;
    end(RELOAD_SERVED, NULL);
    end(RELOAD_OBSOLETE, NULL);
    end(RELOAD_OBSOLETE, NULL);
    assert_int_equal(reload_last(engine)->id, 1);
}

static void the_history_is_bounded(void **state)
{
    (void)state;
    end(RELOAD_SERVED, NULL);
    for (int i = 0; i < 3 * RELOADS_KEPT; i++)
        end(RELOAD_OBSOLETE, NULL);
    assert_null(reload_last(engine));
    end(RELOAD_SERVED, NULL);
    assert_int_equal(reload_last(engine)->id, 3 * RELOADS_KEPT + 2);
}

static void changes_are_relative_and_few(void **state)
{
    (void)state;
    struct reload *reload = reload_begin(engine, CAUSE_CHANGE, ACTION_BUILD);
    struct batch batch = {.first_ns = 17};
    for (int i = 0; i < 100; i++)
        vec_push(&batch.changes, ((struct change){.path = mem_format("/project/a/%d.go", i)}));
    reload_changes(engine, reload, &batch, "/project/a/50.go");
    batch_fini(&batch);
    assert_int_equal(reload->changed_len, 100);
    assert_int_equal(reload->changed.len, 20);
    assert_string_equal(reload->changed.at[0], "a/50.go");
    assert_string_equal(reload->changed.at[1], "a/0.go");
    assert_int_equal(reload->times.change, 17);
    reload_end(engine, &reload, RELOAD_SERVED, NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, engine_make, engine_free)
    const struct CMUnitTest tests[] = {
        TEST(the_last_one_is_kept),
        TEST(an_obsolete_one_is_no_answer),
        TEST(the_history_is_bounded),
        TEST(changes_are_relative_and_few),
    };
    return cmocka_run_group_tests_name("engine/reloads", tests, NULL, NULL);
}
