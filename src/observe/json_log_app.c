#include "observe/json_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "observe/clean.h"

#define TELL_EVERY_NS CLOCK_NS_PER_S

static void tell_dropped(struct json_service *service, uint64_t wall_ns)
{
    char message[128];
    bool one = service->dropped == 1;
    int len = snprintf(message, sizeof message,
                       "%" PRIu64 " %s of the app %s left out: the limit is %u a second",
                       service->dropped, one ? "line" : "lines", one ? "was" : "were",
                       (unsigned)service->log->config->log.rate_limit);
    json_line_begin(service, wall_ns, LOG_WARN, "app_output_dropped", message, (size_t)len);
    json_int(&service->log->json, "lines", (int64_t)service->dropped);
    json_int(&service->log->json, "rate_limit", service->log->config->log.rate_limit);
    json_string(&service->log->json, "hint", "raise [log] rate_limit, or 0 for no limit");
    json_line_end(service->log);
    service->dropped = 0;
    timer_stop(service->timer);
}

static void on_timer(void *data)
{
    struct json_service *service = data;
    if (service->dropped)
        tell_dropped(service, clock_wall_ns());
}

void json_app_time(struct json_service *service, uint64_t mono_ns, uint64_t wall_ns)
{
    if (service->dropped && mono_ns >= service->dropped_at_ns + TELL_EVERY_NS)
        tell_dropped(service, wall_ns);
}

/* May a line be written now? Up to one second's lines at once. */
static bool admit(struct json_service *service, uint64_t mono_ns)
{
    uint32_t rate = service->log->config->log.rate_limit;
    if (rate == 0)
        return true;
    uint64_t price = CLOCK_NS_PER_S / rate;
    uint64_t passed = mono_ns > service->credit_at_ns ? mono_ns - service->credit_at_ns : 0;
    uint64_t room = CLOCK_NS_PER_S - service->credit_ns;
    service->credit_ns += passed < room ? passed : room;
    service->credit_at_ns = mono_ns;
    if (service->credit_ns >= price) {
        service->credit_ns -= price;
        return true;
    }
    if (service->dropped++ == 0) {
        service->dropped_at_ns = mono_ns;
        timer_start(service->timer, TELL_EVERY_NS / CLOCK_NS_PER_MS);
    }
    return false;
}

/* Where a character of UTF-8 was cut, its first bytes go as well. */
static size_t whole_characters(const char *text, size_t len)
{
    size_t begin = len;
    while (begin > 0 && len - begin < 3 && ((unsigned char)text[begin - 1] & 0xc0) == 0x80)
        begin--;
    return begin > 0 && (unsigned char)text[begin - 1] >= 0xc0 ? begin - 1 : len;
}

static void write_line(struct json_service *service, int stream, uint64_t wall_ns)
{
    struct json_partial *partial = &service->partials[stream];
    size_t len = partial->text.len;
    const char *text = buf_text(&partial->text);
    if (partial->more)
        len = whole_characters(text, len);
    else if (len && text[len - 1] == '\r')
        len--;
    buf_reset(&service->log->text);
    clean_text(text, len, true, &service->log->text);
    json_line_begin(service, wall_ns, LOG_INFO, "app_output", buf_text(&service->log->text),
                    service->log->text.len);
    json_string(&service->log->json, "stream", stream ? "stderr" : "stdout");
    json_int(&service->log->json, "generation", service->generation);
    if (partial->more) {
        json_bool(&service->log->json, "truncated", true);
        json_int(&service->log->json, "left_out_bytes",
                 (int64_t)(partial->more + (partial->text.len - len)));
    }
    json_line_end(service->log);
}

static void end_line(struct json_service *service, int stream, uint64_t mono_ns, uint64_t wall_ns)
{
    struct json_partial *partial = &service->partials[stream];
    if (admit(service, mono_ns))
        write_line(service, stream, wall_ns);
    buf_reset(&partial->text);
    partial->more = 0;
}

static void add(struct json_partial *partial, const char *bytes, size_t len)
{
    size_t room = JSON_LOG_LINE_MAX - partial->text.len;
    size_t taken = len < room ? len : room;
    (void)buf_append(&partial->text, bytes, taken);
    partial->more += len - taken;
}

void json_app_output(struct json_service *service, const struct event *event)
{
    int stream = event->flag;
    struct json_partial *partial = &service->partials[stream];
    const struct config_log *config = &service->log->config->log;
    /* On the terminal's place it can be switched off; a file gets everything. */
    if (!config->app && config->format == LOG_JSON)
        return;
    if (event->number != service->generation)
        json_app_ended(service, event->wall_ns);
    service->generation = event->number;
    for (size_t at = 0; at < event->len;) {
        const char *begin = event->text + at;
        const char *newline = memchr(begin, '\n', event->len - at);
        size_t len = newline ? (size_t)(newline - begin) : event->len - at;
        add(partial, begin, len);
        at += len + (newline != NULL);
        if (newline)
            end_line(service, stream, event->mono_ns, event->wall_ns);
    }
}

void json_app_ended(struct json_service *service, uint64_t wall_ns)
{
    for (int stream = 0; stream < 2; stream++) {
        struct json_partial *partial = &service->partials[stream];
        if (partial->text.len)
            write_line(service, stream, wall_ns);
        buf_reset(&partial->text);
        partial->more = 0;
    }
}

struct json_service *json_service_of(struct json_log *log, const char *name)
{
    for (size_t i = 0; i < log->services.len; i++) {
        struct json_service *service = log->services.at[i];
        if (name && service->name ? strcmp(service->name, name) == 0 : !name && !service->name)
            return service;
    }
    struct json_service *service = mem_new(1, sizeof *service);
    service->log = log;
    service->name = mem_string(name);
    (void)snprintf(service->trace_id, sizeof service->trace_id, "%s", TRACE_NONE);
    for (int stream = 0; stream < 2; stream++)
        buf_init(&service->partials[stream].text, JSON_LOG_LINE_MAX);
    service->credit_ns = CLOCK_NS_PER_S;
    service->timer = timer_new(log->loop, on_timer, service);
    vec_push(&log->services, service);
    return service;
}

static void json_service_free(struct json_service *service)
{
    json_app_ended(service, clock_wall_ns());
    if (service->dropped)
        tell_dropped(service, clock_wall_ns());
    for (int stream = 0; stream < 2; stream++)
        buf_fini(&service->partials[stream].text);
    timer_free(service->timer);
    free(service->name);
    free(service);
}

static bool is_in(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->services.len; i++)
        if (strcmp(config->services.at[i]->service, name) == 0)
            return true;
    return false;
}

void json_services_config(struct json_log *log)
{
    for (size_t i = log->services.len; i-- > 0;) {
        struct json_service *service = log->services.at[i];
        if (!service->name || is_in(log->config, service->name))
            continue;
        vec_remove(&log->services, i);
        json_service_free(service);
    }
}

void json_services_fini(struct json_log *log)
{
    for (size_t i = 0; i < log->services.len; i++)
        json_service_free(log->services.at[i]);
    vec_fini(&log->services);
}
