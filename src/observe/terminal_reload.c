/* One line a reload: what changed, the time of each phase, how it ended, its number. */
#include "observe/terminal_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

static void label(struct terminal_view *view, const struct reload *reload)
{
    static const char *const CAUSES[] = {
        [CAUSE_START] = "first start", [CAUSE_CHANGE] = "change",
        [CAUSE_KEY] = "key",           [CAUSE_SIGNAL] = "signal",
        [CAUSE_CONTROL] = "trigger",   [CAUSE_CONFIG] = "configuration",
        [CAUSE_CRASH] = "crash"};
    if (!reload->changed.len) {
        view_styled(view, STYLE_BOLD, CAUSES[reload->cause]);
        return;
    }
    view_styled(view, STYLE_BOLD, reload->changed.at[0]);
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

/* The phases of it that took place; the way to the build only where it took any time. */
static void phases(struct terminal_view *view, const struct reload *reload)
{
    const char *before = "  ";
    int64_t decide = reload_phase_ns(reload, PHASE_DECIDE);
    int64_t wait = reload_phase_ns(reload, PHASE_WAIT);
    int64_t idle = (decide > 0 ? decide : 0) + (wait > 0 ? wait : 0);
    view_style(view, STYLE_DIM);
    if (idle >= (int64_t)CLOCK_NS_PER_MS)
        phase(view, &before, "wait", idle);
    for (enum reload_phase at = PHASE_BUILD; at <= PHASE_START; at++) {
        int64_t ns = reload_phase_ns(reload, at);
        bool command = at == PHASE_BUILD && reload->action < ACTION_RESTART;
        if (ns >= 0)
            phase(view, &before, command ? "command" : reload_phase_name(at), ns);
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

static void served(struct terminal_view *view, const struct reload *reload)
{
    view_begin(view, PART_RUN);
    mark(view, STYLE_GOOD, "↻");
    label(view, reload);
    phases(view, reload);
    view_style(view, STYLE_GOOD);
    view_text(view, view->failed ? " — fixed, served in " : " — served in ");
    view_duration(view, reload_total_ns(reload));
    view_style(view, STYLE_NONE);
    number(view, reload);
    view_end(view);
}

static void address(struct terminal_view *view)
{
    const struct listeners *found = &view->listeners, *said = &view->announced;
    bool same = found->tcp_len == said->tcp_len && found->unix_len == said->unix_len;
    for (size_t i = 0; same && i < found->tcp_len; i++)
        same = found->tcp_ports[i] == said->tcp_ports[i];
    if (same)
        return;
    view->announced = view->listeners;
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
    view_textf(view, " — %s%s", unchanged && view->failed ? "fixed, " : "", done);
    number(view, reload);
    view_end(view);
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
    if (!*reload->message || strstr(view->notice, reload->message))
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
    if (!view->up_generation)
        view_text(view, " · nothing runs until it builds");
    else if (view->config->build.stop_on_error)
        view_text(view, " · the app is stopped until it builds");
    else
        view_text(view, " · the old version keeps serving");
    number(view, reload);
    view_end(view);
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
    number(view, reload);
    view_end(view);
}

static void obsolete(struct terminal_view *view, const struct reload *reload)
{
    view_begin(view, PART_WATCH);
    view_style(view, STYLE_DIM);
    view_text(view, "· ");
    view_clean(view,
               reload->changed.len ? reload->changed.at[0] : reload_cause_name(reload->cause));
    view_textf(view, " — a newer change took over  #%" PRIu64, reload->id);
    view_style(view, STYLE_NONE);
    view_end(view);
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
    bool good = reload->outcome == RELOAD_SERVED || reload->outcome == RELOAD_UNCHANGED;
    if (view_shows(view, bad ? LOG_ERROR : LOG_INFO)) {
        switch (reload->outcome) {
        case RELOAD_SERVED:
            served(view, reload);
            address(view);
            break;
        case RELOAD_UNCHANGED:
        case RELOAD_REFRESHED:
            left_alone(view, reload);
            break;
        case RELOAD_BUILD_FAILED:
            build_failed(view, reload);
            break;
        case RELOAD_START_FAILED:
            start_failed(view, reload);
            break;
        case RELOAD_OBSOLETE:
            obsolete(view, reload);
            break;
        case RELOAD_RUNNING:
        case RELOAD_STOPPED: /* the end is told already */
            break;
        }
    }
    if (bad || good)
        view->failed = bad;
    *view->notice = '\0';
}
