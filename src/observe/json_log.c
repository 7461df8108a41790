#include "observe/json_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

#define LINE_BYTES_MAX    ((size_t)1 << 20)
#define MESSAGE_BYTES_MAX ((size_t)64 << 10)

/* --- lines --- */

static void write_head(struct json_writer *json, uint64_t wall_ns, enum log_level level,
                       const char *service, const char *trace_id)
{
    static const char *const LEVELS[] = {[LOG_DEBUG] = "debug",
                                         [LOG_INFO] = "info",
                                         [LOG_WARN] = "warn",
                                         [LOG_ERROR] = "error",
                                         [LOG_SILENT] = "error"};
    char time[CLOCK_WALL_BYTES];
    clock_format_utc(wall_ns, time);
    json_object_begin(json, NULL);
    json_string(json, "timestamp", time);
    json_string(json, "level", LEVELS[level]);
    json_string(json, "service", service);
    json_string(json, "trace_id", trace_id);
}

void json_line_begin(struct json_service *service, uint64_t wall_ns, enum log_level level,
                     const char *kind, const char *message, size_t message_len)
{
    struct json_log *log = service->log;
    buf_reset(&log->line);
    log->kind = kind;
    log->json = (struct json_writer){.out = &log->line};
    write_head(&log->json, wall_ns, level, service->name ? service->name : log->service,
               service->trace_id);
    json_string_n(&log->json, "message", message, message_len);
    json_object_begin(&log->json, "context");
    json_string(&log->json, "kind", kind);
}

void json_line_end(struct json_log *log)
{
    json_object_end(&log->json);
    json_object_end(&log->json);
    if (!log->out) {
        if (!log->line.truncated)
            log->each(log->each_data, log->kind, buf_text(&log->line), log->line.len);
        return;
    }
    (void)buf_putc(&log->line, '\n');
    if (!log->line.truncated)
        sink_write(log->out, buf_text(&log->line), log->line.len);
}

static void write_dropped(void *data, uint64_t bytes, struct buf *line)
{
    const struct json_log *log = data; /* NULL: it has gone already */
    struct json_writer json = {.out = line};
    char message[96];
    (void)snprintf(message, sizeof message,
                   "%" PRIu64 " bytes of this log could not be written in time and were left out",
                   bytes);
    write_head(&json, clock_wall_ns(), LOG_WARN, log ? log->service : "",
               log ? log->trace_id : TRACE_NONE);
    json_string(&json, "message", message);
    json_object_begin(&json, "context");
    json_string(&json, "kind", "log_dropped");
    json_int(&json, "bytes", (int64_t)bytes);
    json_object_end(&json);
    json_object_end(&json);
    (void)buf_putc(line, '\n');
}

/* --- events --- */

/* Said through the bus, so that whoever can still be reached hears it. */
static void tell_failure(struct json_log *log)
{
    struct err err;
    if (!log->out || !sink_failed(log->out, &err))
        return;
    struct event event = {.kind = EVENT_NOTICE,
                          .level = LOG_WARN,
                          .text = err.message,
                          .hint = *err.hint ? err.hint : NULL};
    bus_publish(log->bus, &event);
}

static void on_event(void *data, const struct event *event)
{
    struct json_log *log = data;
    struct json_service *service = json_service_of(log, event->service);
    if (event->reload && *event->reload->trace_id) {
        (void)snprintf(service->trace_id, sizeof service->trace_id, "%s", event->reload->trace_id);
        (void)snprintf(log->trace_id, sizeof log->trace_id, "%s", event->reload->trace_id);
    }
    json_app_time(service, event->mono_ns, event->wall_ns);
    if (event->kind == EVENT_APP_OUTPUT) {
        json_app_output(service, event);
    } else {
        if (event->kind == EVENT_APP_EXIT)
            json_app_ended(service, event->wall_ns);
        json_event(service, event);
    }
    tell_failure(log);
}

static struct json_log *log_new(struct loop *loop, struct bus *bus, const struct config *config,
                                const char *service)
{
    struct json_log *log = mem_new(1, sizeof *log);
    log->loop = loop;
    log->bus = bus;
    log->config = config;
    log->service = mem_string(service ? service : "");
    (void)snprintf(log->trace_id, sizeof log->trace_id, "%s", TRACE_NONE);
    buf_init(&log->line, LINE_BYTES_MAX);
    buf_init(&log->text, MESSAGE_BYTES_MAX);
    (void)bus_subscribe(bus, on_event, log);
    return log;
}

struct json_log *json_log_new(struct loop *loop, struct bus *bus, struct sink *out,
                              const struct config *config, const char *service)
{
    struct json_log *log = log_new(loop, bus, config, service);
    log->out = out;
    sink_on_dropped(out, write_dropped, log);
    return log;
}

struct json_log *json_log_each(struct loop *loop, struct bus *bus, json_line_fn *fn, void *data,
                               const struct config *config, const char *service)
{
    struct json_log *log = log_new(loop, bus, config, service);
    log->each = fn;
    log->each_data = data;
    return log;
}

void json_log_config(struct json_log *log, const struct config *config, const char *service)
{
    mem_replace(&log->service, service);
    log->config = config;
    json_services_config(log);
}

void json_log_free(struct json_log *log)
{
    bus_unsubscribe(log->bus, on_event, log);
    json_services_fini(log);
    if (log->out)
        sink_on_dropped(log->out, write_dropped, NULL);
    buf_fini(&log->line);
    buf_fini(&log->text);
    free(log->service);
    free(log);
}
