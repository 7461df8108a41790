/* Which version of the app an answer comes from. */
#include "measure/bench/world.h"

#include <unistd.h>

#include "base/clock.h"

#define MARK "zonda-bench-777777" /* this program has it, too */

static struct edit edit_of(struct world *world, struct contender *contender, enum bench_kind kind)
{
    struct edit edit = {.bench = &world->bench, .contender = contender, .kind = kind, .owner = 1};
    (void)snprintf(edit.mark, sizeof edit.mark, "%s", MARK);
    return edit;
}

static struct answer answer_of(const char *body, int owner)
{
    return (struct answer){.begin_ns = clock_mono_ns(),
                           .status = 200,
                           .good = true,
                           .owner = owner,
                           .body = body,
                           .len = strlen(body)};
}

static void a_page_shows_its_version(void **state)
{
    struct world world;
    struct contender contender = {0};
    (void)state;
    world_open(&world);
    struct edit edit = edit_of(&world, &contender, KIND_TEMPLATE);
    struct answer with = answer_of("<p data-mark=" MARK ">", 0);
    struct answer without = answer_of("<p data-mark=zonda-bench-777776>", 0);
    assert_true(edit_is_new(&edit, &with));
    assert_false(edit_is_new(&edit, &without));
    with.good = false;
    assert_false(edit_is_new(&edit, &with));
    world_close(&world);
}

static void a_configuration_is_read_by_another_process(void **state)
{
    struct world world;
    struct contender contender = {0};
    (void)state;
    world_open(&world);
    struct edit edit = edit_of(&world, &contender, KIND_CONFIG);
    struct answer old = answer_of("", edit.owner), new = answer_of("", (int)getpid());
    assert_false(edit_is_new(&edit, &old));
    assert_true(edit_is_new(&edit, &new));
    world_close(&world);
}

/* A process whose program has the mark at its end, or has not. */
static void run_copy(struct world *world, struct running *running, const char *name,
                     const char *mark)
{
    struct strs argv = {0};
    struct err err = {0};
    struct buf program = BUF_INIT((size_t)16 << 20);
    assert_int_equal(fs_read("/bin/sleep", &program, &err), 0);
    (void)buf_puts(&program, mark);
    assert_int_equal(fs_write(at(name), program.data, program.len, 0755, &err), 0);
    strs_push(&argv, at(name));
    strs_push(&argv, "1000");
    struct run_plan plan = {.argv = &argv, .dir = scratch};
    assert_int_equal(running_start(&world->bench, running, &plan, &err), 0);
    strs_fini(&argv);
    buf_fini(&program);
}

static void a_process_is_known_by_its_program(void **state)
{
    struct world world;
    struct running old, new;
    struct contender contender = {0};
    (void)state;
    world_open(&world);
    run_copy(&world, &old, "old", "zonda-bench-777776");
    run_copy(&world, &new, "new", MARK);
    struct edit edit = edit_of(&world, &contender, KIND_LEAF);
    struct answer from_old = answer_of(MARK, process_pid(old.process));
    struct answer from_new = answer_of("", process_pid(new.process));
    assert_false(edit_is_new(&edit, &from_old));
    assert_true(edit_is_new(&edit, &from_new)); /* also one that began before that was known */
    assert_false(edit_is_new(&edit, &from_old));
    running_stop(&old, true);
    running_stop(&new, true);
    world_close(&world);
}

/* Its connection is the proxy's: the app is whoever listens at its port. What the app answers
   from then on is new; the answer that made somebody look may be an older one. */
static void behind_a_proxy_it_is_the_one_that_listens(void **state)
{
    static const struct bench_tool PROXY = {.name = "proxy", .through_proxy = true};
    struct world world;
    struct contender contender = {.tool = &PROXY};
    struct tcp_address any;
    struct err err = {0};
    (void)state;
    world_open(&world);
    any = world.bench.address;
    int listener = tcp_listen(&any, &world.bench.address, &err);
    assert_true(listener >= 0);
    struct edit edit = edit_of(&world, &contender, KIND_LEAF);
    struct answer first = answer_of("", 1);
    assert_false(edit_is_new(&edit, &first));
    struct answer second = answer_of("", 1);
    assert_true(edit_is_new(&edit, &second));
    assert_false(edit_is_new(&edit, &first));
    (void)close(listener);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_shows_its_version),
        cmocka_unit_test(a_configuration_is_read_by_another_process),
        cmocka_unit_test(a_process_is_known_by_its_program),
        cmocka_unit_test(behind_a_proxy_it_is_the_one_that_listens),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
