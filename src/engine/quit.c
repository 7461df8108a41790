#include "engine/state.h"

#include "build/dotenv.h"

#define PATIENCE_MS 1000

static void line(void *data, const char *text, bool error)
{
    struct engine *engine = data;
    struct event event = {.kind = EVENT_BUILD_LINE, .level = LOG_INFO, .text = text, .flag = error};
    publish(engine, &event);
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
    if (dotenv_environment(engine->environment, &engine->config->env_files,
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
        services_ended(engine);
    else if (engine->quit_now)
        service_kill(engine->service);
    else if (services_may_stop(engine))
        service_stop(engine->service);
}

void quit_service(struct engine *engine)
{
    engine->quit_now = engine->supervisor->quit_now;
    engine->quitting = true;
    if (engine->build)
        build_cancel(engine->build);
    if (engine->command)
        build_cancel(engine->command);
    tests_stop(engine);
    graph_cancel(engine->graph_job);
    engine->graph_job = NULL;
    quit_next(engine);
}

static void takes_long(void *data)
{
    announce(data, LOG_INFO, NULL, "waiting for the app to stop; ^C again ends it at once");
}

void quit(struct supervisor *supervisor, const char *why)
{
    if (supervisor->quit_now)
        return;
    supervisor->quit_now = supervisor->quitting;
    supervisor->quitting = true;
    struct event event = {
        .kind = EVENT_QUITTING, .level = LOG_INFO, .text = why, .flag = supervisor->quit_now};
    bus_publish(supervisor->bus, &event);
    if (!supervisor->patience) {
        supervisor->patience = timer_new(supervisor->loop, takes_long, supervisor);
        timer_start(supervisor->patience, PATIENCE_MS);
    }
    if (!supervisor->engines.len)
        loop_stop(supervisor->loop);
    for (size_t i = 0; i < supervisor->engines.len; i++)
        if (!supervisor->engines.at[i]->ended)
            quit_service(supervisor->engines.at[i]);
}
