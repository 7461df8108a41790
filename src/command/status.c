#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

/* "ready: generation 3, pid 4711, port 8080" */
static void write_app(const struct json *app, struct buf *out)
{
    const struct json *ports = json_get(app, "ports");
    (void)buf_printf(out, "%s: generation %" PRId64, text_of(app, "state", "?"),
                     number_of(app, "generation"));
    if (number_of(app, "app_pid"))
        (void)buf_printf(out, ", pid %" PRId64, number_of(app, "app_pid"));
    for (size_t i = 0; i < json_len(ports); i++)
        (void)buf_printf(out, "%s%" PRId64, i ? ", " : ", port ",
                         json_number(json_at(ports, i), 0));
    (void)buf_putc(out, '\n');
}

static void write_services(const struct json *status, struct buf *out)
{
    const struct json *services = json_get(status, "services");
    int width = 0;
    for (size_t i = 0; i < json_len(services); i++) {
        int len = (int)strlen(text_of(json_at(services, i), "name", "?"));
        width = len > width ? len : width;
    }
    for (size_t i = 0; i < json_len(services); i++) {
        (void)buf_printf(out, "%-*s  ", width, text_of(json_at(services, i), "name", "?"));
        write_app(json_at(services, i), out);
    }
}

static void write_watching(const struct json *watching, struct buf *out)
{
    (void)buf_puts(out, "watching: ");
    count(number_of(watching, "dirs"), "directory", "directories", out);
    (void)buf_puts(out, ", ");
    count(number_of(watching, "files"), "file", "files", out);
    if (number_of(watching, "polled")) {
        (void)buf_puts(out, ", ");
        count(number_of(watching, "polled"), "directory by polling", "directories by polling", out);
    }
    (void)buf_putc(out, '\n');
}

static void write_text(const struct json *status, struct buf *out)
{
    const char *root = text_of(status, "root", "?");
    const char *config = text_of(status, "config", NULL);
    const struct json *last = json_get(status, "last");
    if (json_get(status, "services"))
        write_services(status, out);
    else
        write_app(status, out);
    (void)buf_printf(out, "project:  %s (%s)\n", root,
                     config ? path_show(root, config) : "no configuration file");
    (void)buf_printf(out, "zonda:    %s, pid %" PRId64 "\n", text_of(status, "version", "?"),
                     number_of(status, "pid"));
    if (json_get(status, "watching"))
        write_watching(json_get(status, "watching"), out);
    (void)buf_printf(out, "reloads:  %" PRId64 "\n", number_of(status, "reloads"));
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
    struct buf request = BUF_INIT(CONTROL_REQUEST_MAX);
    struct json_writer writer = {.out = &request};
    int result = EXIT_OK;
    project_request(arguments, "status", &writer);
    json_object_end(&writer);
    if (project_ask(buf_text(&request),
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
    buf_fini(&request);
    buf_fini(&text);
    buf_fini(&raw);
    return result;
}

const struct command_entry COMMAND_STATUS = {
    .name = "status",
    .usage = "zonda status [SERVICE] [--json] [--timeout DURATION]",
    .summary = "Ask the zonda that runs here what it does",
    .help = "Prints the state of the app, its process and ports, what is watched and how the last\n"
            "reload ended; of all services, or more of SERVICE. --json prints the answer of the "
            "control socket as it is. Exit status 1\n"
            "where no zonda runs for this directory or one above it.",
    .run = run,
};
