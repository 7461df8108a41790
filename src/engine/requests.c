#include "engine/state.h"

#include <string.h>

/* status, trigger and wait are for all services, or for the one that "service" names. */
struct asked {
    struct supervisor *supervisor;
    struct control_client *client;
    struct engine *service; /* NULL: all */
};

static void status(const struct asked *asked)
{
    struct buf out = BUF_INIT(CONTROL_ANSWER_MAX);
    status_write(asked->supervisor, asked->service, &out);
    if (out.truncated)
        control_refuse(asked->client, "the status is too long", "ask for one service");
    else
        control_answer(asked->client, buf_text(&out));
    buf_fini(&out);
}

/* The id of the last reload that it leads to. */
static uint64_t force(const struct asked *asked)
{
    struct supervisor *supervisor = asked->supervisor;
    uint64_t later = 0; /* they begin when what is under way has ended */
    ENGINES_EACH (engine, supervisor) {
        if (asked->service && *engine != asked->service)
            continue;
        line_force(*engine, CAUSE_CONTROL, ACTION_BUILD);
        later += (*engine)->pending_force;
    }
    return supervisor->reloads + later;
}

static void trigger(const struct asked *asked, const char *refresh)
{
    struct buf out = BUF_INIT(CONTROL_ANSWER_MAX);
    struct event event = {.kind = EVENT_REFRESH,
                          .level = LOG_INFO,
                          .text = refresh,
                          .service = asked->service ? asked->service->name : NULL};
    uint64_t id = asked->supervisor->reloads;
    if (refresh)
        bus_publish(asked->supervisor->bus, &event);
    else
        id = force(asked);
    (void)buf_printf(&out, "{\"v\":1,\"ok\":true,\"reload_id\":%llu}", (unsigned long long)id);
    control_answer(asked->client, buf_text(&out));
    buf_fini(&out);
}

static void no_service(const struct supervisor *supervisor, struct control_client *client)
{
    struct buf hint = BUF_INIT(1024);
    for (size_t i = 0; i < supervisor->engines.len; i++)
        if (supervisor->engines.at[i]->name)
            (void)buf_printf(&hint, "%s%s",
                             hint.len ? ", " : "the services: ", supervisor->engines.at[i]->name);
    control_refuse(client, "there is no such service",
                   hint.len ? buf_text(&hint) : "the project has no [service.NAME]");
    buf_fini(&hint);
}

static void request(void *data, struct control_client *client, const char *command,
                    const struct json *request)
{
    struct supervisor *supervisor = data;
    const char *name = json_text(json_get(request, "service"));
    struct asked asked = {supervisor, client, name ? services_find(supervisor, name) : NULL};
    if (supervisor->quitting)
        control_refuse(client, "zonda is ending", NULL);
    else if (name && !asked.service)
        no_service(supervisor, client);
    else if (strcmp(command, "status") == 0)
        status(&asked);
    else if (strcmp(command, "trigger") == 0)
        trigger(&asked, json_text(json_get(request, "refresh")));
    else if (strcmp(command, "wait") == 0)
        waiters_add(supervisor, client, name);
    else
        control_refuse(client, "this command is not known", "status, trigger and wait are");
}

static void gone(void *data, struct control_client *client)
{
    waiters_gone(data, client);
}

void requests_open(struct supervisor *supervisor)
{
    struct err err;
    if (!supervisor->config->control)
        return;
    supervisor->control =
        control_open(supervisor->loop, supervisor->config->root, request, gone, supervisor, &err);
    if (!supervisor->control)
        announce_err(supervisor, LOG_WARN, &err);
}
