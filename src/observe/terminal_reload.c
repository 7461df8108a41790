/*
 * One line a reload: what changed, the time of each phase, how it ended, its number.
 *
 * A line that is wider than the terminal is drawn anew without the phases and, if that is not
 * enough, with the beginning of the path cut off.
 */
#include "observe/terminal_parts.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "platform/terminal.h"

#define OUT_FD            1
#define LABEL_LEAST       12 /* columns: less of a path tells nothing */
#define UTF8_CONTINUES(c) (((unsigned char)(c)&0xc0) == 0x80)

typedef void draw_fn(struct terminal_view *view, const struct reload *reload);

/* Columns of text, each character taken as one wide, without the sequences of view_style. */
static int width(const char *text)
{
    int columns = 0;
    while (*text) {
        if (*text == '\x1b')
            text += strcspn(text, "m");
        else
            columns += !UTF8_CONTINUES(*text);
        text += *text != '\0';
    }
    return columns;
}

/* The line that draw makes, as wide as the terminal at most where that can be had. */
static void line(struct terminal_view *view, const struct reload *reload, draw_fn *draw)
{
    int columns = view->tty ? terminal_columns(OUT_FD) - view_mark_columns(view) : INT_MAX;
    view->brief = false;
    view->label_columns = INT_MAX;
    draw(view, reload);
    for (int step = 0; step < 2; step++) {
        int over = width(buf_text(&view->line)) - columns;
        if (over <= 0)
            break;
        int path = reload->changed.len ? width(reload->changed.at[0]) : 0;
        if (view->brief)
            view->label_columns = path - over > LABEL_LEAST ? path - over : LABEL_LEAST;
        view->brief = true;
        buf_reset(&view->line);
        draw(view, reload);
    }
    view_end(view);
}

/* The path that changed, without its beginning where there is no room for it. */
static void path_label(struct terminal_view *view, const char *path)
{
    int over = width(path) - view->label_columns;
    if (over > 0) {
        view_text(view, "…");
        over += view->utf8 ? 1 : 3;
        for (; *path && (over > 0 || UTF8_CONTINUES(*path)); path++)
            over -= !UTF8_CONTINUES(path[1]);
    }
    view_clean(view, path);
}

static void label(struct terminal_view *view, const struct reload *reload)
{
    static const char *const CAUSES[] = {
        [CAUSE_START] = "first start", [CAUSE_CHANGE] = "change",
        [CAUSE_KEY] = "key pressed",   [CAUSE_SIGNAL] = "signal",
        [CAUSE_CONTROL] = "trigger",   [CAUSE_CONFIG] = "configuration",
        [CAUSE_CRASH] = "crash"};
    if (!reload->changed.len) {
        view_styled(view, STYLE_BOLD, CAUSES[reload->cause]);
        return;
    }
    view_style(view, STYLE_BOLD);
    path_label(view, reload->changed.at[0]);
    view_style(view, STYLE_NONE);
    if (reload->changed_len > 1)
        view_textf(view, " +%zu", reload->changed_len - 1);
}

static void number(struct terminal_view *view, const struct reload *reload)
{
    char text[32];
    (void)snprintf(text, sizeof text, "  #%" PRIu64, reload->id);
    view_styled(view, STYLE_DIM, text);
}

static void phase(struct terminal_view *view, const char **before, const char *name, int64_t ns)
{
    view_textf(view, "%s%s ", *before, name);
    view_duration(view, ns);
    *before = " · ";
}

static const char *name_of(const struct reload *reload, enum reload_phase at)
{
    if (at == PHASE_BUILD && reload->action < ACTION_RESTART)
        return "command";
    if (at == PHASE_BUILD && reload->how.method == BUILT_EARLIER)
        return "up to date";
    return reload_phase_name(at);
}

/* The phases of it that took place; the way to the build only where it took any time. */
static void phases(struct terminal_view *view, const struct reload *reload)
{
    const char *before = "  ";
    if (view->brief)
        return;
    int64_t decide = reload_phase_ns(reload, PHASE_DECIDE);
    int64_t wait = reload_phase_ns(reload, PHASE_WAIT);
    int64_t idle = (decide > 0 ? decide : 0) + (wait > 0 ? wait : 0);
    view_style(view, STYLE_DIM);
    if (idle >= (int64_t)CLOCK_NS_PER_MS)
        phase(view, &before, "wait", idle);
    for (enum reload_phase at = PHASE_BUILD; at <= PHASE_START; at++) {
        int64_t ns = reload_phase_ns(reload, at);
        if (ns >= 0)
            phase(view, &before, name_of(reload, at), ns);
    }
    view_style(view, STYLE_NONE);
}

static void mark(struct terminal_view *view, enum view_style style, const char *symbol)
{
    view_style(view, style);
    view_text(view, symbol);
    view_style(view, STYLE_NONE);
    view_text(view, " ");
}

/* Is what failed before mended by this one? */
static bool mends(const struct terminal_view *view, const struct reload *reload)
{
    return view->of->failed && (reload->action == ACTION_BUILD || !view->of->build_failed);
}

static void served(struct terminal_view *view, const struct reload *reload)
{
    bool ended = reload->outcome == RELOAD_ENDED;
    bool listens = view->of->listeners.tcp_len || view->of->listeners.unix_len;
    view_begin(view, PART_RUN);
    mark(view, STYLE_GOOD, "↻");
    label(view, reload);
    phases(view, reload);
    view_style(view, STYLE_GOOD);
    view_text(view, mends(view, reload) ? " — fixed, " : " — ");
    if (view->of->build_failed && !mends(view, reload))
        view_text(view, "the old version, as the build still fails, ");
    view_text(view, ended ? "ran to its end in " : listens ? "served in " : "runs after ");
    view_duration(view, reload_total_ns(reload));
    view_style(view, STYLE_NONE);
    number(view, reload);
}

static void address(struct terminal_view *view)
{
    const struct listeners *found = &view->of->listeners, *said = &view->of->announced;
    bool same = found->tcp_len == said->tcp_len && found->unix_len == said->unix_len;
    for (size_t i = 0; same && i < found->tcp_len; i++)
        same = found->tcp_ports[i] == said->tcp_ports[i];
    if (same)
        return;
    view->of->announced = view->of->listeners;
    view_begin(view, PART_RUN);
    mark(view, STYLE_GOOD, "→");
    for (size_t i = 0; i < found->tcp_len; i++)
        view_textf(view, "%shttp://127.0.0.1:%u", i ? " · " : "", (unsigned)found->tcp_ports[i]);
    if (found->unix_len)
        view_textf(view, "%s%zu Unix socket%s", found->tcp_len ? " · " : "", found->unix_len,
                   found->unix_len == 1 ? "" : "s");
    if (!found->tcp_len && !found->unix_len)
        view_text(view, "it does not listen any more");
    view_end(view);
}

static void left_alone(struct terminal_view *view, const struct reload *reload)
{
    bool unchanged = reload->outcome == RELOAD_UNCHANGED;
    const char *done = unchanged                         ? "same binary, the app goes on"
                       : reload->action == ACTION_SIGNAL ? "signal sent"
                       : reload->action == ACTION_RUN    ? "command done"
                                                         : "refreshed";
    view_begin(view, unchanged ? PART_BUILD : PART_WATCH);
    mark(view, STYLE_GOOD, unchanged ? "≡" : "↻");
    label(view, reload);
    phases(view, reload);
    view_textf(view, " — %s%s", unchanged && mends(view, reload) ? "fixed, " : "", done);
    number(view, reload);
}

static size_t count_errors(const struct diagnostics *diagnostics)
{
    size_t errors = diagnostics->dropped;
    VEC_EACH (const struct diagnostic, one, &diagnostics->list)
        errors += !one->warning;
    return errors;
}

static void why(struct terminal_view *view, const struct reload *reload)
{
    if (!*reload->message || strstr(view->of->notice, reload->message))
        return;
    view_text(view, " · ");
    view_clean(view, reload->message);
}

static void build_failed(struct terminal_view *view, const struct reload *reload)
{
    int64_t ns = reload_phase_ns(reload, PHASE_BUILD);
    size_t errors = count_errors(&reload->diagnostics);
    view_begin(view, PART_BUILD);
    mark(view, STYLE_BAD, "✗");
    label(view, reload);
    view_text(view, "  ");
    view_style(view, STYLE_BAD);
    view_text(view, reload->action < ACTION_RESTART ? "command failed" : "build failed");
    if (ns >= 0) {
        view_text(view, " in ");
        view_duration(view, ns);
    }
    view_style(view, STYLE_NONE);
    if (errors)
        view_textf(view, " · %zu error%s", errors, errors == 1 ? "" : "s");
    else
        why(view, reload);
    if (!view->of->up)
        view_text(view, " · nothing runs until it builds");
    else if (view->served->build.stop_on_error)
        view_text(view, " · the app is stopped until it builds");
    else
        view_text(view, " · the old version keeps serving");
    number(view, reload);
}

static void start_failed(struct terminal_view *view, const struct reload *reload)
{
    view_begin(view, PART_RUN);
    mark(view, STYLE_BAD, "✗");
    label(view, reload);
    phases(view, reload);
    view_text(view, " — ");
    view_style(view, STYLE_BAD);
    view_text(view, "start failed");
    view_style(view, STYLE_NONE);
    why(view, reload);
    if (view->of->up)
        view_text(view, " · the old version keeps serving");
    number(view, reload);
}

static void obsolete(struct terminal_view *view, const struct reload *reload)
{
    view_begin(view, PART_WATCH);
    view_style(view, STYLE_DIM);
    view_text(view, "· ");
    if (reload->changed.len)
        path_label(view, reload->changed.at[0]);
    else
        view_clean(view, reload_cause_name(reload->cause));
    view_textf(view, " — a newer change took over  #%" PRIu64, reload->id);
    view_style(view, STYLE_NONE);
}

void view_reload_begin(struct terminal_view *view, const struct reload *reload)
{
    if (reload->action == ACTION_BUILD && reload->cause != CAUSE_START &&
        view->config->terminal.clear)
        terminal_view_clear(view);
    if (!view_shows(view, LOG_DEBUG))
        return;
    view_begin(view, PART_WATCH);
    view_style(view, STYLE_DIM);
    view_textf(view, "%s: ", action_name(reload->action));
    view_clean(view, reload->reason);
    number(view, reload);
    view_end(view);
}

void view_reload_end(struct terminal_view *view, const struct reload *reload)
{
    bool bad = reload->outcome == RELOAD_BUILD_FAILED || reload->outcome == RELOAD_START_FAILED;
    bool good = reload->outcome == RELOAD_SERVED || reload->outcome == RELOAD_ENDED ||
                reload->outcome == RELOAD_UNCHANGED;
    if (view_shows(view, bad ? LOG_ERROR : LOG_INFO)) {
        switch (reload->outcome) {
        case RELOAD_SERVED:
            view_how(view, reload);
            line(view, reload, served);
            address(view);
            break;
        case RELOAD_ENDED:
            line(view, reload, served);
            break;
        case RELOAD_UNCHANGED:
            view_how(view, reload);
            line(view, reload, left_alone);
            break;
        case RELOAD_REFRESHED:
            line(view, reload, left_alone);
            break;
        case RELOAD_BUILD_FAILED:
            line(view, reload, build_failed);
            break;
        case RELOAD_START_FAILED:
            line(view, reload, start_failed);
            break;
        case RELOAD_OBSOLETE:
            line(view, reload, obsolete);
            break;
        case RELOAD_RUNNING:
        case RELOAD_STOPPED: /* the end is told already */
            break;
        }
    }
    if (reload->action == ACTION_BUILD && (bad || good))
        view->of->build_failed = reload->outcome == RELOAD_BUILD_FAILED;
    if (bad || good)
        view->of->failed = bad || view->of->build_failed;
    *view->of->notice = '\0';
}
