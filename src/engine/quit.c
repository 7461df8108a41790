#include "engine/state.h"

#include "build/dotenv.h"

#define PATIENCE_MS 1000

static void line(void *data, const char *text, bool error)
{
    struct engine *engine = data;
    struct event event = {.kind = EVENT_BUILD_LINE, .level = LOG_INFO, .text = text, .flag = error};
    bus_publish(engine->bus, &event);
}

static void done(void *data, struct build_result *result)
{
    struct engine *engine = data;
    build_free(engine->command);
    engine->command = NULL;
    if (result->outcome == BUILD_FAILED)
        notice(engine, LOG_WARN, NULL, "a command of [run] on_quit failed: %s", result->command);
    diagnostics_fini(&result->diagnostics);
    quit_next(engine);
}

/* The next of [run] on_quit. False where there is none left. */
static bool next_command(struct engine *engine)
{
    const struct strs *lines = &engine->config->run.on_quit;
    if (engine->quit_now || engine->quit_line >= lines->len)
        return false;
    struct command command = {.line = lines->at[engine->quit_line++]};
    struct build_events events = {.on_line = line, .on_done = done, .data = engine};
    struct strs env = {0};
    struct err err;
    if (dotenv_environment(&engine->environment, &engine->config->env_files,
                           &engine->config->build.env, &env, &err) == 0)
        engine->command =
            build_command(engine->loop, engine->config, &command, &env, &events, &err);
    strs_fini(&env);
    if (!engine->command)
        notice_err(engine, LOG_WARN, &err);
    return engine->command != NULL || next_command(engine);
}

void quit_next(struct engine *engine)
{
    if (engine->build || engine->command || next_command(engine) || engine->tests.run)
        return;
    directs_close(engine); /* nothing builds any more */
    enum service_state state = service_state(engine->service);
    if (state == SERVICE_DOWN && engine->directs_closing)
        return; /* its end leads here again */
    if (state == SERVICE_DOWN)
        loop_stop(engine->loop);
    else if (engine->quit_now)
        service_kill(engine->service);
    else
        service_stop(engine->service);
}

static void takes_long(void *data)
{
    struct engine *engine = data;
    notice(engine, LOG_INFO, NULL, "waiting for the app to stop; ^C again ends it at once");
}

void quit(struct engine *engine, const char *why)
{
    if (engine->quit_now)
        return;
    engine->quit_now = engine->quitting;
    engine->quitting = true;
    tell_number(engine, EVENT_QUITTING, 0, why, engine->quit_now);
    if (engine->build)
        build_cancel(engine->build);
    if (engine->command)
        build_cancel(engine->command);
    tests_stop(engine);
    graph_cancel(engine->graph_job);
    engine->graph_job = NULL;
    if (!engine->patience) {
        engine->patience = timer_new(engine->loop, takes_long, engine);
        timer_start(engine->patience, PATIENCE_MS);
    }
    quit_next(engine);
}
