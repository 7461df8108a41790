/*
 * The terminal view's one struct, for its own files only: one verb a file.
 *
 *   terminal_view.c     make, free, which event is shown how     terminal_text.c  lines, colours
 *   terminal_reload.c   the line of a reload                      terminal_build.c output, progress
 *   terminal_tests.c    failures of tests                     terminal_services.c several side by
 * side
 */
#ifndef ZONDA_OBSERVE_TERMINAL_PARTS_H
#define ZONDA_OBSERVE_TERMINAL_PARTS_H

#include "base/buf.h"
#include "observe/terminal_view.h"

#define VIEW_LINE_BYTES_MAX ((size_t)256 << 10)

/* Whose line it is: each has a colour in [terminal]. */
enum view_part { PART_MAIN, PART_WATCH, PART_BUILD, PART_RUN };
enum view_style { STYLE_NONE, STYLE_DIM, STYLE_BOLD, STYLE_GOOD, STYLE_BAD, STYLE_WARN };

/* What is known of one service; of the only one, where there are no several. */
struct view_service {
    char *name;            /* NULL: the only one, or the whole */
    struct buf partial[2]; /* the line that its app has not ended yet: stdout, stderr */

    uint64_t build_ns; /* when the build began that the progress line tells of; 0: none runs */
    int done, total;   /* its packages, as far as they are known */
    char about[128];   /* the package that is compiled, or the command */

    struct diagnostics diagnostics; /* of the build under way, as its lines come */
    uint64_t build_reload;          /* its reload's id */
    size_t excerpts;                /* shown so far, and perhaps one waits */
    bool excerpt_waits;

    unsigned up;       /* generations of the app that run */
    bool failed;       /* a failure still holds … */
    bool build_failed; /* … and it was that of a build */
    struct listeners listeners, announced;
    char notice[512]; /* the last one: a reload's end does not say it again */
};

struct terminal_view {
    struct bus *bus;
    struct sink *out;
    const struct config *config; /* borrowed */
    bool tty, color, utf8;
    bool movable;             /* the cursor can be: a terminal that is not dumb */
    bool line_open;           /* the app's last byte was no newline */
    uint64_t now_ns, wall_ns; /* of the event under way */
    struct buf line;

    VEC(struct view_service *) services;
    struct view_service *of;     /* the one of the event under way */
    const struct config *served; /* its configuration, for the event under way */
    int name_columns;            /* of the longest name of a service; 0: there are none */

    uint64_t progress_ns; /* when the progress line was drawn; 0: it is not on the screen */
    struct timer *tick;   /* draws it again while nothing is told */

    bool brief;        /* the line under way is drawn without the phases … */
    int label_columns; /* … and with at most that much of the path */
};

/* terminal_text.c */
void view_decide(
    struct terminal_view *view); /* colours and characters, from config and environment */
bool view_shows(const struct terminal_view *view, enum log_level level);
void view_fresh(struct terminal_view *view); /* takes away the progress line, ends the app's line */
void view_begin(struct terminal_view *view, enum view_part part);
void view_prefix(struct terminal_view *view, enum view_part part);
void view_style(struct terminal_view *view, enum view_style style);
/* zonda's own words (characters beyond ASCII are replaced where the locale has none), and text from
   outside, made harmless. */
void view_text(struct terminal_view *view, const char *text);
void view_textf(struct terminal_view *view, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void view_clean(struct terminal_view *view, const char *text);
void view_styled(struct terminal_view *view, enum view_style style, const char *text);
void view_duration(struct terminal_view *view, int64_t ns);
void view_end(struct terminal_view *view);   /* the newline, and out with it */
void view_flush(struct terminal_view *view); /* out with it as it is */
/* Lines of text, the first one where the line is, the others indented below it. */
void view_lines(struct terminal_view *view, const char *text);

/* terminal_build.c */
void view_build_begin(struct terminal_view *view, const struct event *event);
void view_build_line(struct terminal_view *view, const struct event *event);
/* A line of a compiler or of go test as it is; the place in it stands out. */
void view_diagnostic_line(struct terminal_view *view, const char *line);
/* With or without the excerpt that waits. Nothing happens where reload is not the one that builds.
 */
void view_build_end(struct terminal_view *view, const struct reload *reload, bool excerpt);
void view_progress(struct terminal_view *view, const struct event *event);
void view_tick(void *view); /* of view->tick */

/* terminal_services.c */
void view_services_config(struct terminal_view *view);                  /* how wide the names are */
void view_about(struct terminal_view *view, const struct event *event); /* sets of and served */
int view_mark_columns(const struct terminal_view *view); /* of what stands before its lines */
void view_mark(struct terminal_view *view);              /* … written */
void view_app_output(struct terminal_view *view, const struct event *event);
void view_app_ended(struct terminal_view *view); /* what has no newline is a line, too */
void view_services_fini(struct terminal_view *view);

/* terminal_tests.c */
void view_tests_line(struct terminal_view *view, const char *line);
void view_tests_end(struct terminal_view *view, const struct test_result *result);

/* terminal_reload.c */
void view_reload_begin(struct terminal_view *view, const struct reload *reload);
/* How it was built, where that is worth a line; see terminal_how.c. */
void view_how(struct terminal_view *view, const struct reload *reload);
void view_reload_end(struct terminal_view *view, const struct reload *reload);

#endif
