#include "engine/engine.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/path.h"
#include "build/tmp_dir.h"
#include "engine/state.h"
#include "platform/environment.h"
#include "platform/fs.h"
#include "platform/terminal.h"

static void tell_start(struct engine *engine, const struct problems *warnings)
{
    char text[512];
    const struct config *config = engine->config;
    (void)snprintf(text, sizeof text, "%s · %s", engine->target.name,
                   config->file ? path_show(config->root, config->file) : "no configuration file");
    tell(engine, EVENT_ZONDA_STARTED, NULL, text);
    VEC_EACH (const struct problem, problem, &warnings->list) {
        char place[PROBLEM_PLACE_BYTES];
        notice(engine, LOG_WARN, problem->hint, "%s: %s",
               problem_place(problem, place, sizeof place), problem->message);
    }
}

static int open_all(struct engine *engine, const struct problems *warnings, struct err *err)
{
    engine->loop = loop_new(err);
    if (!engine->loop || process_init(engine->loop, err) != 0 || input_signals(engine, err) != 0)
        return err->code;
    if (tmp_dir_make(engine->config->tmp_dir, err) != 0)
        return err->code;
    environment_read(&engine->environment);
    engine->tty = terminal_is_tty(1);
    buf_init(&engine->build_output, ERROR_LOG_BYTES_MAX);
    outputs_open(engine);
    app_open(engine);
    engine->settle = settle_new(engine->loop, engine->config->watch.settle_max_ms, line_batch,
                                line_obsolete, engine);
    engine->stale_timer = timer_new(engine->loop, builds_long, engine);
    tell_start(engine, warnings);
    requests_open(engine);
    input_open(engine);
    return watch_again(engine, err);
}

static void clean(struct engine *engine)
{
    struct err err;
    if (engine->config->clean_on_exit && fs_remove_tree(engine->config->tmp_dir, &err) != 0)
        notice_err(engine, LOG_WARN, &err);
}

static void close_all(struct engine *engine)
{
    if (engine->control)
        control_close(engine->control);
    waiters_fini(engine);
    if (engine->watch)
        watch_close(engine->watch);
    if (engine->settle)
        settle_free(engine->settle);
    graphs_fini(engine);
    directs_close(engine); /* loop_free waits for it */
    builds_fini(engine);
    tests_fini(engine);
    loops_fini(engine);
    if (engine->service)
        service_free(engine->service);
    if (engine->signals)
        input_fini(engine);
    if (engine->bus)
        outputs_fini(engine);
    timer_free(engine->patience);
    reloads_fini(engine);
    batch_fini(&engine->pending);
    process_fini();
    loop_free(engine->loop);
    VEC_EACH (struct config *, config, &engine->retired)
        config_free(*config);
    vec_fini(&engine->retired);
    config_free(engine->config);
    target_fini(&engine->target);
    strs_fini(&engine->environment);
    strs_fini(&engine->app_env);
    strs_fini(&engine->carried);
}

int engine_run(const struct config_request *request, struct config *config,
               const struct problems *warnings, struct err *err)
{
    struct engine *engine = mem_new(1, sizeof *engine);
    engine->request = request;
    engine->config = config;
    int result = target_find(config, &engine->target, err);
    if (result == 0)
        result = open_all(engine, warnings, err);
    if (result == 0) {
        loop_run(engine->loop);
        clean(engine);
        result = engine->exit_code;
    }
    if (engine->swapping)
        reload_end(engine, &engine->swapping, RELOAD_STOPPED, NULL);
    if (engine->building)
        reload_end(engine, &engine->building, RELOAD_STOPPED, NULL);
    close_all(engine);
    free(engine);
    return result;
}
