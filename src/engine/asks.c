/* What the browser's side asks: how things stand, as the control socket has it, and why. */
#include "engine/state.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"

static void put_status(void *data, struct buf *out)
{
    status_write(data, NULL, out);
}

static void put_reloads(void *data, struct buf *out)
{
    const struct supervisor *supervisor = data;
    struct json_writer json = {.out = out};
    json_array_begin(&json, NULL);
    ENGINES_EACH (engine, supervisor)
        reloads_write(*engine, &json);
    json_array_end(&json);
}

/* --- what is watched, and why --- */

static void write_root(struct json_writer *json, const char *path, const char *why)
{
    json_object_begin(json, NULL);
    json_string(json, "path", path);
    json_string(json, "why", why);
    json_object_end(json);
}

static void write_rules(const struct config *config, struct json_writer *json)
{
    VEC_EACH (const struct rule, rule, &config->rules) {
        char *why = mem_format("rule %s: %s", *rule->name ? rule->name : "of the configuration",
                               action_name(rule->action));
        STRS_EACH (glob, &rule->match)
            write_root(json, *glob, why);
        free(why);
    }
}

static void write_roots(const struct engine *engine, struct json_writer *json)
{
    const struct config *config = engine->config;
    const struct strs *outside =
        engine->graph ? graph_outside_dirs(engine->graph, config->root) : NULL;
    STRS_EACH (path, &config->watch.paths) {
        bool root = strcmp(*path, config->root) == 0;
        write_root(json, path_show(config->root, *path),
                   root ? "the project's root" : "[watch] paths");
    }
    if (outside)
        STRS_EACH (dir, outside)
            write_root(json, *dir, "a local module outside the root, by go.work or replace");
    STRS_EACH (file, &config->env_files)
        write_root(json, path_show(config->root, *file), "[env_files]: a change restarts the app");
    write_rules(config, json);
    STRS_EACH (pattern, &config->watch.exclude)
        write_root(json, *pattern, "[watch] exclude: not watched");
}

static void write_all(const struct supervisor *supervisor, struct json_writer *json)
{
    const struct config *config = supervisor->config;
    json_array_begin(json, "roots");
    if (config->file)
        write_root(json, path_show(config->root, config->file),
                   "zonda's configuration: read again when it changes");
    ENGINES_EACH (engine, supervisor)
        write_roots(*engine, json);
    json_array_end(json);
}

/* The first service that looks at it, else the first one. */
static const struct engine *engine_of(const struct supervisor *supervisor, const char *path)
{
    ENGINES_EACH (engine, supervisor)
        if (path_below((*engine)->config->root, path) &&
            !watch_ignored_by((*engine)->config, path, NULL))
            return *engine;
    return supervisor->engines.len ? supervisor->engines.at[0] : NULL;
}

static void write_why(const struct supervisor *supervisor, const char *word,
                      struct json_writer *json)
{
    struct verdict verdict = {0};
    struct buf ignored = BUF_INIT((size_t)4096);
    char *joined = path_join(supervisor->config->root, word), *path = path_clean(joined);
    const struct engine *engine = engine_of(supervisor, path);
    bool watched = engine && !watch_ignored_by(engine->config, path, &ignored);
    if (watched) {
        struct classify classify = graphs_classify(engine);
        classify_file(&classify, path, CHANGE_WRITTEN, &verdict);
    }
    json_string(json, "path", path_show(supervisor->config->root, path));
    json_bool(json, "watched", watched);
    json_string(json, "action", watched ? action_name(verdict.action) : NULL);
    json_string(json, "reason", watched ? verdict.reason : buf_text(&ignored));
    buf_fini(&ignored);
    free(joined);
    free(path);
}

static void put_watched(void *data, const char *path, struct buf *out)
{
    const struct supervisor *supervisor = data;
    struct json_writer json = {.out = out};
    json_object_begin(&json, NULL);
    json_int(&json, "v", CONTROL_VERSION);
    json_bool(&json, "ok", true);
    if (path)
        write_why(supervisor, path, &json);
    else
        write_all(supervisor, &json);
    json_object_end(&json);
}

/* --- the rest --- */

static void trigger(void *data, const char *refresh)
{
    struct supervisor *supervisor = data;
    if (supervisor->quitting)
        return;
    if (refresh) {
        struct event event = {.kind = EVENT_REFRESH, .level = LOG_INFO, .text = refresh};
        bus_publish(supervisor->bus, &event);
        return;
    }
    ENGINES_EACH (engine, supervisor)
        line_force(*engine, CAUSE_CONTROL, ACTION_BUILD);
}

static size_t app_pids(void *data, int *pids, size_t max)
{
    const struct supervisor *supervisor = data;
    size_t len = 0;
    ENGINES_EACH (engine, supervisor) {
        int pid = service_pid((*engine)->service);
        if (pid && len < max)
            pids[len++] = pid;
    }
    return len;
}

static const struct reload *last(void *data)
{
    return status_last(data);
}

struct pages_ask asks_of(struct supervisor *supervisor)
{
    return (struct pages_ask){.service = supervisor->name,
                              .status = put_status,
                              .reloads = put_reloads,
                              .watched = put_watched,
                              .trigger = trigger,
                              .app_pids = app_pids,
                              .last = last,
                              .data = supervisor};
}
