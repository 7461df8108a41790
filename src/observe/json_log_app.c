#include "observe/json_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "observe/clean.h"

#define TELL_EVERY_NS CLOCK_NS_PER_S

static void tell_dropped(struct json_log *log, uint64_t wall_ns)
{
    char message[128];
    bool one = log->dropped == 1;
    int len = snprintf(message, sizeof message,
                       "%" PRIu64 " %s of the app %s left out: the limit is %u a second",
                       log->dropped, one ? "line" : "lines", one ? "was" : "were",
                       (unsigned)log->config->log.rate_limit);
    json_line_begin(log, wall_ns, LOG_WARN, "app_output_dropped", message, (size_t)len);
    json_int(&log->json, "lines", (int64_t)log->dropped);
    json_int(&log->json, "rate_limit", log->config->log.rate_limit);
    json_string(&log->json, "hint", "raise [log] rate_limit, or 0 for no limit");
    json_line_end(log);
    log->dropped = 0;
    timer_stop(log->timer);
}

static void on_timer(void *data)
{
    struct json_log *log = data;
    if (log->dropped)
        tell_dropped(log, clock_wall_ns());
}

void json_app_time(struct json_log *log, uint64_t mono_ns, uint64_t wall_ns)
{
    if (log->dropped && mono_ns >= log->dropped_at_ns + TELL_EVERY_NS)
        tell_dropped(log, wall_ns);
}

/* May a line be written now? Up to one second's lines at once. */
static bool admit(struct json_log *log, uint64_t mono_ns)
{
    uint32_t rate = log->config->log.rate_limit;
    if (rate == 0)
        return true;
    uint64_t price = CLOCK_NS_PER_S / rate;
    uint64_t passed = mono_ns > log->credit_at_ns ? mono_ns - log->credit_at_ns : 0;
    uint64_t room = CLOCK_NS_PER_S - log->credit_ns;
    log->credit_ns += passed < room ? passed : room;
    log->credit_at_ns = mono_ns;
    if (log->credit_ns >= price) {
        log->credit_ns -= price;
        return true;
    }
    if (log->dropped++ == 0) {
        log->dropped_at_ns = mono_ns;
        timer_start(log->timer, TELL_EVERY_NS / CLOCK_NS_PER_MS);
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

static void write_line(struct json_log *log, int stream, uint64_t wall_ns)
{
    struct json_partial *partial = &log->partials[stream];
    size_t len = partial->text.len;
    const char *text = buf_text(&partial->text);
    if (partial->more)
        len = whole_characters(text, len);
    else if (len && text[len - 1] == '\r')
        len--;
    buf_reset(&log->text);
    clean_text(text, len, true, &log->text);
    json_line_begin(log, wall_ns, LOG_INFO, "app_output", buf_text(&log->text), log->text.len);
    json_string(&log->json, "stream", stream ? "stderr" : "stdout");
    json_int(&log->json, "generation", log->generation);
    if (partial->more) {
        json_bool(&log->json, "truncated", true);
        json_int(&log->json, "left_out_bytes",
                 (int64_t)(partial->more + (partial->text.len - len)));
    }
    json_line_end(log);
}

static void end_line(struct json_log *log, int stream, uint64_t mono_ns, uint64_t wall_ns)
{
    struct json_partial *partial = &log->partials[stream];
    if (admit(log, mono_ns))
        write_line(log, stream, wall_ns);
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

void json_app_output(struct json_log *log, const struct event *event)
{
    int stream = event->flag;
    struct json_partial *partial = &log->partials[stream];
    const struct config_log *config = &log->config->log;
    /* On the terminal's place it can be switched off; a file gets everything. */
    if (!config->app && config->format == LOG_JSON)
        return;
    if (event->number != log->generation)
        json_app_ended(log, event->wall_ns);
    log->generation = event->number;
    for (size_t at = 0; at < event->len;) {
        const char *begin = event->text + at;
        const char *newline = memchr(begin, '\n', event->len - at);
        size_t len = newline ? (size_t)(newline - begin) : event->len - at;
        add(partial, begin, len);
        at += len + (newline != NULL);
        if (newline)
            end_line(log, stream, event->mono_ns, event->wall_ns);
    }
}

void json_app_ended(struct json_log *log, uint64_t wall_ns)
{
    for (int stream = 0; stream < 2; stream++) {
        struct json_partial *partial = &log->partials[stream];
        if (partial->text.len)
            write_line(log, stream, wall_ns);
        buf_reset(&partial->text);
        partial->more = 0;
    }
}

void json_app_open(struct json_log *log, struct loop *loop)
{
    for (int stream = 0; stream < 2; stream++)
        buf_init(&log->partials[stream].text, JSON_LOG_LINE_MAX);
    log->credit_ns = CLOCK_NS_PER_S;
    log->timer = timer_new(loop, on_timer, log);
}

void json_app_fini(struct json_log *log)
{
    json_app_ended(log, clock_wall_ns());
    if (log->dropped)
        tell_dropped(log, clock_wall_ns());
    for (int stream = 0; stream < 2; stream++)
        buf_fini(&log->partials[stream].text);
    timer_free(log->timer);
}
