#include "command/reload_text.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"

/* The phases of a reload in their order, as reload_write_json names them. As on the terminal, what
   comes before the build is one wait, and told where it took any time. */
static const char *const PHASES[] = {"wait", "build", "stop", "start"};

/* Of PHASES[at]; below 0: it did not take place, or is not worth a word. */
static int64_t phase_ms(const struct json *phases, size_t at)
{
    int64_t ms = json_number(json_get(phases, PHASES[at]), -1);
    if (at > 0)
        return ms;
    int64_t decide = json_number(json_get(phases, "decide"), 0);
    int64_t sum = (ms > 0 ? ms : 0) + decide;
    return sum > 0 ? sum : -1;
}

static void put_ms(int64_t ms, struct buf *out)
{
    char text[CLOCK_WALL_BYTES] = "<1 ms";
    if (ms > 0)
        clock_format_duration((uint64_t)ms * CLOCK_NS_PER_MS, text);
    (void)buf_puts(out, text);
}

void reload_text_line(const struct json *reload, struct buf *out)
{
    const char *outcome = json_text(json_get(reload, "outcome"));
    const char *message = json_text(json_get(reload, "message"));
    const struct json *phases = json_get(reload, "phases");
    bool any = false;
    (void)buf_printf(out, "reload %" PRId64 ": %s", json_number(json_get(reload, "id"), 0),
                     outcome ? outcome : "unknown");
    if (json_get(reload, "total_ms")) {
        (void)buf_puts(out, " after ");
        put_ms(json_number(json_get(reload, "total_ms"), 0), out);
    }
    for (size_t i = 0; i < sizeof PHASES / sizeof *PHASES; i++) {
        int64_t ms = phase_ms(phases, i);
        if (ms < 0)
            continue;
        (void)buf_printf(out, "%s%s ", any ? ", " : " (", PHASES[i]);
        put_ms(ms, out);
        any = true;
    }
    (void)buf_printf(out, "%s%s%s\n", any ? ")" : "", message && *message ? ": " : "",
                     message ? message : "");
}

void reload_text_diagnostics(const struct json *reload, struct buf *out)
{
    const struct json *list = json_get(reload, "diagnostics");
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *one = json_at(list, i);
        const char *file = json_text(json_get(one, "file"));
        const char *message = json_text(json_get(one, "message"));
        int64_t column = json_number(json_get(one, "column"), 0);
        (void)buf_printf(out, "%s:%" PRId64, file ? file : "?",
                         json_number(json_get(one, "line"), 0));
        if (column)
            (void)buf_printf(out, ":%" PRId64, column);
        (void)buf_printf(out, ": %s\n", message ? message : "");
    }
}

bool reload_text_is_good(const struct json *reload)
{
    static const char *const good[] = {"served", "ended", "unchanged", "refreshed"};
    const char *outcome = json_text(json_get(reload, "outcome"));
    for (size_t i = 0; outcome && i < sizeof good / sizeof *good; i++)
        if (strcmp(outcome, good[i]) == 0)
            return true;
    return false;
}
