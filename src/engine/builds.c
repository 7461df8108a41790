#include "engine/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/path.h"
#include "build/dotenv.h"
#include "platform/fs.h"

#define PROGRESS_AFTER_MS 1000

static void done(void *data, struct build_result *result);

static void line(void *data, const char *text, bool error)
{
    struct engine *engine = data;
    (void)buf_puts(&engine->build_output, text);
    (void)buf_putc(&engine->build_output, '\n');
    tell_build_line(engine, text, error);
}

static void progress(void *data, int packages_done, int total, const char *package)
{
    struct engine *engine = data;
    if (total)
        engine->packages_total = total;
    struct event event = {.kind = EVENT_BUILD_PROGRESS,
                          .level = LOG_DEBUG,
                          .reload = engine->building,
                          .number = packages_done,
                          .total =
                              engine->packages_total > packages_done ? engine->packages_total : 0,
                          .text = package};
    if (engine->building)
        engine->building->packages = packages_done;
    publish(engine, &event);
}

static void stale_counted(void *data, int stale)
{
    struct engine *engine = data;
    engine->stale_job = NULL;
    /* Counted while the build runs: what it has finished by now is no longer stale. */
    if (engine->building)
        engine->packages_total = stale + engine->building->packages;
}

/* A build that takes long: find out how much there is to do, for the progress line. */
void builds_long(void *data)
{
    struct engine *engine = data;
    if (!engine->build || !engine->target.is_default || engine->stale_job)
        return;
    struct graph_request request = {.go = "go",
                                    .dir = engine->config->root,
                                    .package = engine->target.package,
                                    .flags = &engine->config->build.flags,
                                    .env = engine->environment};
    struct err err;
    engine->stale_job = stale_count(engine->loop, &request, stale_counted, engine, &err);
}

static void describe(const struct engine *engine, char *text, size_t len)
{
    if (engine->target.is_default)
        (void)snprintf(text, len, "go build %s", engine->target.package);
    else
        command_describe(&engine->config->build.command, text, len);
}

static void fail(struct engine *engine, const char *message)
{
    engine->building->times.build_end = clock_mono_ns();
    engine->build_failed = true;
    reload_end(engine, &engine->building, RELOAD_BUILD_FAILED, message);
    if (engine->config->build.stop_on_error && service_state(engine->service) != SERVICE_DOWN)
        service_stop(engine->service);
    line_resume(engine);
}

void builds_start(struct engine *engine)
{
    const struct config *config = engine->config;
    struct strs env = {0};
    struct err err = {0};
    struct build_events events = {
        .on_line = line, .on_progress = progress, .on_done = done, .data = engine};
    struct build_request request = {.config = config,
                                    .env = &env,
                                    .package = engine->target.package,
                                    .is_default = engine->target.is_default,
                                    .running = engine->running,
                                    .output = engine->target.go_output,
                                    .reload_id = engine->building->id};
    engine->packages_total = 0;
    engine->owed = false;
    buf_reset(&engine->build_output);
    engine->building->times.build_start = clock_mono_ns();
    if (dotenv_environment(engine->environment, &config->env_files, &config->build.env, &env,
                           &err) == 0) {
        request.direct = directs_get(engine, &env);
        engine->build = build_start(engine->loop, &request, &events, &err);
    }
    strs_fini(&env);
    if (!engine->build) {
        notice_err(engine, LOG_ERROR, &err);
        fail(engine, err.message);
        return;
    }
    char text[256];
    describe(engine, text, sizeof text);
    tell(engine, EVENT_BUILD_BEGIN, engine->building, text);
    settle_busy(engine->settle, true);
    if (engine->target.is_default)
        timer_start(engine->stale_timer, PROGRESS_AFTER_MS);
}

void builds_cancel(struct engine *engine)
{
    build_cancel(engine->build);
}

/* air's build log: the errors of the last build, in a file of tmp_dir. */
static void write_error_log(struct engine *engine)
{
    const char *name = engine->config->build.error_log;
    struct err err;
    if (!name || !*name)
        return;
    char *path = path_join(engine->config->tmp_dir, name);
    if (fs_write(path, buf_text(&engine->build_output), engine->build_output.len, 0644, &err) != 0)
        notice_err(engine, LOG_WARN, &err);
    free(path);
}

/* The last line of the output that says something: where no diagnostic was found it is the reason.
 */
static void add_last_line(const struct engine *engine, struct buf *words)
{
    const char *text = buf_text(&engine->build_output);
    size_t end = strlen(text);
    while (end && strchr(" \t\r\n", text[end - 1]))
        end--;
    size_t begin = end;
    while (begin && text[begin - 1] != '\n')
        begin--;
    if (end > begin)
        (void)buf_printf(words, ": %.*s", (int)(end - begin), text + begin);
}

static void failed(struct engine *engine, const struct build_result *result)
{
    char message[sizeof engine->building->message];
    struct buf words = BUF_INIT(sizeof message);
    if (result->err.code)
        (void)buf_puts(&words, result->err.message);
    else
        exit_status_words(result->status, &words);
    if (!result->err.code && !engine->building->diagnostics.list.len)
        add_last_line(engine, &words);
    (void)snprintf(message, sizeof message, "%s: %s", result->command, buf_text(&words));
    buf_fini(&words);
    if (result->err.code)
        notice_err(engine, LOG_ERROR, &result->err);
    write_error_log(engine);
    fail(engine, message);
}

static void succeeded(struct engine *engine, bool unchanged)
{
    enum service_state state = service_state(engine->service);
    bool up = state == SERVICE_READY || state == SERVICE_STARTING;
    engine->build_failed = false;
    engine->graph_wanted |= engine->target.is_go && !engine->graph && !engine->graph_job;
    if (unchanged && up && !engine->force_restart && engine->built_once) {
        engine->running = fs_stat(engine->target.artifact, true);
        reload_end(engine, &engine->building, RELOAD_UNCHANGED, NULL);
    } else {
        engine->built_once = true;
        app_swap(engine);
    }
    line_resume(engine);
}

static void done(void *data, struct build_result *result)
{
    struct engine *engine = data;
    struct reload *reload = engine->building;
    timer_stop(engine->stale_timer);
    stale_cancel(engine->stale_job);
    engine->stale_job = NULL;
    build_free(engine->build);
    engine->build = NULL;
    settle_busy(engine->settle, false);
    reload->times.build_end = clock_mono_ns();
    reload->packages = result->packages;
    reload->how = result->how;
    diagnostics_fini(&reload->diagnostics);
    reload->diagnostics = result->diagnostics;
    struct event event = {.kind = EVENT_BUILD_END,
                          .level = LOG_INFO,
                          .reload = reload,
                          .flag = result->outcome == BUILD_DONE};
    if (result->outcome != BUILD_CANCELLED)
        publish(engine, &event);
    if (engine->quitting) {
        reload_end(engine, &engine->building, RELOAD_STOPPED, NULL);
        quit_next(engine);
    } else if (result->outcome == BUILD_CANCELLED) {
        engine->owed = true;
        strs_copy(&engine->carried, &reload->changed);
        reload_end(engine, &engine->building, RELOAD_OBSOLETE, NULL);
        line_resume(engine);
    } else if (result->outcome == BUILD_FAILED) {
        failed(engine, result);
    } else {
        succeeded(engine, result->unchanged);
    }
    services_built(engine);
}

void builds_fini(struct engine *engine)
{
    stale_cancel(engine->stale_job);
    timer_free(engine->stale_timer);
    buf_fini(&engine->build_output);
    vec_fini(&engine->commands);
}
