#include <inttypes.h>
#include <stdio.h>

#include "command/project.h"

#define TRIGGER_TIMEOUT_MS 5000

static int run(const struct arguments *arguments)
{
    struct err err = {0};
    struct buf request = BUF_INIT(4000);
    struct json_writer writer = {.out = &request};
    project_request(arguments, "trigger", &writer);
    if (arguments->refresh)
        json_string(&writer, "refresh", arguments->refresh);
    json_object_end(&writer);

    struct json *answer = NULL;
    struct buf raw = BUF_INIT((size_t)1 << 16);
    int status = EXIT_OK;
    if (request.truncated) {
        err_set(&err, ERR_USAGE, "the key to refresh is too long");
        status = command_report(&err);
    } else if (project_ask(buf_text(&request),
                           arguments->has_timeout ? arguments->timeout_ms : TRIGGER_TIMEOUT_MS,
                           &answer, &raw, &err)) {
        status = command_report(&err);
    } else if (arguments->json) {
        (void)puts(buf_text(&raw));
    } else if (arguments->refresh) {
        (void)printf("refresh of %s was asked for\n", arguments->refresh);
    } else {
        (void)printf("reload %" PRId64 " was asked for\n",
                     json_number(json_get(answer, "reload_id"), 0));
    }
    json_free(answer);
    buf_fini(&raw);
    buf_fini(&request);
    return status;
}

const struct command_entry COMMAND_TRIGGER = {
    .name = "trigger",
    .usage = "zonda trigger [SERVICE] [--refresh KEY] [--json]",
    .summary = "Ask the zonda that runs here to build and restart now",
    .help = "Returns once the request is accepted; zonda trigger && zonda wait returns when the\n"
            "result is being served. SERVICE: that one alone. With --refresh KEY nothing is built: "
            "browsers are told to load\n"
            "KEY (a path such as static/app.css) again.",
    .run = run,
};
