/* Requests to an app, and compilers below a tool. */
#include "measure/bench/world.h"

#include <unistd.h>

#include "http/fields.h"

#define LAST 3 /* the request at which a row of them is stopped */

/* /ok, /missing, /broken, /cut: said as long, ended early; anything else: 500. */
static void serve(void *data, struct http_exchange *exchange)
{
    struct world *world = data;
    struct http_text target = http_exchange_head(exchange)->target;
    world->requests++;
    if (http_text_equal(target, "/ok")) {
        http_respond(exchange, 200, "text/html", NULL, 0, "<p>mark</p>", 11);
    } else if (http_text_equal(target, "/missing")) {
        http_respond(exchange, 404, NULL, NULL, 0, "", 0);
    } else if (http_text_equal(target, "/cut")) {
        http_respond_begin(exchange, 200, (struct http_text){0}, NULL, 0, 100);
        (void)http_respond_write(exchange, "some", 4);
        http_respond_end(exchange, NULL, 0);
    } else {
        http_respond(exchange, 500, NULL, NULL, 0, "", 0);
    }
}

static void open_prober(struct world *world, struct prober *prober, answer_fn *fn, void *data)
{
    world_open(world);
    world_serve(world, serve);
    prober_init(prober, &world->bench, world->bench.address.port, (int)getpid(), fn, data);
}

static void close_prober(struct world *world, struct prober *prober)
{
    prober_fini(prober);
    world_close(world);
}

static void an_answer_is_good_when_it_is_complete(void **state)
{
    static const struct {
        const char *path;
        unsigned status; /* 0: of an answer that is cut off it may come or not */
        bool good;
    } cases[] = {
        {"/ok", 200, true}, {"/missing", 404, true}, {"/fault", 500, false}, {"/cut", 0, false}};
    struct world world;
    struct prober prober;
    struct answer answer;
    (void)state;
    open_prober(&world, &prober, NULL, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(prober_ask(&prober, cases[i].path, &answer), cases[i].good);
        assert_int_equal(answer.good, cases[i].good);
        if (cases[i].status)
            assert_int_equal(answer.status, cases[i].status);
        assert_true(answer.begin_ns > 0 && answer.end_ns >= answer.begin_ns);
    }
    assert_true(prober_ask(&prober, "/ok", &answer));
    assert_int_equal(answer.len, 11);
    assert_memory_equal(answer.body, "<p>mark</p>", 11);
    close_prober(&world, &prober);
}

static void the_owner_of_the_answer_is_seen(void **state)
{
    struct world world;
    struct prober prober;
    struct answer answer;
    (void)state;
    open_prober(&world, &prober, NULL, NULL);
    assert_true(prober_ask(&prober, "/ok", &answer));
    assert_int_equal(answer.owner, getpid()); /* the server is this process */
    prober.root = 0;
    assert_true(prober_ask(&prober, "/ok", &answer));
    assert_int_equal(answer.owner, 0); /* nobody looks */
    close_prober(&world, &prober);
}

static void nobody_listens(void **state)
{
    struct world world;
    struct prober prober;
    struct answer answer;
    (void)state;
    open_prober(&world, &prober, NULL, NULL);
    http_server_close(world.server, 0, NULL, NULL);
    world.server = NULL;
    assert_false(prober_ask(&prober, "/ok", &answer));
    assert_int_equal(answer.status, 0);
    assert_int_equal(answer.owner, 0);
    close_prober(&world, &prober);
}

/* --- one after the other --- */

struct row {
    struct world *world;
    struct prober prober;
    int answers;
    size_t connections; /* at the last of them */
};

static void count(void *data, const struct answer *answer)
{
    struct row *row = data;
    assert_true(answer->good);
    row->connections = http_server_connections(row->world->server);
    if (++row->answers == LAST) {
        prober_stop(&row->prober);
        bench_wake(&row->world->bench);
    }
}

static bool is_over(void *data)
{
    return ((const struct row *)data)->answers >= LAST;
}

static void requests_follow_each_other_until_they_are_stopped(void **state)
{
    struct world world;
    struct row row = {.world = &world};
    (void)state;
    open_prober(&world, &row.prober, count, &row);
    prober_start(&row.prober, "/ok", 1);
    assert_true(bench_wait(&world.bench, is_over, &row, 20000));
    assert_false(bench_wait(&world.bench, NULL, NULL, 20)); /* no more come */
    assert_int_equal(row.answers, LAST);
    assert_int_equal(world.requests, LAST);
    close_prober(&world, &row.prober);
}

static void a_connection_is_kept_where_that_is_wanted(void **state)
{
    struct world world;
    struct prober prober;
    struct answer answer;
    (void)state;
    open_prober(&world, &prober, NULL, NULL);
    prober.kept = true;
    for (int i = 0; i < LAST; i++)
        assert_true(prober_ask(&prober, "/ok", &answer));
    assert_int_equal(http_server_connections(world.server), 1);
    assert_int_equal(world.requests, LAST);
    close_prober(&world, &prober);
}

/* --- compilers and linkers --- */

/* Each builder runs until it was seen: what comes after it waits for a file. */
#define TOOL                                                                                       \
    "run() { ./$1 1000 & p=$!; until [ -e seen-$2 ]; do sleep 0.01; done; kill $p; wait $p; }\n"   \
    "./link 1000 & ./other 1000 & echo before; until [ -e begin ]; do sleep 0.01; done\n"          \
    "run compile 1; run link 2; run link 3; wait"

/* In the scratch directory, with copies of a program under the names of builders. */
static void run_tool(struct world *world, struct running *running)
{
    static const char *const NAMES[] = {"link", "compile", "other"};
    struct strs argv = {0};
    struct err err = {0};
    struct buf sleep = BUF_INIT((size_t)16 << 20);
    const char *const words[] = {"sh", "-c", TOOL};
    assert_int_equal(fs_read("/bin/sleep", &sleep, &err), 0);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(fs_write(at(NAMES[i]), sleep.data, sleep.len, 0755, &err), 0);
        strs_push(&argv, words[i]);
    }
    struct run_plan plan = {.argv = &argv, .dir = scratch};
    assert_int_equal(running_start(&world->bench, running, &plan, &err), 0);
    running->ready = "before";
    strs_fini(&argv);
    buf_fini(&sleep);
}

static bool is_ready(void *data)
{
    return ((const struct running *)data)->is_ready;
}

static int ended(const struct builders *builders)
{
    int count = 0;
    VEC_EACH (const struct builder, builder, &builders->seen)
        count += !builder->lives;
    return count;
}

/* Nobody tells of them: they are looked for by a timer of the bench's. */
static void await_builders(struct bench *bench, const struct builders *builders, size_t seen,
                           int over)
{
    for (int i = 0; i < 4000 && (builders->seen.len < seen || ended(builders) < over); i++)
        (void)bench_wait(bench, NULL, NULL, 5);
    assert_int_equal(builders->seen.len, seen);
    assert_int_equal(ended(builders), over);
}

/* Those that were there before count for nothing, nor do programs of other names. */
static void builders_are_seen_to_come_and_go(void **state)
{
    struct world world;
    struct running running;
    struct builders builders;
    (void)state;
    world_open(&world);
    run_tool(&world, &running);
    assert_true(bench_wait(&world.bench, is_ready, &running, 20000));
    builders_start(&builders, &world.bench, process_root(running.process));
    assert_int_equal(builders_end_ns(&builders), 0);
    put("begin", "");
    await_builders(&world.bench, &builders, 1, 0);
    uint64_t first_ns = builders.first_ns;
    assert_true(first_ns > 0);
    assert_int_equal(builders_links(&builders), 0);
    put("seen-1", "");
    await_builders(&world.bench, &builders, 2, 1);
    uint64_t compiled_ns = builders_end_ns(&builders);
    assert_true(compiled_ns > first_ns);
    put("seen-2", "");
    await_builders(&world.bench, &builders, 3, 2);
    put("seen-3", "");
    await_builders(&world.bench, &builders, 3, 3);
    assert_int_equal(builders_links(&builders), 2);
    assert_true(builders_end_ns(&builders) > compiled_ns);
    assert_int_equal(builders.first_ns, first_ns);
    builders_stop(&builders);
    running_stop(&running, true);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_good_when_it_is_complete),
        cmocka_unit_test(the_owner_of_the_answer_is_seen),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(requests_follow_each_other_until_they_are_stopped),
        cmocka_unit_test(a_connection_is_kept_where_that_is_wanted),
        cmocka_unit_test(builders_are_seen_to_come_and_go),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
