#include "observe/terminal_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/version.h"

#define INDENT "       "

static void hint_line(struct terminal_view *view, const char *hint)
{
    if (!hint || !*hint)
        return;
    (void)buf_puts(&view->line, INDENT);
    view_styled(view, STYLE_DIM, hint);
    view_end(view);
}

static void level_mark(struct terminal_view *view, enum log_level level)
{
    if (level < LOG_WARN)
        return;
    view_style(view, level == LOG_WARN ? STYLE_WARN : STYLE_BAD);
    view_text(view, level == LOG_WARN ? "!" : "✗");
    view_style(view, STYLE_NONE);
    view_text(view, " ");
}

static void started(struct terminal_view *view, const struct event *event)
{
    const char *banner = view->config->terminal.banner;
    const char *text = event->text ? event->text : "";
    bool named = strncmp(text, "zonda ", 6) == 0;
    if (banner && *banner) {
        view_fresh(view);
        /* Its own colours are the user's business. */
        sink_write(view->out, banner, strlen(banner));
        view->line_open = banner[strlen(banner) - 1] != '\n';
    }
    view_fresh(view);
    view_prefix(view, PART_MAIN);
    view_textf(view, " %s", named ? "" : ZONDA_VERSION " · ");
    view_clean(view, named ? text + 6 : text);
    view_end(view);
}

static void watching(struct terminal_view *view, const struct event *event)
{
    view_begin(view, PART_WATCH);
    view_text(view, "watching ");
    view_clean(view, event->text ? event->text : "");
    view_style(view, STYLE_DIM);
    if (event->number > 0)
        view_textf(view, " · %" PRId64 " ms", event->number);
    if (event->flag)
        view_text(view, " · partly by polling");
    view_style(view, STYLE_NONE);
    view_end(view);
}

static void notice(struct terminal_view *view, const struct event *event)
{
    (void)snprintf(view->of->notice, sizeof view->of->notice, "%s", event->text ? event->text : "");
    if (!view_shows(view, event->level))
        return;
    view_begin(view, PART_MAIN);
    level_mark(view, event->level);
    view_lines(view, event->text ? event->text : "");
    view_end(view);
    hint_line(view, event->hint);
}

static void config_news(struct terminal_view *view, const struct event *event)
{
    const char *text = event->text && *event->text ? event->text : NULL;
    if (!view_shows(view, event->level))
        return;
    view_begin(view, PART_MAIN);
    level_mark(view, event->level);
    view_clean(view, view->config->file ? path_base(view->config->file) : "configuration");
    if (event->level < LOG_WARN) {
        view_text(view, " read again · ");
        view_clean(view, text ? text : "nothing in it changed");
    } else {
        if (event->level >= LOG_ERROR)
            view_text(view, " is wrong, the one before stays in force");
        view_end(view);
        (void)buf_puts(&view->line, INDENT);
        view_lines(view, text ? text : "");
    }
    view_end(view);
}

/* A dim line for those who asked for everything. */
static void detail(struct terminal_view *view, enum view_part part, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void detail(struct terminal_view *view, enum view_part part, const char *format, ...)
{
    struct buf text = BUF_INIT(8192);
    va_list args;
    if (!view_shows(view, LOG_DEBUG))
        return;
    va_start(args, format);
    (void)buf_vprintf(&text, format, args);
    va_end(args);
    view_begin(view, part);
    view_styled(view, STYLE_DIM, buf_text(&text));
    view_end(view);
    buf_fini(&text);
}

static void ready(struct terminal_view *view, const struct event *event)
{
    view->of->listeners = event->listeners ? *event->listeners : (struct listeners){0};
    if (event->reload || !view_shows(view, LOG_INFO))
        return;
    view_begin(view, PART_RUN); /* after a crash: no reload tells it */
    view_style(view, STYLE_GOOD);
    view_text(view, "↻");
    view_style(view, STYLE_NONE);
    view_textf(view, " the app serves again (start no. %" PRId64 ")", event->number);
    view_end(view);
}

static void quitting(struct terminal_view *view, const struct event *event)
{
    if (!view_shows(view, LOG_INFO))
        return;
    view_begin(view, PART_MAIN);
    view_text(view, event->flag ? "stopping at once" : "stopping");
    view_style(view, STYLE_DIM);
    view_text(view, " · ");
    view_clean(view, event->text ? event->text : "");
    view_style(view, STYLE_NONE);
    view_end(view);
}

static void transition(struct terminal_view *view, const struct service_transition *step)
{
    detail(view, PART_RUN, "%s %" PRIu64 ": %s, %s: %s", step->one ? "generation" : "service",
           step->generation, step->from, step->event, step->to);
}

static void app_news(struct terminal_view *view, const struct event *event)
{
    const char *text = event->text ? event->text : "";
    switch (event->kind) {
    case EVENT_APP_STARTED:
        view->of->up++;
        detail(view, PART_RUN, "start %" PRId64 ": pid %" PRId64, event->number, event->total);
        break;
    case EVENT_APP_READY:
        ready(view, event);
        break;
    case EVENT_TRANSITION:
        transition(view, event->transition);
        break;
    case EVENT_APP_STOPPING:
        detail(view, PART_RUN, "stopping the app with %s", text);
        break;
    case EVENT_APP_DOWN: /* a notice has said it */
        break;
    default: /* EVENT_APP_EXIT; an unexpected one is followed by a notice */
        view_app_ended(view);
        view->of->up -= view->of->up > 0;
        detail(view, PART_RUN, "the app ended: %s", text);
    }
}

static void build_news(struct terminal_view *view, const struct event *event)
{
    bool shown = view_shows(view, LOG_ERROR);
    switch (event->kind) {
    case EVENT_BUILD_BEGIN:
        view_build_begin(view, event);
        detail(view, PART_BUILD, "%s", event->text ? event->text : "");
        break;
    case EVENT_BUILD_LINE:
        if (shown && event->text)
            view_build_line(view, event);
        break;
    case EVENT_BUILD_PROGRESS:
        view_progress(view, event);
        break;
    default:
        view_build_end(view, event->reload, true);
    }
}

static void tests_news(struct terminal_view *view, const struct event *event)
{
    if (event->kind == EVENT_TESTS_BEGIN)
        detail(view, PART_BUILD, "%s", event->text ? event->text : "");
    else if (event->kind == EVENT_TESTS_LINE)
        view_tests_line(view, event->text);
    else
        view_tests_end(view, event->tests);
}

static void on_event(void *data, const struct event *event)
{
    struct terminal_view *view = data;
    view->now_ns = event->mono_ns;
    view->wall_ns = event->wall_ns;
    view_about(view, event);
    switch (event->kind) {
    case EVENT_ZONDA_STARTED:
        if (view_shows(view, LOG_INFO))
            started(view, event);
        break;
    case EVENT_WATCHING:
        if (view_shows(view, LOG_INFO))
            watching(view, event);
        break;
    case EVENT_NOTICE:
        notice(view, event);
        break;
    case EVENT_IGNORED:
        detail(view, PART_WATCH, "%s: nothing to do, %s", event->text, event->hint);
        break;
    case EVENT_RELOAD_BEGIN:
        view_reload_begin(view, event->reload);
        break;
    case EVENT_RELOAD_END:
        view_build_end(view, event->reload, false); /* of a build that was given up */
        view_reload_end(view, event->reload);
        break;
    case EVENT_BUILD_BEGIN:
    case EVENT_BUILD_LINE:
    case EVENT_BUILD_PROGRESS:
    case EVENT_BUILD_END:
        build_news(view, event);
        break;
    case EVENT_TRANSITION:
    case EVENT_APP_STOPPING:
    case EVENT_APP_STARTED:
    case EVENT_APP_READY:
    case EVENT_APP_EXIT:
    case EVENT_APP_DOWN:
        app_news(view, event);
        break;
    case EVENT_APP_OUTPUT:
        view_app_output(view, event);
        break;
    case EVENT_REFRESH: /* a reload tells it; one that was asked for has none */
        if (!event->reload)
            detail(view, PART_WATCH, "refresh: %s", event->text ? event->text : "");
        break;
    case EVENT_CONFIG:
        config_news(view, event);
        break;
    case EVENT_TESTS_BEGIN:
    case EVENT_TESTS_LINE:
    case EVENT_TESTS_END:
        tests_news(view, event);
        break;
    case EVENT_QUITTING:
        quitting(view, event);
    }
}

struct terminal_view *terminal_view_new(struct loop *loop, struct bus *bus, struct sink *out,
                                        const struct config *config, bool tty)
{
    struct terminal_view *view = mem_new(1, sizeof *view);
    view->bus = bus;
    view->out = out;
    view->config = config;
    view->tty = tty;
    view->tick = timer_new(loop, view_tick, view);
    buf_init(&view->line, VIEW_LINE_BYTES_MAX);
    view_decide(view);
    view_services_config(view);
    sink_on_dropped(out, NULL, NULL);
    (void)bus_subscribe(bus, on_event, view);
    return view;
}

void terminal_view_config(struct terminal_view *view, const struct config *config)
{
    view->config = config;
    view_decide(view);
    view_services_config(view);
}

void terminal_view_clear(struct terminal_view *view)
{
    if (!view->movable)
        return;
    sink_write(view->out, "\x1b[H\x1b[2J", 7); /* the scrollback stays */
    view->line_open = false;
    view->progress_ns = 0;
}

void terminal_view_print(struct terminal_view *view, const char *text)
{
    view_about(view, NULL);
    view_fresh(view);
    while (*text) {
        size_t len = strcspn(text, "\n");
        char *line = mem_string_n(text, len);
        (void)buf_puts(&view->line, INDENT);
        view_clean(view, line);
        view_end(view);
        free(line);
        text += len + (text[len] == '\n');
    }
}

void terminal_view_free(struct terminal_view *view)
{
    bus_unsubscribe(view->bus, on_event, view);
    view_fresh(view);
    view_services_fini(view);
    timer_free(view->tick);
    buf_fini(&view->line);
    free(view);
}
