#include "engine/state.h"

#include <stdio.h>

#include "base/clock.h"
#include "build/dotenv.h"

static void finished(void *data, struct build_result *result);

static void line(void *data, const char *text, bool error)
{
    tell_build_line(data, text, error);
}

/* What the plan wants once its commands have run. */
static void after(struct engine *engine)
{
    switch (engine->after_commands) {
    case ACTION_BUILD:
        builds_start(engine);
        break;
    case ACTION_RESTART:
        app_swap(engine);
        line_resume(engine);
        break;
    default:
        if (engine->after_commands == ACTION_REFRESH)
            tell(engine, EVENT_REFRESH, engine->building, NULL);
        reload_end(engine, &engine->building, RELOAD_REFRESHED, NULL);
        line_resume(engine);
    }
}

static void fail(struct engine *engine, const char *message)
{
    engine->commands.len = 0;
    reload_end(engine, &engine->building, RELOAD_BUILD_FAILED, message);
    line_resume(engine);
}

void command_describe(const struct command *command, char *text, size_t len)
{
    const char *first = command->words.len ? command->words.at[0] : "";
    (void)snprintf(text, len, "%s", command->line ? command->line : first);
}

void commands_next(struct engine *engine)
{
    if (!engine->commands.len) {
        after(engine);
        return;
    }
    const struct rule *rule = engine->commands.at[0];
    vec_remove(&engine->commands, 0);
    struct build_events events = {.on_line = line, .on_done = finished, .data = engine};
    struct strs env = {0};
    struct err err;
    engine->building->times.build_start = clock_mono_ns();
    if (dotenv_environment(engine->environment, &engine->config->env_files,
                           &engine->config->build.env, &env, &err) == 0)
        engine->command =
            build_command(engine->loop, engine->config, &rule->command, &env, &events, &err);
    strs_fini(&env);
    if (engine->command) {
        char text[256];
        command_describe(&rule->command, text, sizeof text);
        tell(engine, EVENT_BUILD_BEGIN, engine->building, text);
        settle_busy(engine->settle, true);
    } else {
        notice_err(engine, LOG_ERROR, &err);
        fail(engine, err.message);
    }
}

static void finished(void *data, struct build_result *result)
{
    struct engine *engine = data;
    char message[sizeof result->command + sizeof result->err.message + 2] = "";
    build_free(engine->command);
    engine->command = NULL;
    settle_busy(engine->settle, false);
    if (result->outcome == BUILD_FAILED) {
        struct buf words = BUF_INIT(128);
        exit_status_words(result->status, &words);
        (void)snprintf(message, sizeof message, "%s: %s", result->command,
                       result->err.code ? result->err.message : buf_text(&words));
        buf_fini(&words);
    }
    diagnostics_fini(&result->diagnostics);
    if (engine->quitting) {
        reload_end(engine, &engine->building, RELOAD_STOPPED, NULL);
        quit_next(engine);
    } else if (*message)
        fail(engine, message);
    else
        commands_next(engine);
}
