#include <inttypes.h>
#include <stdio.h>

#include "base/path.h"
#include "command/project.h"
#include "command/reload_text.h"
#include "control/control.h"

#define STATUS_TIMEOUT_MS 5000

static const char *text_of(const struct json *status, const char *name, const char *otherwise)
{
    const char *text = json_text(json_get(status, name));
    return text ? text : otherwise;
}

static int64_t number_of(const struct json *object, const char *name)
{
    return json_number(json_get(object, name), 0);
}

static void count(int64_t number, const char *one, const char *more, struct buf *out)
{
    (void)buf_printf(out, "%" PRId64 " %s", number, number == 1 ? one : more);
}

static void write_text(const struct json *status, struct buf *out)
{
    const char *root = text_of(status, "root", "?");
    const char *config = text_of(status, "config", NULL);
    const struct json *ports = json_get(status, "ports");
    const struct json *watching = json_get(status, "watching");
    const struct json *last = json_get(status, "last");
    (void)buf_printf(out, "%s: generation %" PRId64, text_of(status, "state", "?"),
                     number_of(status, "generation"));
    if (number_of(status, "app_pid"))
        (void)buf_printf(out, ", pid %" PRId64, number_of(status, "app_pid"));
    for (size_t i = 0; i < json_len(ports); i++)
        (void)buf_printf(out, "%s%" PRId64, i ? ", " : ", port ",
                         json_number(json_at(ports, i), 0));
    (void)buf_printf(out, "\nproject:  %s (%s)\n", root,
                     config ? path_show(root, config) : "no configuration file");
    (void)buf_printf(out, "zonda:    %s, pid %" PRId64 "\n", text_of(status, "version", "?"),
                     number_of(status, "pid"));
    (void)buf_puts(out, "watching: ");
    count(number_of(watching, "dirs"), "directory", "directories", out);
    (void)buf_puts(out, ", ");
    count(number_of(watching, "files"), "file", "files", out);
    if (number_of(watching, "polled")) {
        (void)buf_puts(out, ", ");
        count(number_of(watching, "polled"), "directory by polling", "directories by polling", out);
    }
    (void)buf_printf(out, "\nreloads:  %" PRId64 "\n", number_of(status, "reloads"));
    if (json_get(last, "id")) {
        (void)buf_puts(out, "last:     ");
        reload_text_line(last, out);
        reload_text_diagnostics(last, out);
    }
}

static int run(const struct arguments *arguments)
{
    struct err err = {0};
    struct json *status = NULL;
    struct buf raw = BUF_INIT(CONTROL_ANSWER_MAX), text = BUF_INIT(CONTROL_ANSWER_MAX);
    int result = EXIT_OK;
    if (project_ask("{\"v\":1,\"command\":\"status\"}",
                    arguments->has_timeout ? arguments->timeout_ms : STATUS_TIMEOUT_MS, &status,
                    &raw, &err)) {
        result = command_report(&err);
    } else if (arguments->json) {
        (void)puts(buf_text(&raw));
    } else {
        write_text(status, &text);
        (void)fputs(buf_text(&text), stdout);
    }
    json_free(status);
    buf_fini(&text);
    buf_fini(&raw);
    return result;
}

const struct command_entry COMMAND_STATUS = {
    .name = "status",
    .usage = "zonda status [--json] [--timeout DURATION]",
    .summary = "Ask the zonda that runs here what it does",
    .help = "Prints the state of the app, its process and ports, what is watched and how the last\n"
            "reload ended. --json prints the answer of the control socket as it is. Exit status 1\n"
            "where no zonda runs for this directory or one above it.",
    .run = run,
};
