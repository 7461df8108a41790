#include "engine/state.h"

#include "build/dotenv.h"

static void loaded(void *data, struct graph *graph, const struct err *err)
{
    struct engine *engine = data;
    engine->graph_job = NULL;
    if (!graph) {
        notice(engine, LOG_DEBUG, err->hint,
               "the import graph could not be read (%s): every Go file counts", err->message);
    } else {
        watch_extra(engine->watch, graph_outside_dirs(graph, engine->config->root));
    }
    graph_free(engine->graph);
    engine->graph = graph;
    graphs_refresh(engine);
    waiters_check(engine);
}

void graphs_read(struct engine *engine)
{
    const struct target *target = &engine->target;
    engine->graph_wanted = false;
    if (!target->is_go || !target->package)
        return;
    graph_cancel(engine->graph_job);
    engine->graph_job = NULL;
    struct strs env = {0};
    struct err err = {0};
    const struct strs no_files = {0};
    struct graph_request request = {.go = "go",
                                    .dir = engine->config->root,
                                    .package = target->package,
                                    .flags = &engine->config->build.flags,
                                    .env = &env};
    if (dotenv_environment(engine->environment, &no_files, &engine->config->build.env, &env,
                           &err) == 0)
        engine->graph_job = graph_load(engine->loop, &request, loaded, engine, &err);
    if (!engine->graph_job)
        notice(engine, LOG_DEBUG, err.hint, "the import graph cannot be read: %s", err.message);
    strs_fini(&env);
}

void graphs_refresh(struct engine *engine)
{
    if (engine->graph_wanted && !engine->graph_job && !engine->build && !engine->command)
        graphs_read(engine);
}

struct classify graphs_classify(const struct engine *engine)
{
    return (struct classify){.config = engine->config,
                             .graph = engine->graph,
                             .graph_stale = engine->graph_wanted || engine->graph_job,
                             .build_failed = engine->build_failed,
                             .is_go = engine->target.is_go,
                             .app_env =
                                 engine->app_env.len ? &engine->app_env : engine->environment};
}

void graphs_fini(struct engine *engine)
{
    graph_cancel(engine->graph_job);
    engine->graph_job = NULL;
    graph_free(engine->graph);
    engine->graph = NULL;
}
