#include "engine/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/path.h"
#include "build/dotenv.h"
#include "platform/fs.h"

static void started(void *data, uint64_t generation, int pid)
{
    struct engine *engine = data;
    if (engine->swapping)
        engine->swapping->times.start = clock_mono_ns();
    engine->started = generation;
    ports_forget(engine);
    struct event event = {.kind = EVENT_APP_STARTED,
                          .level = LOG_INFO,
                          .reload = engine->swapping,
                          .number = (int64_t)generation,
                          .total = pid};
    publish(engine, &event);
}

static void ready(void *data, uint64_t generation, const struct listeners *listeners)
{
    struct engine *engine = data;
    struct event event = {.kind = EVENT_APP_READY,
                          .level = LOG_INFO,
                          .reload = engine->swapping,
                          .number = (int64_t)generation,
                          .listeners = listeners};
    publish(engine, &event);
    if (!listeners->tcp_len && !listeners->unix_len && !engine->silent)
        notice(engine, LOG_INFO, "from now on 300 ms of life are enough; see [run] ready_timeout",
               "the app runs, but listens on no port and no socket");
    engine->silent = !listeners->tcp_len && !listeners->unix_len;
    if (engine->swapping) {
        engine->swapping->times.ready = clock_mono_ns();
        engine->swapping->generation = generation;
        reload_end(engine, &engine->swapping, RELOAD_SERVED, NULL);
    } else {
        reload_recovered(engine, generation);
        waiters_check(engine);
    }
    services_ready(engine->supervisor);
}

static void stopping(void *data, uint64_t generation, int signal)
{
    struct engine *engine = data;
    if (engine->swapping)
        engine->swapping->times.stop_start = clock_mono_ns();
    tell_number(engine, EVENT_APP_STOPPING, (int64_t)generation, signal_name(signal), true);
}

static bool has_asked(void *data)
{
    struct engine *engine = data;
    return proxy_has_asked(engine->supervisor->proxy, engine->name);
}

static void killed(void *data, uint64_t generation)
{
    struct engine *engine = data;
    char time[CLOCK_WALL_BYTES];
    const char *signal = signal_name(engine->app_config->run.stop_signal);
    (void)generation;
    clock_format_duration(engine->app_config->run.stop_timeout_ms * CLOCK_NS_PER_MS, time);
    if (service_pid(engine->service))
        notice(engine, LOG_WARN, "give it longer with [run] stop_timeout",
               "the app did not stop within %s of %s and was killed", time, signal);
    else
        notice(engine, LOG_WARN, "let the app end its children when it stops",
               "the app has ended, but what it started did not within %s of %s and was killed",
               time, signal);
}

/* What runs, if anything, is an older version than the artifact: no build is the same as that. */
static void start_failed(struct engine *engine, const char *message)
{
    engine->running = (struct fs_info){.kind = FS_NONE};
    reload_end(engine, &engine->swapping, RELOAD_START_FAILED, message);
}

static void ended(void *data, uint64_t generation, struct exit_status status, bool expected)
{
    struct engine *engine = data;
    struct buf words = BUF_INIT(128);
    exit_status_words(status, &words);
    bool newest = generation == engine->started;
    engine->app_done = !expected && newest && exit_status_code(status) == 0;
    if (expected && engine->swapping && engine->swapping->times.stop_start)
        engine->swapping->times.stop_end = clock_mono_ns();
    struct event event = {.kind = EVENT_APP_EXIT,
                          .level = LOG_INFO,
                          .reload = engine->swapping,
                          .number = (int64_t)generation,
                          .total = exit_status_code(status),
                          .text = buf_text(&words),
                          .flag = expected};
    publish(engine, &event);
    if (!expected && !engine->app_done)
        ports_explain(engine);
    if (engine->app_done && engine->swapping) {
        reload_end(engine, &engine->swapping, RELOAD_ENDED, NULL);
    } else if (!expected && engine->swapping && newest) {
        char message[256];
        (void)snprintf(message, sizeof message, "the app ended before it was ready: %s",
                       buf_text(&words));
        start_failed(engine, message);
    }
    buf_fini(&words);
    if (engine->app_done)
        services_ready(engine->supervisor);
}

static void crashed(void *data, bool retry, uint32_t delay_ms, const char *why)
{
    struct engine *engine = data;
    if (retry)
        notice(engine, LOG_WARN, NULL, "%s; it is started again in %u ms", why, delay_ms);
    else
        notice(engine, engine->app_done ? LOG_INFO : LOG_ERROR, NULL, "%s", why);
    if (!retry)
        tell(engine, EVENT_APP_DOWN, NULL, why);
    waiters_check(engine);
}

static void blocked(void *data, uint16_t port)
{
    struct engine *engine = data;
    notice(engine, LOG_WARN, "a change or the key r starts it before",
           "the app is started as soon as port %u is free", port);
    waiters_check(engine);
}

static void kept(void *data, uint64_t generation)
{
    struct engine *engine = data;
    /* A reload has told it already, as its end. */
    notice(engine, LOG_DEBUG, NULL, "generation %" PRIu64 " keeps serving", generation);
    waiters_check(engine);
}

static void noticed(void *data, const char *text)
{
    notice(data, LOG_WARN, NULL, "%s", text);
}

static void failed(void *data, const struct err *err)
{
    struct engine *engine = data;
    notice_err(engine, LOG_ERROR, err);
    if (!engine->swapping)
        return;
    char message[sizeof err->place + sizeof err->message + 2];
    (void)snprintf(message, sizeof message, "%s%s%s", path_show(engine->config->root, err->place),
                   *err->place ? ": " : "", err->message);
    start_failed(engine, message);
}

static void stopped(void *data)
{
    struct engine *engine = data;
    if (engine->quitting)
        quit_next(engine);
}

void app_room(struct engine *engine)
{
    if (engine->paused) {
        engine->paused = false;
        service_pause_output(engine->service, false);
    }
}

static void output(void *data, uint64_t generation, const char *bytes, size_t len, bool error)
{
    struct engine *engine = data;
    struct event event = {.kind = EVENT_APP_OUTPUT,
                          .level = LOG_INFO,
                          .text = bytes,
                          .len = len,
                          .flag = error,
                          .number = (int64_t)generation};
    publish(engine, &event);
    if (generation == engine->started)
        ports_output(engine, bytes, len);
    if (sink_full(engine->supervisor->out) && !engine->paused) {
        engine->paused = true;
        service_pause_output(engine->service, true);
    }
}

static void moved(void *data, const struct service_transition *transition)
{
    struct engine *engine = data;
    if (strcmp(transition->event, "TIMER") == 0 && strcmp(transition->from, transition->to) == 0)
        return; /* a look that found nothing */
    struct event event = {.kind = EVENT_TRANSITION,
                          .level = LOG_DEBUG,
                          .reload = engine->swapping,
                          .transition = transition};
    publish(engine, &event);
}

void app_open(struct engine *engine)
{
    struct service_events events = {.on_started = started,
                                    .on_ready = ready,
                                    .on_stopping = stopping,
                                    .has_asked = has_asked,
                                    .on_killed = killed,
                                    .on_exit = ended,
                                    .on_crash = crashed,
                                    .on_kept = kept,
                                    .on_blocked = blocked,
                                    .on_notice = noticed,
                                    .on_failed = failed,
                                    .on_stopped = stopped,
                                    .on_output = output,
                                    .on_transition = moved,
                                    .data = engine};
    engine->service = service_new(engine->loop, &events);
}

/* The app's own spans belong below the start of it. */
static void set_trace(const struct reload *reload, struct strs *env)
{
    char text[TRACEPARENT_BYTES];
    if (!reload)
        return;
    reload_traceparent(reload, PHASE_START, text);
    strs_env_set(env, "TRACEPARENT", text);
}

void app_swap(struct engine *engine)
{
    if (engine->swapping)
        reload_end(engine, &engine->swapping, RELOAD_OBSOLETE, NULL);
    engine->swapping = engine->building;
    engine->building = NULL;
    engine->force_restart = false;
    if (services_wait(engine))
        services_hold(engine);
    else
        app_start(engine);
}

void app_start(struct engine *engine)
{
    const struct config *config = engine->config;
    struct strs env = {0};
    struct err err;
    engine->held = false;
    if (dotenv_environment(engine->environment, &config->env_files, &config->run.env, &env, &err) !=
        0) {
        strs_fini(&env);
        failed(engine, &err);
        return;
    }
    strs_fini(&engine->app_env);
    engine->app_env = env;
    engine->app_config = config;
    engine->running = fs_stat(engine->target.artifact ? engine->target.artifact : "", true);
    struct strs start_env = {0};
    strs_copy(&start_env, &engine->app_env);
    set_trace(engine->swapping, &start_env);
    struct service_start start = {.config = config,
                                  .env = &start_env,
                                  .artifact = engine->target.artifact,
                                  .tty = engine->supervisor->tty,
                                  .reset = true};
    service_start(engine->service, &start);
    strs_fini(&start_env);
    configure_release(engine);
}
