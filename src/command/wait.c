#include <stdio.h>
#include <string.h>

#include "command/project.h"
#include "command/reload_text.h"
#include "control/control.h"

#define WAIT_TIMEOUT_MS 60000

/* An app that is down without having ended by itself does not serve the last edit. */
static bool is_up(const struct json *answer)
{
    const char *state = json_text(json_get(answer, "state"));
    return !state || (strcmp(state, "down") != 0 && strcmp(state, "backoff") != 0 &&
                      strcmp(state, "blocked") != 0);
}

/* It does not start before a service that it depends on, and that is not ready. */
static bool waits(const struct json *answer)
{
    const char *state = json_text(json_get(answer, "state"));
    return state && strcmp(state, "waiting") == 0;
}

static bool is_good(const struct json *answer)
{
    const struct json *reload = json_get(answer, "reload");
    /* null: nothing has happened yet */
    return !waits(answer) &&
           (json_get(reload, "id") == NULL || (reload_text_is_good(reload) && is_up(answer)));
}

/* The outcome on stdout when it is good, on stderr with the diagnostics when it is not. */
static void tell_one(const struct json *answer)
{
    const struct json *reload = json_get(answer, "reload");
    const char *name = json_text(json_get(answer, "name"));
    struct buf text = BUF_INIT(CONTROL_ANSWER_MAX);
    bool good = is_good(answer);
    if (name)
        (void)buf_printf(&text, "%s: ", name);
    if (waits(answer)) {
        (void)buf_puts(&text, "it waits for a service that is not ready\n");
    } else if (json_get(reload, "id") == NULL) {
        (void)buf_puts(&text, "nothing has been reloaded yet\n");
    } else {
        reload_text_line(reload, &text);
        if (!good)
            reload_text_diagnostics(reload, &text);
        if (reload_text_is_good(reload) && !is_up(answer))
            (void)buf_puts(&text, "the app is down: it has crashed since\n");
    }
    (void)fputs(buf_text(&text), good ? stdout : stderr);
    buf_fini(&text);
}

/* Of all services where there are several, else of the only one. */
static int judge(const struct json *answer, bool tell)
{
    const struct json *services = json_get(answer, "services");
    bool good = services || is_good(answer);
    if (!services && tell)
        tell_one(answer);
    for (size_t i = 0; i < json_len(services); i++) {
        good = good && is_good(json_at(services, i));
        if (tell)
            tell_one(json_at(services, i));
    }
    return good ? EXIT_OK : EXIT_APP;
}

static int run(const struct arguments *arguments)
{
    struct err err = {0};
    struct json *answer = NULL;
    struct buf raw = BUF_INIT(CONTROL_ANSWER_MAX);
    uint32_t timeout_ms = arguments->has_timeout ? arguments->timeout_ms : WAIT_TIMEOUT_MS;
    int result;
    struct buf request = BUF_INIT(CONTROL_REQUEST_MAX);
    struct json_writer writer = {.out = &request};
    project_request(arguments, "wait", &writer);
    json_object_end(&writer);
    int failed = project_ask(buf_text(&request), timeout_ms, &answer, &raw, &err);
    if (failed == CONTROL_TIMEOUT) {
        err_set(&err, ERR_APP, "the last edit is not being served after %g s", timeout_ms / 1e3);
        err_hint(&err, "zonda status tells what it does; --timeout gives it longer");
    }
    if (failed) {
        result = command_report(&err);
    } else {
        if (arguments->json)
            (void)puts(buf_text(&raw));
        result = judge(answer, !arguments->json);
    }
    json_free(answer);
    buf_fini(&request);
    buf_fini(&raw);
    return result;
}

const struct command_entry COMMAND_WAIT = {
    .name = "wait",
    .usage = "zonda wait [SERVICE] [--timeout DURATION] [--json]",
    .summary = "Return when the last edit is being served",
    .help = "Every change that was saved before this call is seen, built and being served when it\n"
            "returns, by all services or by SERVICE. Exit status 0 where that went well (or "
            "nothing had to be done), 1 where the\n"
            "build or the start failed (the messages of the compiler are printed), where it took\n"
            "longer than --timeout (60s unless given, 0: no limit) or where no zonda runs here.",
    .run = run,
};
