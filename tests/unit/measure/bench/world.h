/* A bench without a project: its loop, and a server that answers on the same loop. */
#ifndef ZONDA_TESTS_MEASURE_BENCH_WORLD_H
#define ZONDA_TESTS_MEASURE_BENCH_WORLD_H

#include "build/scratch.h"

#include "http/server.h"
#include "measure/bench/parts.h"

struct world {
    struct bench bench;
    struct bench_options options;
    struct http_server *server;
    int requests;
};

static inline void world_open(struct world *world)
{
    struct err err = {0};
    *world = (struct world){.options = {.rounds = 1, .timeout_ms = 20000}};
    world->bench.options = &world->options;
    world->bench.result = bench_result_new();
    environment_read(&world->bench.env);
    assert_int_equal(bench_open_loop(&world->bench, &err), 0);
    assert_int_equal(tcp_address_parse(&world->bench.address, "127.0.0.1", 0, &err), 0);
}

static inline void world_serve(struct world *world, http_request_fn *fn)
{
    struct err err = {0};
    struct http_server_options options = {.on_request = fn, .data = world};
    world->server = http_server_new(world->bench.http, &options);
    assert_int_equal(
        http_server_listen(world->server, &world->bench.address, &world->bench.address, &err), 0);
}

static inline void world_close(struct world *world)
{
    if (world->server)
        http_server_close(world->server, 0, NULL, NULL);
    bench_close_loop(&world->bench);
    bench_result_free(world->bench.result);
    strs_fini(&world->bench.env);
    strs_fini(&world->options.only);
}

#endif
