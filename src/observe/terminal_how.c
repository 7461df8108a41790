/* How a reload was built: said where the go command had to help, else for the curious only. */
#include "observe/terminal_parts.h"

static void time_of(struct terminal_view *view, const char *name, uint64_t ns)
{
    if (!ns)
        return;
    view_textf(view, " · %s ", name);
    view_duration(view, (int64_t)ns);
}

void view_how(struct terminal_view *view, const struct reload *reload)
{
    const struct build_how *how = &reload->how;
    bool direct = how->method == BUILT_DIRECTLY || how->method == BUILT_QUICKLY;
    if (!view_shows(view, how->fell_back ? LOG_INFO : LOG_DEBUG) || (!direct && !how->fell_back))
        return;
    view_begin(view, PART_BUILD);
    view_style(view, STYLE_DIM);
    if (how->fell_back) {
        view_text(view, "· the go command had to help: ");
        view_clean(view, how->why);
    } else {
        view_textf(view, "· built %s: %d package%s",
                   how->method == BUILT_QUICKLY ? "quickly" : "directly", reload->packages,
                   reload->packages == 1 ? "" : "s");
        time_of(view, "look", how->look_ns);
        time_of(view, "compile", how->compile_ns);
        time_of(view, "link", how->link_ns);
    }
    view_style(view, STYLE_NONE);
    view_end(view);
}
