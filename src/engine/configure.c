#include "engine/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void tell_config(struct supervisor *supervisor, enum log_level level, const char *text)
{
    struct event event = {.kind = EVENT_CONFIG, .level = level, .text = text};
    bus_publish(supervisor->bus, &event);
}

/* Is there something to build and run, for each? Else text says what is wrong. name gets what the
   whole is called; heap. */
static bool check_targets(const struct config *whole, char **name, struct buf *text)
{
    for (size_t i = 0; i < (whole->services.len ? whole->services.len : 1); i++) {
        const struct config *config = whole->services.len ? whole->services.at[i] : whole;
        struct target target;
        struct err err;
        if (target_find(config, &target, &err) == 0) {
            mem_replace(name, config->service ? WHOLE_NAME : target.name);
            target_fini(&target);
            continue;
        }
        (void)buf_printf(text, "%s%s%s%s\n", config->service ? "service " : "",
                         config->service ? config->service : "", config->service ? ": " : "",
                         err.message);
        if (*err.hint)
            (void)buf_printf(text, "  hint: %s\n", err.hint);
        return false;
    }
    return true;
}

/* The new configuration, or NULL after saying what is wrong with it. */
static struct config *read_again(struct supervisor *supervisor, char **name)
{
    struct problems problems = {0};
    struct buf text = BUF_INIT((size_t)64 << 10);
    struct config *config = config_load(supervisor->request, &problems);
    if (problems.list.len)
        problems_print(&problems, &text);
    if (config && !check_targets(config, name, &text)) {
        config_free(config);
        config = NULL;
    }
    if (text.len)
        tell_config(supervisor, config ? LOG_WARN : LOG_ERROR, buf_text(&text));
    buf_fini(&text);
    problems_fini(&problems);
    return config;
}

static void replace(struct engine *engine, struct config *config, unsigned effects)
{
    struct target target;
    struct err err;
    if (target_find(config, &target, &err) != 0) { /* it was found a moment ago */
        notice_err(engine, LOG_ERROR, &err);
        return;
    }
    vec_push(&engine->retired, engine->config);
    engine->config = config_use(config);
    target_fini(&engine->target);
    engine->target = target;
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

static struct config *config_of(struct config *whole, const char *name)
{
    if (!name)
        return whole->services.len ? NULL : whole;
    for (size_t i = 0; i < whole->services.len; i++)
        if (strcmp(whole->services.at[i]->service, name) == 0)
            return whole->services.at[i];
    return NULL;
}

/* What has changed, in words; true where anything has. Services are compared with what their
   engines have, so that nothing is told twice that holds for all. */
static bool differences(struct supervisor *supervisor, struct config *config, struct buf *text)
{
    struct strs whole = {0}, all = {0};
    (void)config_difference(supervisor->config, config, &whole);
    strs_copy(&all, &whole);
    ENGINES_EACH (engine, supervisor) {
        struct config *own = config_of(config, (*engine)->name);
        struct strs changed = {0};
        if (own && own != config)
            (void)config_difference((*engine)->config, own, &changed);
        STRS_EACH (key, &changed)
            if (!strs_has(&whole, *key))
                strs_pushf(&all, "service.%s.%s", own->service, *key);
        if (!own && (*engine)->name && !(*engine)->leaving)
            strs_pushf(&all, "service.%s is gone", (*engine)->name);
        strs_fini(&changed);
    }
    for (size_t i = 0; i < config->services.len; i++)
        if (!services_find(supervisor, config->services.at[i]->service))
            strs_pushf(&all, "service.%s is new", config->services.at[i]->service);
    STRS_EACH (key, &all)
        (void)buf_printf(text, "%s%s", text->len ? ", " : "", *key);
    bool any = all.len > 0;
    strs_fini(&whole);
    strs_fini(&all);
    return any;
}

/* Only what has changed begins anew. */
static void apply(struct supervisor *supervisor)
{
    struct config *whole = supervisor->config;
    size_t len = supervisor->engines.len;
    ENGINES_EACH (engine, supervisor)
        (*engine)->leaving = (*engine)->leaving || !config_of(whole, (*engine)->name);
    for (size_t i = 0; i < len; i++) {
        struct engine *engine = supervisor->engines.at[i];
        struct config *config = config_of(whole, engine->name);
        struct strs changed = {0};
        if (engine->leaving) {
            if (!engine->quitting)
                quit_service(engine);
            continue;
        }
        unsigned effects = config_difference(engine->config, config, &changed);
        if (changed.len)
            replace(engine, config, effects);
        strs_fini(&changed);
    }
    services_open(supervisor);
    services_ready(supervisor); /* perhaps somebody depends on less */
}

void configure_again(struct supervisor *supervisor)
{
    char *name = NULL;
    struct config *old = supervisor->config, *config = read_again(supervisor, &name);
    struct buf text = BUF_INIT(4096);
    if (!config) {
        free(name);
        return;
    }
    bool any = differences(supervisor, config, &text);
    tell_config(supervisor, LOG_INFO, buf_text(&text));
    buf_fini(&text);
    if (!any) {
        config_free(config);
        free(name);
        return;
    }
    free(supervisor->name);
    supervisor->name = name;
    config->version = old->version + 1;
    supervisor->config = config;
    outputs_config(supervisor, old);
    browser_config(supervisor);
    apply(supervisor);
    config_free(old);
}
