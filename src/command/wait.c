#include <stdio.h>

#include "command/project.h"
#include "command/reload_text.h"
#include "control/control.h"

#define WAIT_TIMEOUT_MS 60000

/* The outcome on stdout when it is good, on stderr with the diagnostics when it is not. */
static int tell(const struct json *reload)
{
    struct buf text = BUF_INIT(CONTROL_ANSWER_MAX);
    bool none = json_get(reload, "id") == NULL; /* null: nothing has happened yet */
    bool good = none || reload_text_is_good(reload);
    if (none) {
        (void)puts("nothing has been reloaded yet");
    } else {
        reload_text_line(reload, &text);
        if (!good)
            reload_text_diagnostics(reload, &text);
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
        const struct json *reload = json_get(answer, "reload");
        if (arguments->json) {
            (void)puts(buf_text(&raw));
            result =
                json_get(reload, "id") == NULL || reload_text_is_good(reload) ? EXIT_OK : EXIT_APP;
        } else {
            result = tell(reload);
        }
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
