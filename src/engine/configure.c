#include "engine/state.h"

#include <stdio.h>

#include "base/clock.h"

static void watch_ready(void *data)
{
    struct engine *engine = data;
    struct watch_stats stats = watch_stats(engine->watch);
    char text[128];
    (void)snprintf(text, sizeof text, "%zu director%s, %zu file%s", stats.dirs,
                   stats.dirs == 1 ? "y" : "ies", stats.files, stats.files == 1 ? "" : "s");
    tell_number(engine, EVENT_WATCHING, (int64_t)(stats.ready_ns / CLOCK_NS_PER_MS), text,
                stats.polled_dirs > 0);
    /* Only now: what is saved while the first build runs must not be missed. */
    if (!engine->reloads) {
        graphs_read(engine);
        line_force(engine, CAUSE_START, ACTION_BUILD);
    }
}

static void watch_warns(void *data, const char *message, const char *hint)
{
    notice(data, LOG_WARN, hint, "%s", message);
}

int watch_again(struct engine *engine, struct err *err)
{
    struct watch_events events = {.on_ready = watch_ready,
                                  .on_change = line_changed,
                                  .on_warning = watch_warns,
                                  .data = engine,
                                  .fresh = engine->reloads == 0};
    struct watch *watch = watch_open(engine->loop, engine->config, &events, err);
    if (!watch)
        return err->code;
    if (engine->watch)
        watch_close(engine->watch);
    engine->watch = watch;
    engine->watch_config = engine->config;
    waiters_sync_again(engine);
    if (engine->graph)
        watch_extra(watch, graph_outside_dirs(engine->graph, engine->config->root));
    return 0;
}

void configure_release(struct engine *engine)
{
    if (engine->build || engine->command || engine->tests.run || engine->commands.len)
        return; /* they borrow rules and command lines */
    for (size_t i = engine->retired.len; i-- > 0;) {
        struct config *config = engine->retired.at[i];
        if (config == engine->app_config || config == engine->watch_config)
            continue;
        config_free(config);
        vec_remove(&engine->retired, i);
    }
}

static void tell_config(struct engine *engine, enum log_level level, const char *text)
{
    struct event event = {.kind = EVENT_CONFIG, .level = level, .text = text};
    bus_publish(engine->bus, &event);
}

/* The new configuration and what it builds, or NULL after saying what is wrong with it. */
static struct config *read_again(struct engine *engine, struct target *target)
{
    struct problems problems = {0};
    struct buf text = BUF_INIT((size_t)64 << 10);
    struct err err;
    struct config *config = config_load(engine->request, &problems);
    if (problems.list.len)
        problems_print(&problems, &text);
    if (config && target_find(config, target, &err) != 0) {
        (void)buf_printf(&text, "%s\n", err.message);
        if (*err.hint)
            (void)buf_printf(&text, "  hint: %s\n", err.hint);
        config_free(config);
        config = NULL;
    }
    if (text.len)
        tell_config(engine, config ? LOG_WARN : LOG_ERROR, buf_text(&text));
    buf_fini(&text);
    problems_fini(&problems);
    return config;
}

static void replace(struct engine *engine, struct config *config, struct target *target,
                    unsigned effects)
{
    const struct config *old = engine->config;
    struct err err;
    vec_push(&engine->retired, engine->config);
    config->version = old->version + 1;
    engine->config = config;
    target_fini(&engine->target);
    engine->target = *target;
    outputs_config(engine, old);
    tests_configured(engine);
    settle_set_max(engine->settle, config->watch.settle_max_ms);
    if ((effects & EFFECT_WATCH) && watch_again(engine, &err) != 0)
        notice_err(engine, LOG_ERROR, &err);
    if (effects & EFFECT_BUILD) {
        graphs_read(engine);
        line_force(engine, CAUSE_CONFIG, ACTION_BUILD);
    } else if (effects & EFFECT_RESTART) {
        line_force(engine, CAUSE_CONFIG, ACTION_RESTART);
    }
    configure_release(engine);
}

void configure_again(struct engine *engine)
{
    struct target target;
    struct config *config = read_again(engine, &target);
    if (!config)
        return;
    struct strs changed = {0};
    struct buf text = BUF_INIT(1024);
    unsigned effects = config_difference(engine->config, config, &changed);
    STRS_EACH (key, &changed)
        (void)buf_printf(&text, "%s%s", text.len ? ", " : "", *key);
    tell_config(engine, LOG_INFO, buf_text(&text));
    if (changed.len) {
        replace(engine, config, &target, effects);
    } else {
        target_fini(&target);
        config_free(config);
    }
    buf_fini(&text);
    strs_fini(&changed);
}
