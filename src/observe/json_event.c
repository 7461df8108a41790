/* An event as a line: its words, and its details as members. */
#include "observe/json_parts.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/version.h"
#include "observe/clean.h"

static const char *const KINDS[] = {
    [EVENT_ZONDA_STARTED] = "zonda_started",
    [EVENT_WATCHING] = "watching",
    [EVENT_NOTICE] = "notice",
    [EVENT_IGNORED] = "ignored",
    [EVENT_RELOAD_BEGIN] = "reload_begin",
    [EVENT_BUILD_BEGIN] = "build_begin",
    [EVENT_BUILD_LINE] = "build_line",
    [EVENT_BUILD_PROGRESS] = "build_progress",
    [EVENT_BUILD_END] = "build_end",
    [EVENT_APP_STOPPING] = "app_stopping",
    [EVENT_APP_STARTED] = "app_started",
    [EVENT_APP_READY] = "app_ready",
    [EVENT_APP_EXIT] = "app_exit",
    [EVENT_TRANSITION] = "transition",
    [EVENT_APP_DOWN] = "app_down",
    [EVENT_APP_OUTPUT] = "app_output",
    [EVENT_RELOAD_END] = "reload_end",
    [EVENT_REFRESH] = "refresh",
    [EVENT_CONFIG] = "config",
    [EVENT_TESTS_BEGIN] = "tests_begin",
    [EVENT_TESTS_LINE] = "tests_line",
    [EVENT_TESTS_END] = "tests_end",
    [EVENT_QUITTING] = "quitting",
};

/* --- details --- */

static void write_listeners(struct json_writer *json, const struct listeners *listeners)
{
    json_array_begin(json, "ports");
    for (size_t i = 0; listeners && i < listeners->tcp_len; i++)
        json_int(json, NULL, listeners->tcp_ports[i]);
    json_array_end(json);
    json_int(json, "unix_sockets", listeners ? (int64_t)listeners->unix_len : 0);
}

static void write_build_end(struct json_writer *json, const struct event *event)
{
    int64_t ns = event->reload ? reload_phase_ns(event->reload, PHASE_BUILD) : -1;
    json_bool(json, "ok", event->flag);
    if (ns >= 0)
        json_double(json, "ms", (double)ns / (double)CLOCK_NS_PER_MS);
    if (event->reload) {
        json_int(
            json, "diagnostics",
            (int64_t)(event->reload->diagnostics.list.len + event->reload->diagnostics.dropped));
        json_int(json, "packages", event->reload->packages);
        reload_write_how(&event->reload->how, json);
    }
}

static void write_app(struct json_writer *json, const struct event *event)
{
    json_int(json, "generation", event->number);
    switch (event->kind) {
    case EVENT_APP_STOPPING:
        json_string(json, "signal", event->text);
        break;
    case EVENT_APP_STARTED:
        json_int(json, "pid", event->total);
        break;
    case EVENT_APP_READY:
        write_listeners(json, event->listeners);
        break;
    default: /* EVENT_APP_EXIT */
        json_string(json, "status", event->text);
        json_bool(json, "expected", event->flag);
    }
}

static void write_build(struct json_writer *json, const struct event *event)
{
    switch (event->kind) {
    case EVENT_BUILD_BEGIN:
        json_string(json, "command", event->text);
        break;
    case EVENT_BUILD_LINE:
        json_string(json, "stream", event->flag ? "stderr" : "stdout");
        break;
    case EVENT_BUILD_PROGRESS:
        json_int(json, "done", event->number);
        json_int(json, "total", event->total);
        json_string(json, "package", event->text);
        break;
    default: /* EVENT_BUILD_END */
        write_build_end(json, event);
    }
}

static void write_transition(struct json_writer *json, const struct service_transition *step)
{
    json_string(json, "machine", step->one ? "generation" : "service");
    json_int(json, "generation", (int64_t)step->generation);
    json_string(json, "from", step->from);
    json_string(json, "event", step->event);
    json_string(json, "to", step->to);
}

static void write_context(struct json_writer *json, const struct event *event)
{
    if (event->reload && event->kind != EVENT_RELOAD_BEGIN && event->kind != EVENT_RELOAD_END)
        json_int(json, "reload", (int64_t)event->reload->id);
    switch (event->kind) {
    case EVENT_ZONDA_STARTED:
        json_string(json, "version", ZONDA_VERSION);
        break;
    case EVENT_WATCHING:
        json_int(json, "ms", event->number);
        json_bool(json, "polling", event->flag);
        break;
    case EVENT_NOTICE:
        json_string(json, "hint", event->hint);
        break;
    case EVENT_IGNORED:
        json_string(json, "path", event->text);
        json_string(json, "reason", event->hint);
        break;
    case EVENT_BUILD_BEGIN:
    case EVENT_BUILD_LINE:
    case EVENT_BUILD_PROGRESS:
    case EVENT_BUILD_END:
        write_build(json, event);
        break;
    case EVENT_APP_STOPPING:
    case EVENT_APP_STARTED:
    case EVENT_APP_READY:
    case EVENT_APP_EXIT:
        write_app(json, event);
        break;
    case EVENT_TRANSITION:
        write_transition(json, event->transition);
        break;
    case EVENT_REFRESH:
        json_string(json, "path", event->text);
        break;
    case EVENT_QUITTING:
        json_string(json, "why", event->text);
        json_bool(json, "at_once", event->flag);
        break;
    case EVENT_RELOAD_BEGIN:
    case EVENT_RELOAD_END:
        reload_write_members(event->reload, json);
        break;
    case EVENT_TESTS_BEGIN:
        json_int(json, "packages", event->number);
        json_string(json, "command", event->text);
        break;
    case EVENT_TESTS_END:
        if (event->tests)
            test_result_write_members(event->tests, json);
        break;
    case EVENT_APP_DOWN:
    case EVENT_APP_OUTPUT:
    case EVENT_TESTS_LINE:
    case EVENT_CONFIG:
        break;
    }
}

/* --- words --- */

static void reload_message(const struct reload *reload, struct buf *out)
{
    char time[CLOCK_WALL_BYTES];
    int64_t ns = reload_total_ns(reload);
    clock_format_duration(ns > 0 ? (uint64_t)ns : 0, time);
    (void)buf_printf(out, "reload %" PRIu64 ": %s after %s", reload->id,
                     reload_outcome_name(reload->outcome), time);
    if (*reload->message)
        (void)buf_printf(out, ": %s", reload->message);
}

static void write_message(const struct event *event, struct buf *out)
{
    /* What stands before and after the event's own text. */
    static const struct {
        const char *before, *after;
        bool alone; /* the text is no part of the message */
    } WORDS[EVENT_QUITTING + 1] = {
        [EVENT_WATCHING] = {.before = "watching "},
        [EVENT_IGNORED] = {.after = ": nothing to do"},
        [EVENT_BUILD_BEGIN] = {.before = "building: "},
        [EVENT_BUILD_PROGRESS] = {.before = "built: "},
        [EVENT_APP_STOPPING] = {.before = "stopping the app with "},
        [EVENT_APP_STARTED] = {.before = "the app was started", .alone = true},
        [EVENT_APP_READY] = {.before = "the app is ready", .alone = true},
        [EVENT_APP_EXIT] = {.before = "the app ended: "},
        [EVENT_APP_DOWN] = {.before = "the app stays down: "},
        [EVENT_REFRESH] = {.before = "refresh: "},
        [EVENT_TESTS_BEGIN] = {.before = "testing: "},
        [EVENT_QUITTING] = {.before = "stopping: "},
    };
    const char *text = event->text ? event->text : "";
    if (event->kind == EVENT_RELOAD_BEGIN) {
        (void)buf_printf(out, "reload %" PRIu64 ": %s: %s", event->reload->id,
                         action_name(event->reload->action), event->reload->reason);
    } else if (event->kind == EVENT_RELOAD_END) {
        reload_message(event->reload, out);
    } else if (event->kind == EVENT_TRANSITION) {
        (void)buf_printf(out, "%s: %s, %s: %s", event->transition->one ? "generation" : "service",
                         event->transition->from, event->transition->event, event->transition->to);
    } else if (event->kind == EVENT_TESTS_END && event->tests) {
        test_result_words(event->tests, out);
    } else if (event->kind == EVENT_BUILD_END) {
        (void)buf_puts(out, event->flag ? "built" : "the build failed");
    } else {
        (void)buf_puts(out, WORDS[event->kind].before ? WORDS[event->kind].before : "");
        if (!WORDS[event->kind].alone)
            clean_text(text, strlen(text), true, out);
        (void)buf_puts(out, WORDS[event->kind].after ? WORDS[event->kind].after : "");
    }
}

/* --- the line --- */

static enum log_level level_of(const struct event *event)
{
    if (event->kind == EVENT_RELOAD_END && (event->reload->outcome == RELOAD_BUILD_FAILED ||
                                            event->reload->outcome == RELOAD_START_FAILED))
        return LOG_ERROR;
    if (event->kind == EVENT_APP_EXIT && !event->flag && event->total != 0)
        return LOG_WARN;
    return event->level;
}

void json_event(struct json_service *service, const struct event *event)
{
    struct json_log *log = service->log;
    enum log_level level = level_of(event), least = log->config->log.level;
    if (least == LOG_SILENT || (level < least && event->kind != EVENT_TRANSITION))
        return;
    buf_reset(&log->text);
    write_message(event, &log->text);
    json_line_begin(service, event->wall_ns, level, KINDS[event->kind], buf_text(&log->text),
                    log->text.len);
    write_context(&log->json, event);
    json_line_end(log);
    if (log->line.truncated) { /* a line too long for anyone: without its details */
        json_line_begin(service, event->wall_ns, level, KINDS[event->kind], "", 0);
        json_bool(&log->json, "truncated", true);
        json_line_end(log);
    }
}
