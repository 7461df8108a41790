/*
 * A build on the terminal: its output as it comes, an excerpt of the source below each of the first
 * diagnostics, a progress line where it takes long.
 *
 * A diagnostic may go on for several lines; its excerpt is shown when the first line came that does
 * not belong to it, or at the end of the build. Nothing is printed twice.
 */
#include "observe/terminal_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "platform/terminal.h"

#define EXCERPTS_MAX        3
#define EXCERPT_BYTES_MAX   ((size_t)16 << 10)
#define PROGRESS_AFTER_NS   CLOCK_NS_PER_S
#define PROGRESS_EVERY_NS   (100 * CLOCK_NS_PER_MS)
#define TICK_MS             1000
#define PROGRESS_LINE_BYTES 256
#define OUT_FD              1
#define PREFIX_COLUMNS      7 /* "zonda  " */

static void forget(struct terminal_view *view)
{
    diagnostics_fini(&view->of->diagnostics);
    view->of->diagnostics = (struct diagnostics){0};
    view->of->excerpts = 0;
    view->of->excerpt_waits = false;
}

void view_build_begin(struct terminal_view *view, const struct event *event)
{
    forget(view);
    view->of->build_reload = event->reload ? event->reload->id : 0;
    view->of->build_ns = event->reload ? event->reload->times.build_start : 0;
    view->of->done = view->of->total = 0;
    (void)snprintf(view->of->about, sizeof view->of->about, "%s", event->text ? event->text : "");
    if (view->movable && view->of->build_ns)
        timer_start(view->tick, TICK_MS);
}

/* A line of an excerpt: dim numbers, the source as it is, a red caret. */
static void excerpt_line(struct terminal_view *view, const char *line)
{
    const char *bar = strchr(line, '|');
    const char *source = bar ? bar + 1 : line;
    bool caret = bar && source[strspn(source, " ")] == '^';
    bool marked = *line == '>';
    size_t gutter = (size_t)(source - line);
    (void)buf_puts(&view->line, "  ");
    if (marked) {
        view_styled(view, STYLE_BAD, ">");
        line++;
        gutter--;
    }
    struct buf numbers = BUF_INIT(256);
    (void)buf_append(&numbers, line, gutter);
    view_styled(view, STYLE_DIM, buf_text(&numbers));
    buf_fini(&numbers);
    if (caret)
        view_styled(view, STYLE_BAD, source);
    else
        view_clean(view, source);
    view_end(view);
}

static void show_excerpt(struct terminal_view *view)
{
    if (!view->of->excerpt_waits)
        return;
    view->of->excerpt_waits = false;
    struct buf text = BUF_INIT(EXCERPT_BYTES_MAX);
    diagnostic_excerpt(&view->of->diagnostics.list.at[view->of->diagnostics.list.len - 1], 2, 1,
                       &text);
    for (char *line = text.data; line && *line;) {
        size_t len = strcspn(line, "\n");
        bool last = line[len] == '\0';
        line[len] = '\0';
        excerpt_line(view, line);
        line += len + !last;
    }
    buf_fini(&text);
}

/* The compiler's words as they are; the place stands out. */
void view_diagnostic_line(struct terminal_view *view, const char *line)
{
    const char *message = strstr(line, ": ");
    if (!message || *line == '#') {
        view_styled(view, STYLE_DIM, line);
        return;
    }
    struct buf place = BUF_INIT(8192);
    (void)buf_append(&place, line, (size_t)(message - line) + 1);
    view_styled(view, STYLE_BOLD, buf_text(&place));
    buf_fini(&place);
    view_clean(view, message + 1);
}

void view_build_line(struct terminal_view *view, const struct event *event)
{
    size_t before = view->of->diagnostics.list.len;
    bool taken =
        event->reload && diagnostics_line(&view->of->diagnostics, view->served->root, event->text);
    bool first = view->of->diagnostics.list.len > before;
    view_fresh(view);
    if (first || !taken) {
        /* The line after a diagnostic: the one that waited is complete, and stands before it. */
        size_t now = view->of->diagnostics.list.len;
        view->of->diagnostics.list.len = before;
        show_excerpt(view);
        view->of->diagnostics.list.len = now;
    }
    if (first)
        view_diagnostic_line(view, event->text);
    else if (*event->text == '#')
        view_styled(view, STYLE_DIM, event->text);
    else
        view_clean(view, event->text);
    view_end(view);
    if (first && view->of->excerpts < EXCERPTS_MAX) {
        view->of->excerpts++;
        view->of->excerpt_waits = true;
    }
}

/* One that builds, or NULL. */
static struct view_service *builds(const struct terminal_view *view)
{
    for (size_t i = 0; i < view->services.len; i++)
        if (view->services.at[i]->build_ns)
            return view->services.at[i];
    return NULL;
}

void view_build_end(struct terminal_view *view, const struct reload *reload, bool excerpt)
{
    if (!reload || reload->id != view->of->build_reload)
        return;
    if (view->of->excerpt_waits || view->progress_ns)
        view_fresh(view);
    if (excerpt)
        show_excerpt(view);
    forget(view);
    view->of->build_ns = 0;
    if (!builds(view))
        timer_stop(view->tick);
}

/* --- progress --- */

/* Cuts text to at most columns characters, each taken as one column wide. */
static void cut(char *text, int columns)
{
    int used = 0;
    for (char *at = text; *at; at++) {
        if (((unsigned char)*at & 0xc0) == 0x80)
            continue;
        if (used++ == columns) {
            *at = '\0';
            return;
        }
    }
}

/* The line as it is at now_ns, where it has its place and its time. */
static void draw(struct terminal_view *view, uint64_t now_ns)
{
    char text[PROGRESS_LINE_BYTES];
    if (!view->movable || !view->config->terminal.progress || !view_shows(view, LOG_INFO) ||
        view->line_open || !view->of->build_ns || now_ns < view->of->build_ns + PROGRESS_AFTER_NS ||
        (view->progress_ns && now_ns < view->progress_ns + PROGRESS_EVERY_NS))
        return;
    unsigned seconds = (unsigned)((now_ns - view->of->build_ns) / CLOCK_NS_PER_S);
    const char *dot = view->utf8 ? "·" : "-";
    if (view->of->total > 0)
        (void)snprintf(text, sizeof text, "building %d/%d packages %s %u s  %s", view->of->done,
                       view->of->total, dot, seconds, view->of->about);
    else if (view->of->done > 0)
        (void)snprintf(text, sizeof text, "building %s %d packages done %s %u s  %s", dot,
                       view->of->done, dot, seconds, view->of->about);
    else
        (void)snprintf(text, sizeof text, "building %s %u s  %s", dot, seconds, view->of->about);
    /* One column stays free: some terminals wrap when the last one is written. */
    int columns = terminal_columns(OUT_FD) - PREFIX_COLUMNS - view_mark_columns(view) - 1 -
                  (view->config->log.time ? 11 : 0);
    cut(text, columns > 0 ? columns : 0);
    sink_write(view->out, "\r\x1b[K", 4);
    view_prefix(view, PART_BUILD);
    (void)buf_puts(&view->line, "  ");
    view_styled(view, STYLE_DIM, text);
    view_flush(view);
    view->progress_ns = now_ns;
}

void view_progress(struct terminal_view *view, const struct event *event)
{
    if (!view->of->build_ns)
        return;
    view->of->done = (int)event->number;
    view->of->total = (int)event->total;
    (void)snprintf(view->of->about, sizeof view->of->about, "%s", event->text ? event->text : "");
    draw(view, event->mono_ns);
}

void view_tick(void *data)
{
    struct terminal_view *view = data;
    if (!view->of->build_ns && builds(view))
        view->of = builds(view);
    draw(view, clock_mono_ns());
    timer_start(view->tick, TICK_MS);
}
