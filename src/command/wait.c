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

static bool is_good(const struct json *answer)
{
    const struct json *reload = json_get(answer, "reload");
    /* null: nothing has happened yet */
    return json_get(reload, "id") == NULL || (reload_text_is_good(reload) && is_up(answer));
}

/* The outcome on stdout when it is good, on stderr with the diagnostics when it is not. */
static int tell(const struct json *answer)
{
    const struct json *reload = json_get(answer, "reload");
    struct buf text = BUF_INIT(CONTROL_ANSWER_MAX);
    bool none = json_get(reload, "id") == NULL;
    bool good = is_good(answer);
    if (none) {
        (void)puts("nothing has been reloaded yet");
    } else {
        reload_text_line(reload, &text);
        if (!good)
            reload_text_diagnostics(reload, &text);
        if (reload_text_is_good(reload) && !is_up(answer))
            (void)buf_puts(&text, "the app is down: it has crashed since\n");
        (void)fputs(buf_text(&text), good ? stdout : stderr);
    }
    buf_fini(&text);
    return good ? EXIT_OK : EXIT_APP;
}

static int run(const struct arguments *arguments)
{
    struct err err = {0};
    struct json *answer = NULL;
    struct buf raw = BUF_INIT(CONTROL_ANSWER_MAX);
    uint32_t timeout_ms = arguments->has_timeout ? arguments->timeout_ms : WAIT_TIMEOUT_MS;
    int result;
    int failed = project_ask("{\"v\":1,\"command\":\"wait\"}", timeout_ms, &answer, &raw, &err);
    if (failed == CONTROL_TIMEOUT) {
        err_set(&err, ERR_APP, "the last edit is not being served after %g s", timeout_ms / 1e3);
        err_hint(&err, "zonda status tells what it does; --timeout gives it longer");
    }
    if (failed) {
        result = command_report(&err);
    } else {
        if (arguments->json)
            (void)puts(buf_text(&raw));
        result = !arguments->json ? tell(answer) : is_good(answer) ? EXIT_OK : EXIT_APP;
    }
    json_free(answer);
    buf_fini(&raw);
    return result;
}

const struct command_entry COMMAND_WAIT = {
    .name = "wait",
    .usage = "zonda wait [--timeout DURATION] [--json]",
    .summary = "Return when the last edit is being served",
    .help = "Every change that was saved before this call is seen, built and being served when it\n"
            "returns. Exit status 0 where that went well (or nothing had to be done), 1 where the\n"
            "build or the start failed (the messages of the compiler are printed), where it took\n"
            "longer than --timeout (60s unless given, 0: no limit) or where no zonda runs here.",
    .run = run,
};
