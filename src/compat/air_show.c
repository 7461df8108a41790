/* What air prints: log, color, misc, screen; and its proxy. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "compat/air_parts.h"
#include "config/suggest.h"

/* --- log --- */

static void read_level(struct air *air, const struct node *level)
{
    static const struct {
        const char *name, *own;
    } names[] = {{"trace", "debug"},   {"debug", "debug"}, {"info", "info"},   {"warn", "warn"},
                 {"warning", "warn"},  {"error", "error"}, {"fatal", "error"}, {"panic", "error"},
                 {"silent", "silent"}, {"off", "silent"},  {"none", "silent"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(level->text, names[i].name) == 0) {
            air_set_text(air, "log", "level", names[i].own, level);
            return;
        }
    reading_error(air->reading, place_of_value(level), "one of debug, info, warn, error, silent",
                  "level is '%.64s', which is not known", level->text);
}

static void read_log(struct air *air)
{
    const struct node *time = air_get(air, "log", "time");
    const struct node *level = air_get(air, "log", "level");
    const struct node *main_only = air_get(air, "log", "main_only");
    const struct node *silent = air_get(air, "log", "silent");
    if (time)
        air_set_bool(air, "log", "time", air_is_true(time), time);
    if (air_is_true(main_only))
        air_set_text(air, "log", "level", "warn", main_only);
    if (air_has_text(level))
        read_level(air, level);
    if (air_is_true(silent))
        air_set_text(air, "log", "level", "silent", silent);
}

/* --- color --- */

/* air takes an unknown name for white, and "" for its default. */
static void read_color(struct air *air, const char *key, const char *own)
{
    const struct node *node = air_get(air, "color", key);
    const struct schema_entry *entry = schema_find("terminal", own);
    bool known = false;
    size_t len = 0;
    if (!node)
        return;
    for (; entry->choices[len]; len++)
        known = known || strcmp(entry->choices[len], node->text) == 0;
    if (known || !*node->text) {
        air_set_text(air, "terminal", own, known ? node->text : "raw", node);
        return;
    }
    const char *close = suggest(node->text, entry->choices, len);
    char hint[160];
    (void)snprintf(hint, sizeof hint,
                   "%s%s%s red, green, yellow, blue, magenta, cyan, white or raw",
                   close ? "did you mean " : "", close ? close : "", close ? "? One of" : "one of");
    reading_warning(air->reading, place_of_value(node), hint,
                    "%s is '%.64s', which is no colour: as with air, it is white", key, node->text);
    air_set_text(air, "terminal", own, "white", node);
}

static void read_colors(struct air *air)
{
    const struct node *app = air_get(air, "color", "app");
    const struct node *mode = air_get(air, "color", "mode");
    read_color(air, "main", "color_main");
    read_color(air, "watcher", "color_watch");
    read_color(air, "build", "color_build");
    read_color(air, "runner", "color_run");
    if (air_has_text(app))
        reading_warning(air->reading, place_of_value(app), "leave it out",
                        "app does nothing, with air as well: the app keeps its own colours");
    if (air_has_text(mode))
        air_set_text(air, "terminal", "color", mode->text, mode);
}

/* --- misc, screen, proxy --- */

static void read_screen(struct air *air)
{
    const struct node *clear = air_get(air, "screen", "clear_on_rebuild");
    const struct node *keep = air_get(air, "screen", "keep_scroll");
    if (clear)
        air_set_bool(air, "terminal", "clear", air_is_true(clear), clear);
    if (air_is_true(clear) && keep && !air_is_true(keep))
        reading_warning(air->reading, place_of_value(keep), NULL,
                        "keep_scroll = false does nothing: what scrolled away is kept, as with "
                        "air");
}

/* Of air's proxy only the ports and the wait: its own listens on all addresses. */
static void read_proxy(struct air *air)
{
    const struct node *enabled = air_get(air, "proxy", "enabled");
    const struct node *port = air_get(air, "proxy", "proxy_port");
    const struct node *app_port = air_get(air, "proxy", "app_port");
    const struct node *wait = air_get(air, "proxy", "app_start_timeout");
    if (!air_is_true(enabled))
        return;
    if (!port || port->number == 0) {
        reading_warning(air->reading, place_of_value(enabled), "give proxy_port a number",
                        "there is no proxy without a proxy_port");
        return;
    }
    air_set_number(air, "proxy", "port", (uint64_t)port->number, port);
    if (app_port)
        air_set_number(air, "proxy", "app_port", (uint64_t)app_port->number, app_port);
    if (wait && wait->number)
        air_set_number(air, "proxy", "hold_timeout", (uint64_t)wait->number, wait);
}

void air_read_show(struct air *air)
{
    const struct node *banner = air_get(air, "misc", "startup_banner");
    const struct node *clean = air_get(air, "misc", "clean_on_exit");
    read_log(air);
    read_colors(air);
    read_screen(air);
    read_proxy(air);
    if (banner)
        air_set_text(air, "terminal", "banner", banner->text, banner);
    if (clean)
        air_set_bool(air, "", "clean_on_exit", air_is_true(clean), clean);
}
