#include "engine/state.h"

#include <stdlib.h>

struct engine *engine_open(struct supervisor *supervisor, struct config *config,
                           struct target *target, struct err *err)
{
    struct engine *engine = mem_new(1, sizeof *engine);
    engine->supervisor = supervisor;
    engine->loop = supervisor->loop;
    engine->bus = supervisor->bus;
    engine->environment = &supervisor->environment;
    engine->name = mem_string(config->service);
    engine->config = config_use(config);
    engine->target = *target;
    *target = (struct target){0};
    buf_init(&engine->build_output, ERROR_LOG_BYTES_MAX);
    app_open(engine);
    engine->settle = settle_new(engine->loop, engine->config->watch.settle_max_ms, line_batch,
                                line_obsolete, engine);
    engine->stale_timer = timer_new(engine->loop, builds_long, engine);
    if (watch_again(engine, err) == 0)
        return engine;
    engine_close(engine);
    engine_drop(engine);
    return NULL;
}

void engine_close(struct engine *engine)
{
    if (engine->swapping)
        reload_end(engine, &engine->swapping, RELOAD_STOPPED, NULL);
    if (engine->building)
        reload_end(engine, &engine->building, RELOAD_STOPPED, NULL);
    waiters_forget(engine);
    if (engine->watch)
        watch_close(engine->watch);
    settle_free(engine->settle);
    graphs_fini(engine);
    directs_close(engine); /* loop_free waits for it */
    builds_fini(engine);
    tests_fini(engine);
    loops_fini(engine);
    service_free(engine->service);
}

void engine_drop(struct engine *engine)
{
    reloads_fini(engine);
    batch_fini(&engine->pending);
    VEC_EACH (struct config *, config, &engine->retired)
        config_free(*config);
    vec_fini(&engine->retired);
    config_free(engine->config);
    target_fini(&engine->target);
    strs_fini(&engine->app_env);
    strs_fini(&engine->carried);
    free(engine->name);
    free(engine);
}
