/* A build that writes a file which starts a build: held back, and named; nothing else is. */
#include "fixture.h"

static bool holds(const char *path, bool while_building)
{
    struct batch batch = {0};
    struct change change = {.path = mem_string(path)};
    vec_push(&batch.changes, change);
    loops_note(engine, while_building);
    bool held = loops_holds(engine, &batch);
    batch_fini(&batch);
    return held;
}

static void a_loop_is_held(void **state)
{
    (void)state;
    int rounds = 0;
    while (!holds("/project/stamp.go", true) && rounds < 100)
        rounds++;
    assert_in_range(rounds, 2, 20);
    assert_non_null(strstr(said, "stamp.go changes whenever its own build runs"));
    assert_true(timer_active(engine->guard.timer));
}

static void a_person_is_not(void **state)
{
    (void)state;
    /* The same file again and again, but while nothing of ours ran. */
    for (int i = 0; i < 100; i++)
        assert_false(holds("/project/main.go", false));
    /* Or different files, while it built. */
    for (int i = 0; i < 100; i++)
        assert_false(holds(i % 2 ? "/project/a.go" : "/project/b.go", true));
    assert_string_equal(said, "");
}

static void an_edit_ends_the_row(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        assert_false(holds("/project/stamp.go", true));
        assert_false(holds("/project/stamp.go", true));
        assert_false(holds("/project/main.go", false));
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, engine_make, engine_free)
    const struct CMUnitTest tests[] = {
        TEST(a_loop_is_held),
        TEST(a_person_is_not),
        TEST(an_edit_ends_the_row),
    };
    return cmocka_run_group_tests_name("engine/loops", tests, NULL, NULL);
}
