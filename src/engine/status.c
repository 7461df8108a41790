/* How things stand, as JSON, for the control socket (docs/control.md). */
#include "engine/state.h"

#include "base/version.h"
#include "platform/environment.h"

/* The reload is already JSON. */
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

const char *status_state(const struct engine *engine)
{
    if (engine->build || engine->command)
        return "building";
    if (engine->held || (engine->pending_force && services_full(engine)))
        return "waiting";
    if (service_state(engine->service) == SERVICE_DOWN && engine->app_done)
        return "ended";
    return service_state_name(service_state(engine->service));
}

bool status_moves(const struct engine *engine)
{
    enum service_state state = service_state(engine->service);
    return state != SERVICE_DOWN && state != SERVICE_READY && state != SERVICE_BLOCKED &&
           !engine->app_done;
}

/* --- one service --- */

static void put_ports(const struct engine *engine, struct json_writer *json)
{
    const struct listeners *listeners = service_listeners(engine->service);
    for (size_t i = 0; i < listeners->tcp_len && service_pid(engine->service); i++)
        json_int(json, NULL, listeners->tcp_ports[i]);
}

static void put_app(const struct engine *engine, struct json_writer *json)
{
    struct watch_stats stats = watch_stats(engine->watch);
    json_int(json, "generation", (int64_t)service_generation(engine->service));
    json_int(json, "app_pid", service_pid(engine->service));
    json_array_begin(json, "ports");
    put_ports(engine, json);
    json_array_end(json);
    json_object_begin(json, "watching");
    json_int(json, "dirs", (int64_t)stats.dirs);
    json_int(json, "files", (int64_t)stats.files);
    json_int(json, "polled", (int64_t)stats.polled_dirs);
    json_object_end(json);
    json_int(json, "reloads", (int64_t)engine->reloads);
    put_reload(json->out, "last", reload_last(engine));
    put_tests(engine, json);
}

static void put_service(const struct engine *engine, struct json_writer *json)
{
    json_object_begin(json, NULL);
    json_string(json, "name", engine->name);
    json_string(json, "state", status_state(engine));
    json_string(json, "root", engine->config->root);
    json_array_begin(json, "depends_on");
    STRS_EACH (name, &engine->config->depends_on)
        json_string(json, NULL, *name);
    json_array_end(json);
    put_app(engine, json);
    json_object_end(json);
}

/* --- all of them --- */

/* The state that a person has to know of: the first of these that any has. */
static const char *state_of_all(const struct supervisor *supervisor)
{
    static const char *const ORDER[] = {"building", "starting", "stopping", "backoff",
                                        "blocked",  "down",     "waiting",  "ready"};
    for (size_t at = 0; at < sizeof ORDER / sizeof *ORDER; at++)
        for (size_t i = 0; i < supervisor->engines.len; i++)
            if (strcmp(status_state(supervisor->engines.at[i]), ORDER[at]) == 0)
                return ORDER[at];
    return supervisor->engines.len ? "ended" : "down";
}

static bool is_failure(const struct reload *reload)
{
    return reload->outcome == RELOAD_BUILD_FAILED || reload->outcome == RELOAD_START_FAILED;
}

const struct reload *status_last(const struct supervisor *supervisor)
{
    const struct reload *last = NULL;
    for (size_t i = 0; i < supervisor->engines.len; i++) {
        const struct reload *reload = reload_last(supervisor->engines.at[i]);
        bool worse = reload && last && is_failure(reload) && !is_failure(last);
        bool better = reload && last && !is_failure(reload) && is_failure(last);
        if (reload && (!last || worse || (!better && reload->times.end >= last->times.end)))
            last = reload;
    }
    return last;
}

static void put_all(const struct supervisor *supervisor, struct json_writer *json)
{
    uint64_t reloads = 0;
    json_array_begin(json, "ports");
    for (size_t i = 0; i < supervisor->engines.len; i++) {
        put_ports(supervisor->engines.at[i], json);
        reloads += supervisor->engines.at[i]->reloads;
    }
    json_array_end(json);
    json_int(json, "reloads", (int64_t)reloads);
    put_reload(json->out, "last", status_last(supervisor));
    json_array_begin(json, "services");
    for (size_t i = 0; i < supervisor->engines.len; i++)
        put_service(supervisor->engines.at[i], json);
    json_array_end(json);
}

/* The one that is meant: where there is only one, all is that. */
static const struct engine *one_of(const struct supervisor *supervisor,
                                   const struct engine *service)
{
    return service ? service : services_find(supervisor, NULL);
}

void status_write(const struct supervisor *supervisor, const struct engine *service,
                  struct buf *out)
{
    const struct config *config = supervisor->config;
    const struct engine *one = one_of(supervisor, service);
    struct json_writer json = {.out = out};
    json_object_begin(&json, NULL);
    json_int(&json, "v", 1);
    json_bool(&json, "ok", true);
    if (service)
        json_string(&json, "service", service->name);
    json_string(&json, "state", one ? status_state(one) : state_of_all(supervisor));
    json_int(&json, "pid", environment_pid());
    json_string(&json, "version", ZONDA_VERSION);
    json_string(&json, "root", one ? one->config->root : config->root);
    json_string(&json, "config", config->file);
    json_int(&json, "config_version", config->version);
    if (one)
        put_app(one, &json);
    else
        put_all(supervisor, &json);
    json_object_end(&json);
}

void status_write_wait(const struct supervisor *supervisor, const struct engine *service,
                       struct buf *out)
{
    const struct engine *one = one_of(supervisor, service);
    (void)buf_printf(out, "{\"v\":1,\"ok\":true,\"state\":\"%s\"",
                     one ? status_state(one) : state_of_all(supervisor));
    put_reload(out, "reload", one ? reload_last(one) : status_last(supervisor));
    for (size_t i = 0; !one && i < supervisor->engines.len; i++) {
        const struct engine *engine = supervisor->engines.at[i];
        (void)buf_printf(out, "%s{\"name\":\"%s\",\"state\":\"%s\"", i ? "," : ",\"services\":[",
                         engine->name, status_state(engine));
        put_reload(out, "reload", reload_last(engine));
        (void)buf_puts(out, i + 1 == supervisor->engines.len ? "}]" : "}");
    }
    (void)buf_putc(out, '}');
}
