/*
 * Several services on one terminal: "api    | " stands before each line, the app's and zonda's.
 *
 * The lines of apps are kept whole: what has no newline yet waits for it, for the end of its app or
 * until it is as long as LINE_BYTES. A single service has no name, and its output passes through as
 * it comes.
 */
#include <stdlib.h>
#include <string.h>

#include "observe/terminal_parts.h"

#define LINE_BYTES ((size_t)16 << 10)

/* Colours of names (ECMA-48 section 8.3.117): those that no state has come first. */
static const char *const COLORS[] = {"36", "35", "34", "33", "32", "96", "95", "94", "93", "92"};

static bool is_in(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->services.len; i++)
        if (strcmp(config->services.at[i]->service, name) == 0)
            return true;
    return false;
}

static int columns_of(const char *name)
{
    return (int)strlen(name); /* names are ASCII: config/read_service.c */
}

static void view_service_free(struct terminal_view *view, struct view_service *service)
{
    view->of = service;
    view_app_ended(view);
    for (int stream = 0; stream < 2; stream++)
        buf_fini(&service->partial[stream]);
    diagnostics_fini(&service->diagnostics);
    free(service->name);
    free(service);
}

void view_services_config(struct terminal_view *view)
{
    const struct config *config = view->config;
    view->name_columns = 0;
    for (size_t i = 0; i < config->services.len; i++) {
        int columns = columns_of(config->services.at[i]->service);
        if (columns > view->name_columns)
            view->name_columns = columns;
    }
    /* Those that have gone: what is said of one all the same makes it anew. */
    for (size_t i = view->services.len; i-- > 0;) {
        struct view_service *service = view->services.at[i];
        if (!service->name || is_in(config, service->name))
            continue;
        vec_remove(&view->services, i);
        view_service_free(view, service);
    }
    view_about(view, NULL);
}

static struct view_service *service_of(struct terminal_view *view, const char *name)
{
    for (size_t i = 0; i < view->services.len; i++) {
        struct view_service *service = view->services.at[i];
        if (name && service->name ? strcmp(service->name, name) == 0 : !name && !service->name)
            return service;
    }
    struct view_service *service = mem_new(1, sizeof *service);
    service->name = mem_string(name);
    for (int stream = 0; stream < 2; stream++)
        buf_init(&service->partial[stream], LINE_BYTES);
    vec_push(&view->services, service);
    return service;
}

void view_about(struct terminal_view *view, const struct event *event)
{
    view->of = service_of(view, event ? event->service : NULL);
    view->served = event && event->config ? event->config : view->config;
}

int view_mark_columns(const struct terminal_view *view)
{
    return view->of->name ? view->name_columns + 3 : 0;
}

/* Names have the colours of their order. */
static const char *color_of(const struct terminal_view *view)
{
    const struct config *config = view->config;
    size_t at = 0;
    while (at < config->services.len &&
           strcmp(config->services.at[at]->service, view->of->name) != 0)
        at++;
    return COLORS[at % (sizeof COLORS / sizeof *COLORS)];
}

void view_mark(struct terminal_view *view)
{
    struct buf mark = BUF_INIT(128);
    if (!view->of->name)
        return;
    const char *bar = view->utf8 ? "│" : "|";
    if (view->color)
        (void)buf_printf(&mark, "\x1b[0;%sm%-*s %s\x1b[0m ", color_of(view), view->name_columns,
                         view->of->name, bar);
    else
        (void)buf_printf(&mark, "%-*s %s ", view->name_columns, view->of->name, bar);
    sink_write(view->out, buf_text(&mark), mark.len);
    buf_fini(&mark);
}

/* What was kept of the line comes first. */
static void put_line(struct terminal_view *view, struct buf *partial, const char *text, size_t len)
{
    if (view->progress_ns || view->line_open)
        view_fresh(view);
    view_mark(view);
    sink_write(view->out, buf_text(partial), partial->len);
    sink_write(view->out, text, len);
    sink_write(view->out, "\n", 1);
    buf_reset(partial);
}

static void pass(struct terminal_view *view, const struct event *event)
{
    if (view->progress_ns)
        view_fresh(view);
    sink_write(view->out, event->text, event->len);
    view->line_open = event->text[event->len - 1] != '\n';
}

void view_app_output(struct terminal_view *view, const struct event *event)
{
    struct buf *partial = &view->of->partial[event->flag];
    if (!view->config->log.app || event->len == 0)
        return;
    if (!view->of->name) {
        pass(view, event);
        return;
    }
    for (size_t at = 0; at < event->len;) {
        const char *begin = event->text + at;
        const char *newline = memchr(begin, '\n', event->len - at);
        size_t len = newline ? (size_t)(newline - begin) : event->len - at;
        size_t room = LINE_BYTES - partial->len;
        bool whole = newline || len > room;
        if (!newline && len > room)
            len = room;
        if (whole)
            put_line(view, partial, begin, len);
        else
            (void)buf_append(partial, begin, len);
        at += len + (newline != NULL);
    }
}

void view_app_ended(struct terminal_view *view)
{
    for (int stream = 0; stream < 2; stream++)
        if (view->of->partial[stream].len)
            put_line(view, &view->of->partial[stream], "", 0);
}

void view_services_fini(struct terminal_view *view)
{
    for (size_t i = 0; i < view->services.len; i++)
        view_service_free(view, view->services.at[i]);
    vec_fini(&view->services);
}
