#include "check.h"

#include <stdio.h>

#include "../platform/await.h"
#include "fixture.h"
#include "observe/terminal_parts.h"
#include "platform/fs.h"
#include "platform/terminal.h"

static struct fixture fixture;
static struct terminal_view *view;

static int plain(void **state)
{
    (void)state;
    (void)setenv("LC_ALL", "C.UTF-8", 1);
    (void)setenv("TERM", "xterm", 1);
    (void)unsetenv("NO_COLOR");
    fixture_open(&fixture);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    fixture_close(&fixture);
    return 0;
}

static void show(bool tty)
{
    view = terminal_view_new(fixture.loop, fixture.bus, fixture.sink, &fixture.config, tty);
}

/* The same, and the app listens already. */
static void show_up(bool tty)
{
    show(tty);
    view->of->listeners = view->of->announced =
        (struct listeners){.tcp_ports = {8080}, .tcp_len = 1};
}

/* What was shown since show(). */
static const char *shown(void)
{
    terminal_view_free(view);
    return fixture_text(&fixture);
}

#define PUBLISH(...) publish(&fixture, (struct event){__VA_ARGS__})

static void app_says(const char *text)
{
    PUBLISH(.kind = EVENT_APP_OUTPUT, .text = text, .len = strlen(text));
}

static void end(struct reload *reload)
{
    PUBLISH(.kind = EVENT_RELOAD_END, .reload = reload);
}

static void a_day_begins(void **state)
{
    struct reload reload = served_reload();
    struct listeners listeners = {.tcp_ports = {8080}, .tcp_len = 1};
    (void)state;
    reload.cause = CAUSE_START;
    strs_clear(&reload.changed);
    show(false);
    PUBLISH(.kind = EVENT_ZONDA_STARTED, .text = "shop · zonda.toml");
    PUBLISH(.kind = EVENT_WATCHING, .text = "214 directories, 1530 files", .number = 12);
    PUBLISH(.kind = EVENT_RELOAD_BEGIN, .reload = &reload);
    PUBLISH(.kind = EVENT_BUILD_BEGIN, .reload = &reload, .text = "go build .");
    PUBLISH(.kind = EVENT_BUILD_END, .reload = &reload, .flag = true);
    PUBLISH(.kind = EVENT_APP_STARTED, .reload = &reload, .number = 1, .total = 4711);
    PUBLISH(.kind = EVENT_APP_READY, .reload = &reload, .number = 1, .listeners = &listeners);
    end(&reload);
    reload.cause = CAUSE_KEY;
    reload.id++;
    PUBLISH(.kind = EVENT_APP_READY, .reload = &reload, .number = 2, .listeners = &listeners);
    end(&reload); /* the address is not said again */
    reload.how.method = BUILT_EARLIER;
    reload.id++;
    end(&reload);
    PUBLISH(.kind = EVENT_QUITTING, .text = "SIGINT");
    assert_string_equal(
        shown(),
        "zonda 0.1.0 · shop · zonda.toml\n"
        "zonda  watching 214 directories, 1530 files · 12 ms\n"
        "zonda  ↻ first start  build 812 ms · stop 6 ms · start 23 ms — served in 841 ms  #12\n"
        "zonda  → http://127.0.0.1:8080\n"
        "zonda  ↻ key pressed  build 812 ms · stop 6 ms · start 23 ms — served in 841 ms  #13\n"
        "zonda  ↻ key pressed  up to date 812 ms · stop 6 ms · start 23 ms — served in 841 ms  "
        "#14\n"
        "zonda  stopping · SIGINT\n");
    reload_fini(&reload);
}

static void tests_are_told(void **state)
{
    struct test_result result = {
        .outcome = TESTS_FAILED, .packages = 3, .failed = 1, .ns = 1200 * CLOCK_NS_PER_MS};
    (void)state;
    show(false);
    PUBLISH(.kind = EVENT_TESTS_BEGIN, .number = 3, .text = "go test");
    PUBLISH(.kind = EVENT_TESTS_LINE, .text = "    web_test.go:8: want 3");
    PUBLISH(.kind = EVENT_TESTS_END, .level = LOG_ERROR, .tests = &result);
    result.outcome = TESTS_OBSOLETE; /* another run follows */
    PUBLISH(.kind = EVENT_TESTS_END, .level = LOG_INFO, .tests = &result);
    result.outcome = TESTS_PASSED;
    PUBLISH(.kind = EVENT_TESTS_END, .level = LOG_INFO, .tests = &result);
    assert_string_equal(shown(), "    web_test.go:8: want 3\n"
                                 "zonda  ✗ tests: 1 of 3 packages failed · 1.20 s\n"
                                 "zonda  ✓ tests: 3 packages · 1.20 s\n");
}

static void a_reload_is_one_line(void **state)
{
    struct reload reload = served_reload();
    (void)state;
    reload.times.build_start += 19 * MS;
    show_up(false);
    end(&reload);
    assert_string_equal(shown(),
                        "zonda  ↻ internal/web/cart.go +1  wait 19 ms · build 793 ms · stop 6 ms · "
                        "start 23 ms — served in 841 ms  #12\n");
    reload_fini(&reload);
}

static void with_colours(void **state)
{
    struct reload reload = served_reload();
    (void)state;
    fixture.config.terminal.color_run = (char[]){"bold_green"};
    fixture.config.terminal.color_main = (char[]){"raw"};
    fixture.config.terminal.color_watch = (char[]){"puce"};
    fixture.config.terminal.color = CHOICE_ALWAYS;
    show_up(false);
    end(&reload);
    PUBLISH(.kind = EVENT_NOTICE, .level = LOG_WARN, .text = "careful");
    reload.outcome = RELOAD_OBSOLETE;
    end(&reload);
    assert_string_equal(
        shown(), "\x1b[1;32mzonda\x1b[0m  \x1b[32m↻\x1b[0m \x1b[1minternal/web/cart.go\x1b[0m +1"
                 "\x1b[2m  build 812 ms · stop 6 ms · start 23 ms\x1b[0m"
                 "\x1b[32m — served in 841 ms\x1b[0m\x1b[2m  #12\x1b[0m\n"
                 "zonda  \x1b[33m!\x1b[0m careful\n"
                 "\x1b[37mzonda\x1b[0m  \x1b[2m· internal/web/cart.go — a newer change took over"
                 "  #12\x1b[0m\n");
    reload_fini(&reload);
}

static void when_there_are_colours(void **state)
{
    static const struct {
        enum choice choice;
        bool tty, no_color, dumb, colours;
    } CASES[] = {
        {CHOICE_AUTO, true, false, false, true},  {CHOICE_AUTO, false, false, false, false},
        {CHOICE_AUTO, true, true, false, false},  {CHOICE_AUTO, true, false, true, false},
        {CHOICE_ALWAYS, false, true, true, true}, {CHOICE_NEVER, true, false, false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        fixture_close(&fixture);
        (void)plain(NULL);
        (void)setenv("NO_COLOR", CASES[i].no_color ? "1" : "", 1); /* empty: not set */
        (void)setenv("TERM", CASES[i].dumb ? "dumb" : "xterm", 1);
        fixture.config.terminal.color = CASES[i].choice;
        show(CASES[i].tty);
        PUBLISH(.kind = EVENT_NOTICE, .level = LOG_WARN, .text = "careful");
        assert_string_equal(shown(), CASES[i].colours ? "zonda  \x1b[33m!\x1b[0m careful\n"
                                                      : "zonda  ! careful\n");
    }
}

static void without_utf8(void **state)
{
    struct reload reload = served_reload();
    (void)state;
    (void)setenv("LC_ALL", "C", 1);
    show_up(false);
    end(&reload);
    reload.outcome = RELOAD_BUILD_FAILED;
    end(&reload);
    assert_string_equal(
        shown(), "zonda  * internal/web/cart.go +1  build 812 ms - stop 6 ms - start 23 ms -- "
                 "served in 841 ms  #12\n"
                 "zonda  x internal/web/cart.go +1  build failed in 812 ms - nothing runs until it "
                 "builds  #12\n");
    reload_fini(&reload);
}

static size_t count(const char *text, const char *part)
{
    size_t found = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        found++;
    return found;
}

/* Output as it comes; each diagnostic's excerpt below its own lines; nothing twice. */
static void a_build_fails(void **state)
{
    struct reload reload = served_reload();
    char dir[] = "/tmp/zonda-view-XXXXXX", path[64];
    struct err err;
    static const char SOURCE[] = "package main\n\nfunc main() {\n\tundefinedName()\n\tother()\n}\n";
    (void)state;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/main.go", dir);
    assert_int_equal(fs_write(path, SOURCE, sizeof SOURCE - 1, 0600, &err), 0);
    free(fixture.config.root);
    fixture.config.root = mem_string(dir);
    reload.outcome = RELOAD_BUILD_FAILED;
    add_diagnostic(&reload, "main.go", 4, 2, "undefined: undefinedName");
    add_diagnostic(&reload, "main.go", 5, 2, "undefined: other");
    show(false);
    PUBLISH(.kind = EVENT_APP_STARTED, .number = 1);
    PUBLISH(.kind = EVENT_BUILD_BEGIN, .reload = &reload, .text = "go build .");
    PUBLISH(.kind = EVENT_BUILD_LINE, .reload = &reload, .text = "# example.com/shop");
    PUBLISH(.kind = EVENT_BUILD_LINE, .reload = &reload,
            .text = "main.go:4:2: undefined: undefinedName");
    PUBLISH(.kind = EVENT_BUILD_LINE, .reload = &reload, .text = "\thave (int)");
    PUBLISH(.kind = EVENT_BUILD_LINE, .reload = &reload, .text = "main.go:5:2: undefined: other");
    PUBLISH(.kind = EVENT_BUILD_END, .reload = &reload);
    end(&reload);
    const char *text = shown();
    const char *const ORDER[] = {
        "# example.com/shop\n",
        "main.go:4:2: undefined: undefinedName\n",
        "\thave (int)\n",
        "    undefinedName()\n",
        "^\n",
        "main.go:5:2: undefined: other\n",
        "    other()\n",
        "^\n",
        "zonda  ✗ internal/web/cart.go +1  build failed in 812 ms · 2 errors · the old version",
        " keeps serving  #12\n",
    };
    const char *at = text;
    for (size_t i = 0; i < sizeof ORDER / sizeof *ORDER; i++) {
        at = strstr(at, ORDER[i]);
        if (!at)
            print_message("# missing in order: %s# in:\n%s", ORDER[i], text);
        assert_non_null(at);
        at += strlen(ORDER[i]);
    }
    assert_int_equal(*at, '\0');
    assert_int_equal(count(text, "undefined: undefinedName"), 1);
    assert_int_equal(count(text, "undefined: other"), 1);
    assert_int_equal(count(text, "^"), 2);
    reload_fini(&reload);
    assert_int_equal(fs_remove_tree(dir, &err), 0);
}

static void a_fix_is_said(void **state)
{
    struct reload reload = served_reload();
    (void)state;
    show_up(false);
    PUBLISH(.kind = EVENT_APP_STARTED, .number = 1);
    reload.outcome = RELOAD_BUILD_FAILED;
    (void)snprintf(reload.message, sizeof reload.message, "make: exit status 2");
    end(&reload);
    reload.outcome = RELOAD_OBSOLETE; /* changes nothing */
    end(&reload);
    reload.outcome = RELOAD_SERVED;
    reload.times.stop_start = reload.times.stop_end = 0;
    end(&reload);
    reload.outcome = RELOAD_UNCHANGED;
    reload.times.ready = reload.times.start = 0;
    end(&reload);
    reload.outcome = RELOAD_START_FAILED;
    (void)snprintf(reload.message, sizeof reload.message, "the app ended: exit status 2");
    end(&reload);
    fixture.config.build.stop_on_error = true;
    reload.outcome = RELOAD_BUILD_FAILED;
    PUBLISH(.kind = EVENT_NOTICE, .level = LOG_ERROR, .text = "no such file", .hint = "make one");
    (void)snprintf(reload.message, sizeof reload.message, "no such file");
    end(&reload); /* the message was said already */
    assert_string_equal(
        shown(),
        "zonda  ✗ internal/web/cart.go +1  build failed in 812 ms · make: exit status 2 · the old "
        "version keeps serving  #12\n"
        "zonda  · internal/web/cart.go — a newer change took over  #12\n"
        "zonda  ↻ internal/web/cart.go +1  build 812 ms · start 29 ms — fixed, served in 841 ms  "
        "#12\n"
        "zonda  ≡ internal/web/cart.go +1  build 812 ms — same binary, the app goes on  #12\n"
        "zonda  ✗ internal/web/cart.go +1  build 812 ms — start failed · the app ended: exit "
        "status 2 · the old version keeps serving  #12\n"
        "zonda  ✗ no such file\n"
        "       make one\n"
        "zonda  ✗ internal/web/cart.go +1  build failed in 812 ms · the app is stopped until it "
        "builds  #12\n");
    reload_fini(&reload);
}

static void light_reloads(void **state)
{
    struct reload reload = {.id = 3, .outcome = RELOAD_REFRESHED, .cause = CAUSE_CHANGE};
    (void)state;
    strs_push(&reload.changed, "static/site.css");
    reload.changed_len = 1;
    reload.times.change = reload.times.decided = SECOND;
    reload.action = ACTION_REFRESH;
    show(false);
    PUBLISH(.kind = EVENT_REFRESH, .reload = &reload, .text = "static/site.css");
    end(&reload);
    reload.action = ACTION_SIGNAL;
    end(&reload);
    reload.action = ACTION_RUN;
    reload.times.build_start = SECOND;
    reload.times.end = SECOND + 30 * MS;
    end(&reload);
    assert_string_equal(shown(), "zonda  ↻ static/site.css — refreshed  #3\n"
                                 "zonda  ↻ static/site.css — signal sent  #3\n"
                                 "zonda  ↻ static/site.css  command 30 ms — command done  #3\n");
    reload_fini(&reload);
}

static void the_app_is_not_touched(void **state)
{
    (void)state;
    fixture.config.terminal.color = CHOICE_NEVER;
    show(true);
    app_says("\x1b[97;42m 200 \x1b[0m\r\n");
    app_says("no newline");
    PUBLISH(.kind = EVENT_NOTICE, .level = LOG_INFO, .text = "news");
    app_says(" goes on\n");
    PUBLISH(.kind = EVENT_NOTICE, .level = LOG_INFO, .text = "more");
    fixture.config.log.app = false;
    app_says("not shown\n");
    assert_string_equal(shown(), "\x1b[97;42m 200 \x1b[0m\r\n"
                                 "no newline\n"
                                 "zonda  news\n"
                                 " goes on\n"
                                 "zonda  more\n");
}

static void levels_hide_lines(void **state)
{
    struct reload reload = served_reload();
    (void)state;
    fixture.config.log.level = LOG_WARN;
    show(false);
    end(&reload);
    PUBLISH(.kind = EVENT_WATCHING, .text = "x");
    PUBLISH(.kind = EVENT_NOTICE, .level = LOG_INFO, .text = "news");
    PUBLISH(.kind = EVENT_NOTICE, .level = LOG_WARN, .text = "careful");
    reload.outcome = RELOAD_START_FAILED;
    end(&reload);
    fixture.config.log.level = LOG_SILENT;
    end(&reload);
    PUBLISH(.kind = EVENT_NOTICE, .level = LOG_ERROR, .text = "bad");
    PUBLISH(.kind = EVENT_BUILD_LINE, .reload = &reload, .text = "line");
    app_says("app\n");
    fixture.config.log.level = LOG_INFO;
    PUBLISH(.kind = EVENT_IGNORED, .level = LOG_DEBUG, .text = "README.md", .hint = "no rule");
    fixture.config.log.level = LOG_DEBUG;
    PUBLISH(.kind = EVENT_IGNORED, .level = LOG_DEBUG, .text = "README.md", .hint = "no rule");
    const struct service_transition step = {
        .one = true, .generation = 2, .from = "READY", .event = "ASK", .to = "STOPPING"};
    PUBLISH(.kind = EVENT_TRANSITION, .level = LOG_DEBUG, .transition = &step);
    fixture.config.log.level = LOG_INFO;
    PUBLISH(.kind = EVENT_TRANSITION, .level = LOG_DEBUG, .transition = &step);
    assert_string_equal(shown(), "zonda  ! careful\n"
                                 "zonda  ✗ internal/web/cart.go +1  build 812 ms · stop 6 ms · "
                                 "start 23 ms — start failed  #12\n"
                                 "app\n"
                                 "zonda  README.md: nothing to do, no rule\n"
                                 "zonda  generation 2: READY, ASK: STOPPING\n");
    reload_fini(&reload);
}

static void controls_do_not_come_through(void **state)
{
    struct reload reload = served_reload();
    (void)state;
    strs_clear(&reload.changed);
    strs_push(&reload.changed, "a\x1b[2J\x1b]0;title\x07\rb\n\xc2\x9b"
                               "c.go");
    show(true);
    fixture.config.terminal.color = CHOICE_NEVER;
    terminal_view_config(view, &fixture.config);
    PUBLISH(.kind = EVENT_BUILD_LINE, .reload = &reload, .text = "\x1b[31merror\x1b[0m\ttab\x07");
    reload.outcome = RELOAD_OBSOLETE;
    end(&reload);
    assert_string_equal(shown(), "error\ttab\nzonda  · abc.go — a newer change took over  #12\n");
    reload_fini(&reload);
}

static void a_long_build_shows_progress(void **state)
{
    struct reload reload = served_reload();
    (void)state;
    fixture.config.terminal.color = CHOICE_NEVER;
    fixture.mono_ns = reload.times.build_start + SECOND - 1;
    show(true);
    PUBLISH(.kind = EVENT_BUILD_BEGIN, .reload = &reload);
    PUBLISH(.kind = EVENT_BUILD_PROGRESS, .reload = &reload, .number = 1, .text = "soon");
    fixture.mono_ns = reload.times.build_start + SECOND;
    PUBLISH(.kind = EVENT_BUILD_PROGRESS, .reload = &reload, .number = 34, .total = 112,
            .text = "a/b");
    fixture.mono_ns += MS;
    PUBLISH(.kind = EVENT_BUILD_PROGRESS, .reload = &reload, .number = 35, .text = "too soon");
    fixture.mono_ns += SECOND;
    PUBLISH(.kind = EVENT_BUILD_PROGRESS, .reload = &reload, .number = 36, .text = "a/c");
    app_says("busy\n");
    fixture.mono_ns += SECOND;
    PUBLISH(.kind = EVENT_BUILD_PROGRESS, .reload = &reload, .number = 37, .text = "a/d");
    PUBLISH(.kind = EVENT_BUILD_END, .reload = &reload, .flag = true);
    app_says("open");
    fixture.mono_ns += SECOND;
    PUBLISH(.kind = EVENT_BUILD_PROGRESS, .reload = &reload, .number = 38, .text = "in between");
    assert_string_equal(shown(), "\r\x1b[Kzonda  building 34/112 packages · 1 s  a/b"
                                 "\r\x1b[Kzonda  building · 36 packages done · 2 s  a/c"
                                 "\r\x1b[Kbusy\n"
                                 "\r\x1b[Kzonda  building · 37 packages done · 3 s  a/d"
                                 "\r\x1b[Kopen\n");
    reload_fini(&reload);
}

static bool has_drawn(void *data)
{
    (void)data;
    return fs_stat(fixture.path, true).size_bytes > 0;
}

/* A command of one's own counts no packages; its seconds go on all the same. */
static void a_silent_build_shows_that_it_goes_on(void **state)
{
    struct reload reload = served_reload();
    (void)state;
    fixture.config.terminal.color = CHOICE_NEVER;
    reload.times.build_start = clock_mono_ns() - 41 * SECOND;
    show(true);
    PUBLISH(.kind = EVENT_BUILD_BEGIN, .reload = &reload, .text = "make all");
    assert_true(await(fixture.loop, has_drawn, NULL));
    PUBLISH(.kind = EVENT_BUILD_END, .reload = &reload, .flag = true);
    assert_false(timer_active(view->tick));
    const char *text = shown();
    const char *line = "\r\x1b[Kzonda  building · 4";
    assert_memory_equal(text, line, strlen(line));
    assert_non_null(strstr(text, " s  make all\r\x1b[K"));
    reload_fini(&reload);
}

/* Columns of the one line that is shown, which has two characters beyond ASCII at most. */
static int columns_of(const char *text)
{
    int columns = 0;
    for (; *text && *text != '\n'; text++)
        columns += ((unsigned char)*text & 0xc0) != 0x80;
    return columns;
}

static void a_narrow_terminal_is_not_passed(void **state)
{
    struct reload reload = served_reload();
    char path[2048];
    (void)state;
    fixture.config.terminal.color = CHOICE_NEVER;
    int columns = terminal_columns(1);
    int len = columns < 40 ? 40 : columns - 38; /* fits, but not with the phases */
    (void)snprintf(path, sizeof path, "%0*d.go", len - 3, 7);
    mem_replace(&reload.changed.at[0], path);
    reload.changed_len = 1;
    show(true);
    end(&reload);
    assert_null(strstr(shown(), "build 8"));
    assert_non_null(strstr(buf_text(&fixture.out), path));
    assert_true(columns < 80 || columns_of(buf_text(&fixture.out)) <= columns);
    reload_fini(&reload);
}

static void a_long_path_loses_its_beginning(void **state)
{
    struct reload reload = served_reload();
    char path[2048];
    (void)state;
    fixture.config.terminal.color = CHOICE_NEVER;
    int columns = terminal_columns(1);
    (void)snprintf(path, sizeof path, "%0*d/cart.go", columns < 1900 ? columns : 1900, 7);
    mem_replace(&reload.changed.at[0], path);
    reload.changed_len = 1;
    show(true);
    end(&reload);
    const char *text = shown();
    assert_memory_equal(text, "zonda  ↻ …0", strlen("zonda  ↻ …0"));
    assert_non_null(strstr(text, "07/cart.go — "));
    assert_non_null(strstr(text, "  #12\n"));
    assert_true(columns < 60 || columns_of(text) == columns);
    reload_fini(&reload);
}

static void no_progress_without_terminal(void **state)
{
    struct reload reload = served_reload();
    (void)state;
    fixture.mono_ns = reload.times.build_start + 5 * SECOND;
    show(false);
    PUBLISH(.kind = EVENT_BUILD_PROGRESS, .reload = &reload, .number = 34, .text = "a");
    terminal_view_clear(view);
    assert_string_equal(shown(), "");
    reload_fini(&reload);
}

static void the_screen_is_cleared(void **state)
{
    struct reload reload = served_reload();
    (void)state;
    show(true);
    PUBLISH(.kind = EVENT_RELOAD_BEGIN, .reload = &reload); /* not asked for */
    fixture.config.terminal.clear = true;
    reload.cause = CAUSE_START; /* would take away the first lines */
    PUBLISH(.kind = EVENT_RELOAD_BEGIN, .reload = &reload);
    reload.cause = CAUSE_CHANGE;
    reload.action = ACTION_RESTART;
    PUBLISH(.kind = EVENT_RELOAD_BEGIN, .reload = &reload);
    reload.action = ACTION_BUILD;
    app_says("open");
    PUBLISH(.kind = EVENT_RELOAD_BEGIN, .reload = &reload);
    app_says("a\n");
    terminal_view_clear(view);
    assert_string_equal(shown(), "open\x1b[H\x1b[2Ja\n\x1b[H\x1b[2J");
    reload_fini(&reload);
}

static void other_news(void **state)
{
    struct listeners unix_only = {.unix_len = 1};
    (void)state;
    fixture.config.file = (char[]){"/p/zonda.toml"};
    fixture.config.terminal.banner = (char[]){"my shop"};
    show(false);
    PUBLISH(.kind = EVENT_ZONDA_STARTED, .text = "zonda 0.1.0 · shop");
    PUBLISH(.kind = EVENT_WATCHING, .text = "2 directories", .number = 1, .flag = true);
    PUBLISH(.kind = EVENT_CONFIG, .level = LOG_INFO, .text = "run.args");
    PUBLISH(.kind = EVENT_CONFIG, .level = LOG_INFO, .text = "");
    PUBLISH(.kind = EVENT_CONFIG, .level = LOG_ERROR,
            .text = "zonda.toml:3:1: unknown key\n  hint: did you mean run\n");
    PUBLISH(.kind = EVENT_NOTICE, .level = LOG_WARN, .text = "two\nlines", .hint = "do this");
    PUBLISH(.kind = EVENT_APP_READY, .number = 5, .listeners = &unix_only);
    terminal_view_print(view, "r  restart\nq  quit\n");
    PUBLISH(.kind = EVENT_QUITTING, .text = "SIGINT", .flag = true);
    assert_string_equal(shown(), "my shop\n"
                                 "zonda 0.1.0 · shop\n"
                                 "zonda  watching 2 directories · 1 ms · partly by polling\n"
                                 "zonda  zonda.toml read again · run.args\n"
                                 "zonda  zonda.toml read again · nothing in it changed\n"
                                 "zonda  ✗ zonda.toml is wrong, the one before stays in force\n"
                                 "       zonda.toml:3:1: unknown key\n"
                                 "         hint: did you mean run\n"
                                 "zonda  ! two\n"
                                 "       lines\n"
                                 "       do this\n"
                                 "zonda  ↻ the app serves again (start no. 5)\n"
                                 "       r  restart\n"
                                 "       q  quit\n"
                                 "zonda  stopping at once · SIGINT\n");
}

static void with_the_time_of_day(void **state)
{
    char expected[64], time[CLOCK_WALL_BYTES];
    (void)state;
    fixture.config.log.time = true;
    clock_format_local(fixture.wall_ns, time);
    (void)snprintf(expected, sizeof expected, "app\n[%s] zonda  news\n", time);
    show(false);
    app_says("app\n");
    PUBLISH(.kind = EVENT_NOTICE, .level = LOG_INFO, .text = "news");
    assert_string_equal(shown(), expected);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, plain, close_all)
    const struct CMUnitTest tests[] = {
        TEST(a_day_begins),
        TEST(tests_are_told),
        TEST(a_reload_is_one_line),
        TEST(with_colours),
        TEST(when_there_are_colours),
        TEST(without_utf8),
        TEST(a_build_fails),
        TEST(a_fix_is_said),
        TEST(light_reloads),
        TEST(the_app_is_not_touched),
        TEST(levels_hide_lines),
        TEST(controls_do_not_come_through),
        TEST(a_long_build_shows_progress),
        TEST(a_silent_build_shows_that_it_goes_on),
        TEST(a_narrow_terminal_is_not_passed),
        TEST(a_long_path_loses_its_beginning),
        TEST(no_progress_without_terminal),
        TEST(the_screen_is_cleared),
        TEST(other_news),
        TEST(with_the_time_of_day),
    };
    return cmocka_run_group_tests_name("observe/terminal_view", tests, NULL, NULL);
}
