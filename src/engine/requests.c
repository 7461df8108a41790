#include "engine/state.h"

#include <stdlib.h>
#include <string.h>

#include "base/version.h"
#include "platform/environment.h"

static void refuse(struct control_client *client, const char *error, const char *hint)
{
    struct buf out = BUF_INIT(CONTROL_ANSWER_MAX);
    struct json_writer json = {.out = &out};
    json_object_begin(&json, NULL);
    json_int(&json, "v", 1);
    json_bool(&json, "ok", false);
    json_string(&json, "error", error);
    json_string(&json, "hint", hint);
    json_object_end(&json);
    control_answer(client, buf_text(&out));
    buf_fini(&out);
}

/* {"v":1,"ok":true,"NAME":RELOAD}; the reload is already JSON. */
static void put_reload(struct buf *out, const char *name, const struct reload *reload)
{
    (void)buf_printf(out, ",\"%s\":", name);
    if (reload)
        reload_write_json(reload, out);
    else
        (void)buf_puts(out, "null");
}

/* The last run of tests that came to an end, or null. */
static void put_tests(const struct engine *engine, struct json_writer *json)
{
    if (!engine->tests.known) {
        json_string(json, "tests", NULL);
        return;
    }
    json_object_begin(json, "tests");
    test_result_write_members(&engine->tests.last, json);
    json_object_end(json);
}

static const char *state_name(const struct engine *engine)
{
    if (engine->build || engine->command)
        return "building";
    if (service_state(engine->service) == SERVICE_DOWN && engine->app_done)
        return "ended";
    return service_state_name(service_state(engine->service));
}

static void status(struct engine *engine, struct control_client *client)
{
    const struct listeners *listeners = service_listeners(engine->service);
    struct watch_stats stats = watch_stats(engine->watch);
    struct buf out = BUF_INIT(CONTROL_ANSWER_MAX);
    struct json_writer json = {.out = &out};
    json_object_begin(&json, NULL);
    json_int(&json, "v", 1);
    json_bool(&json, "ok", true);
    json_string(&json, "state", state_name(engine));
    json_int(&json, "pid", environment_pid());
    json_string(&json, "version", ZONDA_VERSION);
    json_string(&json, "root", engine->config->root);
    json_string(&json, "config", engine->config->file);
    json_int(&json, "config_version", engine->config->version);
    json_int(&json, "generation", (int64_t)service_generation(engine->service));
    json_int(&json, "app_pid", service_pid(engine->service));
    json_array_begin(&json, "ports");
    for (size_t i = 0; i < listeners->tcp_len && service_pid(engine->service); i++)
        json_int(&json, NULL, listeners->tcp_ports[i]);
    json_array_end(&json);
    json_object_begin(&json, "watching");
    json_int(&json, "dirs", (int64_t)stats.dirs);
    json_int(&json, "files", (int64_t)stats.files);
    json_int(&json, "polled", (int64_t)stats.polled_dirs);
    json_object_end(&json);
    json_int(&json, "reloads", (int64_t)engine->reloads);
    put_reload(&out, "last", reload_last(engine));
    put_tests(engine, &json);
    json_object_end(&json);
    control_answer(client, buf_text(&out));
    buf_fini(&out);
}

static void trigger(struct engine *engine, struct control_client *client, const char *refresh)
{
    struct buf out = BUF_INIT(CONTROL_ANSWER_MAX);
    if (refresh)
        tell(engine, EVENT_REFRESH, NULL, refresh);
    else
        line_force(engine, CAUSE_CONTROL, ACTION_BUILD);
    (void)buf_printf(&out, "{\"v\":1,\"ok\":true,\"reload_id\":%llu}",
                     (unsigned long long)engine->reloads + (engine->pending_force ? 1 : 0));
    control_answer(client, buf_text(&out));
    buf_fini(&out);
}

/* --- wait: answered once everything before the request is served, or has failed --- */

static void drop(struct engine *engine, struct waiter *waiter)
{
    for (size_t i = 0; i < engine->waiters.len; i++) {
        if (engine->waiters.at[i] == waiter) {
            vec_remove(&engine->waiters, i);
            break;
        }
    }
    free(waiter);
}

static void synced(void *data)
{
    struct waiter *waiter = data;
    struct engine *engine = waiter->engine;
    waiter->synced = true;
    if (waiter->client)
        waiters_check(engine);
    else
        drop(engine, waiter);
}

static void wait_for(struct engine *engine, struct control_client *client)
{
    struct waiter *waiter = mem_new(1, sizeof *waiter);
    *waiter = (struct waiter){.client = client, .engine = engine};
    vec_push(&engine->waiters, waiter);
    watch_sync(engine->watch, synced, waiter);
}

/* Is the app on its way up, or down? After a crash it may come back by itself. */
static bool app_moves(const struct engine *engine)
{
    enum service_state state = service_state(engine->service);
    return state != SERVICE_DOWN && state != SERVICE_READY && state != SERVICE_BLOCKED &&
           !engine->app_done;
}

void waiters_check(struct engine *engine)
{
    if (engine->quitting || !engine->waiters.len || !line_idle(engine) || app_moves(engine))
        return;
    struct buf out = BUF_INIT(CONTROL_ANSWER_MAX);
    (void)buf_printf(&out, "{\"v\":1,\"ok\":true,\"state\":\"%s\"", state_name(engine));
    put_reload(&out, "reload", reload_last(engine));
    (void)buf_putc(&out, '}');
    for (size_t i = engine->waiters.len; i-- > 0;) {
        struct waiter *waiter = engine->waiters.at[i];
        if (!waiter->synced || !waiter->client)
            continue;
        control_answer(waiter->client, buf_text(&out));
        drop(engine, waiter);
    }
    buf_fini(&out);
}

static void gone(void *data, struct control_client *client)
{
    struct engine *engine = data;
    for (size_t i = engine->waiters.len; i-- > 0;) {
        struct waiter *waiter = engine->waiters.at[i];
        if (waiter->client != client)
            continue;
        waiter->client = NULL;
        if (waiter->synced)
            drop(engine, waiter); /* else watch still holds it; synced drops it */
    }
}

void waiters_sync_again(struct engine *engine)
{
    for (size_t i = 0; i < engine->waiters.len; i++)
        if (!engine->waiters.at[i]->synced)
            watch_sync(engine->watch, synced, engine->waiters.at[i]);
}

void waiters_fini(struct engine *engine)
{
    for (size_t i = 0; i < engine->waiters.len; i++)
        free(engine->waiters.at[i]);
    vec_fini(&engine->waiters);
}

static void request(void *data, struct control_client *client, const char *command,
                    const struct json *request)
{
    struct engine *engine = data;
    if (engine->quitting)
        refuse(client, "zonda is ending", NULL);
    else if (strcmp(command, "status") == 0)
        status(engine, client);
    else if (strcmp(command, "trigger") == 0)
        trigger(engine, client, json_text(json_get(request, "refresh")));
    else if (strcmp(command, "wait") == 0)
        wait_for(engine, client);
    else
        refuse(client, "this command is not known", "status, trigger and wait are");
}

void requests_open(struct engine *engine)
{
    struct err err;
    if (!engine->config->control)
        return;
    engine->control = control_open(engine->loop, engine->config->root, request, gone, engine, &err);
    if (!engine->control)
        notice_err(engine, LOG_WARN, &err);
}
