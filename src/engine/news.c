#include "engine/state.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/path.h"

#define NOTICE_BYTES_MAX 1024

void publish(const struct engine *engine, struct event *event)
{
    event->service = engine->name;
    event->config = engine->config;
    bus_publish(engine->bus, event);
}

void tell(struct engine *engine, enum event_kind kind, const struct reload *reload,
          const char *text)
{
    struct event event = {.kind = kind, .level = LOG_INFO, .reload = reload, .text = text};
    publish(engine, &event);
}

void tell_number(struct engine *engine, enum event_kind kind, int64_t number, const char *text,
                 bool flag)
{
    struct event event = {.kind = kind,
                          .level = LOG_INFO,
                          .reload = engine->swapping ? engine->swapping : engine->building,
                          .number = number,
                          .text = text,
                          .flag = flag};
    publish(engine, &event);
}

void tell_build_line(struct engine *engine, const char *text, bool error)
{
    struct event event = {.kind = EVENT_BUILD_LINE,
                          .level = LOG_INFO,
                          .reload = engine->building,
                          .text = text,
                          .flag = error};
    publish(engine, &event);
}

void notice(struct engine *engine, enum log_level level, const char *hint, const char *format, ...)
{
    char text[NOTICE_BYTES_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct event event = {.kind = EVENT_NOTICE,
                          .level = level,
                          .reload = engine->building,
                          .text = text,
                          .hint = hint && *hint ? hint : NULL};
    publish(engine, &event);
}

void notice_err(struct engine *engine, enum log_level level, const struct err *err)
{
    notice(engine, level, err->hint, "%s%s%s", path_show(engine->config->root, err->place),
           *err->place ? ": " : "", err->message);
}

void announce(struct supervisor *supervisor, enum log_level level, const char *hint,
              const char *format, ...)
{
    char text[NOTICE_BYTES_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct event event = {
        .kind = EVENT_NOTICE, .level = level, .text = text, .hint = hint && *hint ? hint : NULL};
    bus_publish(supervisor->bus, &event);
}

void announce_err(struct supervisor *supervisor, enum log_level level, const struct err *err)
{
    announce(supervisor, level, err->hint, "%s%s%s",
             path_show(supervisor->config->root, err->place), *err->place ? ": " : "",
             err->message);
}
