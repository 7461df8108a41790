#include "observe/terminal_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "observe/clean.h"

#define INDENT "       " /* as wide as "zonda  " */

static bool locale_is_utf8(void)
{
    static const char *const NAMES[] = {"LC_ALL", "LC_CTYPE",
                                        "LANG"}; /* locale(7): in this order */
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *value = getenv(NAMES[i]);
        if (value && *value)
            return strcasestr(value, "UTF-8") || strcasestr(value, "UTF8");
    }
    return false;
}

void view_decide(struct terminal_view *view)
{
    const char *no_color = getenv("NO_COLOR"); /* no-color.org: set and not empty */
    const char *term = getenv("TERM");
    bool dumb = term && strcmp(term, "dumb") == 0;
    bool plain = !view->tty || dumb || (no_color && *no_color);
    enum choice choice = view->config->terminal.color;
    view->color = choice == CHOICE_ALWAYS || (choice == CHOICE_AUTO && !plain);
    view->movable = view->tty && !dumb;
    view->utf8 = locale_is_utf8();
}

bool view_shows(const struct terminal_view *view, enum log_level level)
{
    enum log_level least = view->config->log.level;
    return least != LOG_SILENT && level >= least;
}

/* --- colours --- */

/* The SGR parameters (ECMA-48 §8.3.117) of a colour's name; NULL: none. */
static const char *sgr(const char *name)
{
    static const struct {
        const char *name, *sgr;
    } COLORS[] = {
        {"black", "30"},        {"red", "31"},
        {"green", "32"},        {"yellow", "33"},
        {"blue", "34"},         {"magenta", "35"},
        {"cyan", "36"},         {"white", "37"},
        {"bold_black", "1;30"}, {"bold_red", "1;31"},
        {"bold_green", "1;32"}, {"bold_yellow", "1;33"},
        {"bold_blue", "1;34"},  {"bold_magenta", "1;35"},
        {"bold_cyan", "1;36"},  {"bold_white", "1;37"},
        {"bright_black", "90"}, {"bright_red", "91"},
        {"bright_green", "92"}, {"bright_yellow", "93"},
        {"bright_blue", "94"},  {"bright_magenta", "95"},
        {"bright_cyan", "96"},  {"bright_white", "97"},
    };
    if (!name || !*name || strcmp(name, "raw") == 0)
        return NULL;
    for (size_t i = 0; i < sizeof COLORS / sizeof *COLORS; i++)
        if (strcmp(name, COLORS[i].name) == 0)
            return COLORS[i].sgr;
    return "37"; /* what is no colour is white, as air has it */
}

void view_style(struct terminal_view *view, enum view_style style)
{
    static const char *const SGR[] = {[STYLE_NONE] = "0",  [STYLE_DIM] = "2",  [STYLE_BOLD] = "1",
                                      [STYLE_GOOD] = "32", [STYLE_BAD] = "31", [STYLE_WARN] = "33"};
    if (view->color)
        (void)buf_printf(&view->line, "\x1b[%sm", SGR[style]);
}

/* --- words --- */

static void put_char(struct terminal_view *view, const char **text)
{
    static const struct {
        const char *utf8, *ascii;
    } PLAIN[] = {{"·", "-"}, {"—", "--"}, {"…", "..."}, {"→", "->"}, {"µ", "u"},
                 {"↻", "*"}, {"✗", "x"},  {"✓", "+"},   {"≡", "="},  {"…", "..."}};
    for (size_t i = 0;
         (unsigned char)**text >= 0x80 && !view->utf8 && i < sizeof PLAIN / sizeof *PLAIN; i++) {
        size_t len = strlen(PLAIN[i].utf8);
        if (strncmp(*text, PLAIN[i].utf8, len) == 0) {
            (void)buf_puts(&view->line, PLAIN[i].ascii);
            *text += len;
            return;
        }
    }
    (void)buf_putc(&view->line, *(*text)++);
}

void view_text(struct terminal_view *view, const char *text)
{
    while (*text)
        put_char(view, &text);
}

void view_textf(struct terminal_view *view, const char *format, ...)
{
    struct buf text = BUF_INIT(4096);
    va_list args;
    va_start(args, format);
    (void)buf_vprintf(&text, format, args);
    va_end(args);
    view_text(view, buf_text(&text));
    buf_fini(&text);
}

void view_clean(struct terminal_view *view, const char *text)
{
    struct buf clean = BUF_INIT(VIEW_LINE_BYTES_MAX / 2);
    clean_text(text, strlen(text), false, &clean);
    view_text(view, buf_text(&clean));
    buf_fini(&clean);
}

void view_styled(struct terminal_view *view, enum view_style style, const char *text)
{
    view_style(view, style);
    view_clean(view, text);
    view_style(view, STYLE_NONE);
}

void view_duration(struct terminal_view *view, int64_t ns)
{
    char text[CLOCK_WALL_BYTES];
    uint64_t exact = ns > 0 ? (uint64_t)ns : 0;
    /* Rounded as in the JSON of a reload, so that the two never differ. */
    uint64_t rounded = (exact + CLOCK_NS_PER_MS / 2) / CLOCK_NS_PER_MS * CLOCK_NS_PER_MS;
    clock_format_duration(exact < CLOCK_NS_PER_MS ? exact : rounded, text);
    view_text(view, text);
}

/* --- lines --- */

void view_fresh(struct terminal_view *view)
{
    if (view->progress_ns)
        sink_write(view->out, "\r\x1b[K", 4);
    view->progress_ns = 0;
    if (view->line_open)
        sink_write(view->out, "\n", 1);
    view->line_open = false;
}

void view_prefix(struct terminal_view *view, enum view_part part)
{
    const struct config_terminal *terminal = &view->config->terminal;
    const char *const colors[] = {[PART_MAIN] = terminal->color_main,
                                  [PART_WATCH] = terminal->color_watch,
                                  [PART_BUILD] = terminal->color_build,
                                  [PART_RUN] = terminal->color_run};
    const char *color = view->color ? sgr(colors[part]) : NULL;
    if (view->config->log.time) {
        char time[CLOCK_WALL_BYTES];
        clock_format_local(view->wall_ns ? view->wall_ns : clock_wall_ns(), time);
        (void)buf_printf(&view->line, "[%s] ", time);
    }
    if (color)
        (void)buf_printf(&view->line, "\x1b[%smzonda\x1b[0m", color);
    else
        (void)buf_puts(&view->line, "zonda");
}

void view_begin(struct terminal_view *view, enum view_part part)
{
    view_fresh(view);
    view_prefix(view, part);
    (void)buf_puts(&view->line, "  ");
}

void view_flush(struct terminal_view *view)
{
    view_mark(view);
    sink_write(view->out, buf_text(&view->line), view->line.len);
    buf_reset(&view->line);
}

void view_end(struct terminal_view *view)
{
    view->line.truncated = false; /* a bound was met: the line still ends */
    if (view->line.len == view->line.max)
        view->line.len--;
    (void)buf_putc(&view->line, '\n');
    view_flush(view);
}

void view_lines(struct terminal_view *view, const char *text)
{
    for (bool first = true; *text; first = false) {
        size_t len = strcspn(text, "\n");
        struct buf line = BUF_INIT(VIEW_LINE_BYTES_MAX / 2);
        (void)buf_append(&line, text, len);
        if (!first) {
            view_end(view);
            (void)buf_puts(&view->line, INDENT);
        }
        view_clean(view, buf_text(&line));
        buf_fini(&line);
        text += len + (text[len] == '\n');
    }
}
