/* Readiness by choice: a path that has to be answered, a line that has to be printed. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/regex.h"
#include "run/health.h"
#include "run/parts.h"

#define LINE_MAX_BYTES ((size_t)4096) /* of a longer line the beginning is looked at */

int sign_init(struct generation *generation, const struct config_run *run, struct err *err)
{
    struct sign *sign = &generation->sign;
    for (int i = 0; i < 2; i++)
        buf_init(&sign->lines[i], LINE_MAX_BYTES);
    if (run->ready_path && *run->ready_path)
        sign->path = mem_string(run->ready_path);
    sign->port = (uint16_t)run->ready_port;
    if (!run->ready_log || !*run->ready_log)
        return 0;
    sign->log_text = mem_string(run->ready_log);
    sign->log = regex_new(run->ready_log, err);
    return sign->log ? 0 : err->code;
}

void sign_stop(struct generation *generation)
{
    struct sign *sign = &generation->sign;
    health_free(sign->health);
    sign->health = NULL;
}

void sign_fini(struct generation *generation)
{
    struct sign *sign = &generation->sign;
    sign_stop(generation);
    free(sign->path);
    free(sign->log_text);
    regex_free(sign->log);
    for (int i = 0; i < 2; i++)
        buf_fini(&sign->lines[i]);
}

bool sign_is_chosen(const struct generation *generation)
{
    return generation->sign.path || generation->sign.log;
}

static void look_whether_good(struct generation *generation)
{
    const struct sign *sign = &generation->sign;
    if ((!sign->path || sign->answered) && (!sign->log || sign->logged))
        life_dispatch(generation, LIFE_GOOD);
}

/* --- the path --- */

static void on_answer(void *data)
{
    struct generation *generation = data;
    sign_stop(generation);
    generation->sign.answered = true;
    look_whether_good(generation);
}

static uint16_t port_to_ask(const struct generation *generation)
{
    uint16_t port = generation->sign.port;
    if (!port)
        port = handoff_child_port(generation->handoff);
    if (!port && generation->listeners.tcp_len > 0)
        port = generation->listeners.tcp_ports[0];
    return port;
}

void sign_ask(struct generation *generation)
{
    struct sign *sign = &generation->sign;
    struct service *service = generation->service;
    struct health_target target = {
        .port = port_to_ask(generation),
        .path = sign->path,
        .pid = process_root(generation->process),
        .child = generation->handoff,
        .shared = handoff_keeps_port(service->handoff, port_to_ask(generation))};
    if (sign->path && !sign->answered && !sign->health && target.port)
        sign->health = health_new(service->loop, &target, on_answer, generation);
}

/* --- the line --- */

static void end_line(struct generation *generation, struct buf *line)
{
    if (!generation->sign.logged && regex_match(generation->sign.log, buf_text(line))) {
        generation->sign.logged = true;
        look_whether_good(generation);
    }
    buf_reset(line);
}

void sign_output(struct generation *generation, const char *bytes, size_t len, bool error)
{
    struct sign *sign = &generation->sign;
    struct buf *line = &sign->lines[error];
    const char *end = bytes + len;
    while (sign->log && !sign->logged && bytes < end) {
        const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
        size_t piece = (size_t)((newline ? newline : end) - bytes), room = line->max - line->len;
        /* A terminal ends its lines with both. */
        size_t text = piece > 0 && newline && bytes[piece - 1] == '\r' ? piece - 1 : piece;
        (void)buf_append(line, bytes, text < room ? text : room);
        if (newline)
            end_line(generation, line);
        bytes += piece + 1;
    }
}

void sign_words(const struct generation *generation, struct buf *out)
{
    const struct sign *sign = &generation->sign;
    uint16_t port = port_to_ask(generation);
    bool asks = sign->path && !sign->answered;
    if (asks && !port)
        (void)buf_printf(out, "it listens on no port to ask for %s", sign->path);
    else if (asks)
        (void)buf_printf(out, "GET %s on port %u %s", sign->path, port,
                         sign->health ? health_words(sign->health) : "was not asked yet");
    if (sign->log && !sign->logged)
        (void)buf_printf(out, "%sno line of its output matches %s", asks ? ", and " : "",
                         sign->log_text);
}
