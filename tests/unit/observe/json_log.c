#include "check.h"

#include <stdio.h>

#include "../platform/await.h"
#include "base/json.h"
#include "fixture.h"
#include "observe/json_parts.h"
#include "platform/fs.h"

#define LINES_MAX 4000

static struct fixture fixture;
static struct json_log *tested;
static struct json *lines[LINES_MAX]; /* what was written, each line read back */
static size_t lines_len;

static int open_all(void **state)
{
    (void)state;
    fixture_open(&fixture);
    lines_len = 0;
    tested = json_log_new(fixture.loop, fixture.bus, fixture.sink, &fixture.config, "shop");
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < lines_len; i++)
        json_free(lines[i]);
    fixture_close(&fixture);
    return 0;
}

#define PUBLISH(...) publish(&fixture, (struct event){__VA_ARGS__})

static void app_says(const char *text, size_t len, bool error)
{
    PUBLISH(.kind = EVENT_APP_OUTPUT, .level = LOG_INFO, .text = text, .len = len, .flag = error,
            .number = 1);
}

#define APP(text) app_says(text, sizeof(text) - 1, false)

static const char *text_of(size_t line, const char *name)
{
    return json_text(json_get(lines[line], name));
}

static const struct json *context(size_t line, const char *name)
{
    return json_get(json_get(lines[line], "context"), name);
}

/* Ends the log; every line of it must be whole. */
static void finish_any(void)
{
    static const char *const STRINGS[] = {"timestamp", "level", "service", "trace_id", "message"};
    struct err err;
    if (tested)
        json_log_free(tested);
    tested = NULL;
    const char *at = fixture_text(&fixture);
    for (const char *end; (end = strchr(at, '\n')) != NULL; at = end + 1) {
        assert_true(lines_len < LINES_MAX);
        struct json *line = json_parse(at, (size_t)(end - at), &err);
        if (!line)
            print_message("# %s: %s in %.300s\n", err.place, err.message, at);
        assert_non_null(line);
        lines[lines_len++] = line;
        for (size_t i = 0; i < sizeof STRINGS / sizeof *STRINGS; i++)
            assert_non_null(text_of(lines_len - 1, STRINGS[i]));
        assert_int_equal(strlen(text_of(lines_len - 1, "trace_id")), 32);
        assert_non_null(json_text(context(lines_len - 1, "kind")));
    }
    assert_int_equal(*at, '\0');
}

/* The same of a log of one service. */
static void finish(void)
{
    finish_any();
    for (size_t i = 0; i < lines_len; i++)
        assert_string_equal(text_of(i, "service"), "shop");
}

static void every_event_is_a_line(void **state)
{
    struct reload reload = served_reload();
    struct listeners listeners = {.tcp_ports = {8080}, .tcp_len = 1};
    const struct service_transition step = {
        .generation = 7, .from = "BESIDE", .event = "IS_READY", .to = "HANDING"};
    static const char *const KINDS[] = {
        "zonda_started", "watching",   "notice",         "ignored",    "reload_begin",
        "build_begin",   "build_line", "build_progress", "build_end",  "app_stopping",
        "app_started",   "app_ready",  "app_exit",       "transition", "app_down",
        "app_output",    "reload_end", "refresh",        "config",     "tests_begin",
        "tests_line",    "tests_end",  "quitting"};
    (void)state;
    fixture.config.log.level = LOG_DEBUG;
    for (int kind = 0; kind <= EVENT_QUITTING; kind++)
        PUBLISH(.kind = (enum event_kind)kind, .level = LOG_INFO,
                .reload = kind == EVENT_ZONDA_STARTED ? NULL : &reload, .text = "text\n", .len = 5,
                .hint = "hint", .number = 7, .total = 8, .listeners = &listeners,
                .transition = &step);
    finish();
    assert_int_equal(lines_len, EVENT_QUITTING + 1);
    assert_string_equal(text_of(0, "trace_id"), "00000000000000000000000000000000");
    for (size_t i = 0; i < lines_len; i++) {
        assert_string_equal(json_text(context(i, "kind")), KINDS[i]);
        assert_string_equal(text_of(i, "timestamp"), "2026-11-24T14:02:03.456Z");
        if (i > 0)
            assert_string_equal(text_of(i, "trace_id"), reload.trace_id);
    }
    assert_string_equal(json_text(context(EVENT_NOTICE, "hint")), "hint");
    assert_string_equal(json_text(context(EVENT_BUILD_BEGIN, "command")), "text\n");
    assert_int_equal(json_number(context(EVENT_BUILD_BEGIN, "reload"), 0), 12);
    assert_int_equal(json_number(context(EVENT_APP_STARTED, "pid"), 0), 8);
    assert_int_equal(json_number(json_at(context(EVENT_APP_READY, "ports"), 0), 0), 8080);
    assert_string_equal(text_of(EVENT_APP_EXIT, "level"), "warn"); /* nobody asked for it */
    assert_string_equal(text_of(EVENT_TRANSITION, "message"), "service: BESIDE, IS_READY: HANDING");
    assert_string_equal(json_text(context(EVENT_TRANSITION, "machine")), "service");
    assert_string_equal(json_text(context(EVENT_TRANSITION, "from")), "BESIDE");
    assert_string_equal(json_text(context(EVENT_TRANSITION, "event")), "IS_READY");
    assert_string_equal(json_text(context(EVENT_TRANSITION, "to")), "HANDING");
    assert_int_equal(json_number(context(EVENT_TRANSITION, "generation"), 0), 7);
    assert_string_equal(text_of(EVENT_APP_OUTPUT, "message"), "text");
    assert_string_equal(json_text(context(EVENT_RELOAD_END, "outcome")), "served");
    assert_int_equal(json_number(json_get(context(EVENT_RELOAD_END, "phases"), "build"), 0), 812);
    assert_string_equal(text_of(EVENT_RELOAD_END, "message"), "reload 12: served after 841 ms");
    reload_fini(&reload);
}

static void levels_are_obeyed(void **state)
{
    struct reload reload = served_reload();
    (void)state;
    const struct service_transition step = {
        .one = true, .generation = 2, .from = "READY", .event = "ASK", .to = "STOPPING"};
    reload.outcome = RELOAD_BUILD_FAILED;
    fixture.config.log.level = LOG_WARN;
    PUBLISH(.kind = EVENT_NOTICE, .level = LOG_INFO, .text = "no");
    PUBLISH(.kind = EVENT_RELOAD_END, .level = LOG_INFO, .reload = &reload);
    PUBLISH(.kind = EVENT_TRANSITION, .level = LOG_DEBUG, .transition = &step);
    fixture.config.log.level = LOG_SILENT;
    PUBLISH(.kind = EVENT_TRANSITION, .level = LOG_DEBUG, .transition = &step);
    PUBLISH(.kind = EVENT_NOTICE, .level = LOG_ERROR, .text = "no");
    APP("app\n");
    fixture.config.log.app = false;
    APP("a file gets everything\n");
    fixture.config.log.format = LOG_JSON;
    APP("no\n");
    finish();
    assert_int_equal(lines_len, 4);
    assert_string_equal(text_of(0, "level"), "error");
    assert_string_equal(text_of(1, "message"), "generation: READY, ASK: STOPPING");
    assert_string_equal(text_of(1, "level"), "debug");
    assert_string_equal(text_of(2, "message"), "app");
    assert_string_equal(text_of(3, "message"), "a file gets everything");
    reload_fini(&reload);
}

/* Each service has its own unfinished line, its own trace and its own name. */
static void services_stay_apart(void **state)
{
    struct reload reload = {.id = 1, .trace_id = "11111111111111111111111111111111"};
    (void)state;
    PUBLISH(.kind = EVENT_APP_OUTPUT, .text = "from ", .len = 5, .number = 1, .service = "api");
    PUBLISH(.kind = EVENT_APP_OUTPUT, .text = "other\n", .len = 6, .number = 1, .service = "web");
    PUBLISH(.kind = EVENT_BUILD_BEGIN, .level = LOG_INFO, .text = "go", .reload = &reload,
            .service = "api");
    PUBLISH(.kind = EVENT_APP_OUTPUT, .text = "api\n", .len = 4, .number = 1, .service = "api");
    PUBLISH(.kind = EVENT_NOTICE, .level = LOG_INFO, .text = "all");
    PUBLISH(.kind = EVENT_NOTICE, .level = LOG_INFO, .text = "one", .service = "web");
    json_log_config(tested, &fixture.config, "whole"); /* both are gone from it */
    PUBLISH(.kind = EVENT_NOTICE, .level = LOG_INFO, .text = "late");
    finish_any();
    static const struct {
        const char *service, *message, *trace;
    } LINES[] = {{"web", "other", TRACE_NONE}, {"api", "building: go", NULL},
                 {"api", "from api", NULL},    {"shop", "all", TRACE_NONE},
                 {"web", "one", TRACE_NONE},   {"whole", "late", TRACE_NONE}};
    assert_int_equal(lines_len, sizeof LINES / sizeof *LINES);
    for (size_t i = 0; i < lines_len; i++) {
        assert_string_equal(text_of(i, "service"), LINES[i].service);
        assert_string_equal(text_of(i, "message"), LINES[i].message);
        assert_string_equal(text_of(i, "trace_id"),
                            LINES[i].trace ? LINES[i].trace : reload.trace_id);
    }
}

static void output_becomes_lines(void **state)
{
    (void)state;
    APP("one\ntw");
    app_says("err", 3, true);
    APP("o\r\n\n\x1b[97;42m 200 \x1b[0m\x1b]0;title\x07 done\n");
    APP("bad \xff\x80 utf\0x\n");
    APP("{\"level\":\"debug\"}\n");
    app_says("or\n", 3, true);
    APP("no end");
    PUBLISH(.kind = EVENT_APP_EXIT, .level = LOG_INFO, .number = 1, .flag = true, .text = "0");
    APP("neither");
    finish();
    static const struct {
        const char *message, *stream;
    } LINES[] = {{"one", "stdout"},
                 {"two", "stdout"},
                 {"", "stdout"},
                 {" 200  done", "stdout"},
                 {"bad \xef\xbf\xbd\xef\xbf\xbd utfx", "stdout"},
                 {"{\"level\":\"debug\"}", "stdout"},
                 {"error", "stderr"},
                 {"no end", "stdout"},
                 {"the app ended: 0", NULL},
                 {"neither", "stdout"}};
    assert_int_equal(lines_len, sizeof LINES / sizeof *LINES);
    for (size_t i = 0; i < lines_len; i++) {
        assert_string_equal(text_of(i, "message"), LINES[i].message);
        if (LINES[i].stream)
            assert_string_equal(json_text(context(i, "stream")), LINES[i].stream);
    }
}

static void long_lines_are_cut(void **state)
{
    static char text[3 * JSON_LOG_LINE_MAX];
    (void)state;
    /* Two bytes a character, and the cut in the middle of one. */
    text[0] = 'x';
    for (size_t i = 1; i + 1 < sizeof text; i += 2)
        (void)memcpy(text + i, "é", 2);
    app_says(text, sizeof text / 2, false);
    app_says(text + sizeof text / 2, sizeof text - 1 - sizeof text / 2, false);
    APP("\nnext\n");
    finish();
    assert_int_equal(lines_len, 2);
    const char *message = text_of(0, "message");
    assert_int_equal(strlen(message), JSON_LOG_LINE_MAX - 1);
    assert_memory_equal(message, text, JSON_LOG_LINE_MAX - 1);
    assert_true(json_truth(context(0, "truncated")));
    assert_int_equal(json_number(context(0, "left_out_bytes"), 0),
                     sizeof text - 1 - (JSON_LOG_LINE_MAX - 1));
    assert_string_equal(text_of(1, "message"), "next");
    assert_null(context(1, "truncated"));
}

static size_t count_kind(const char *kind)
{
    size_t found = 0;
    for (size_t i = 0; i < lines_len; i++)
        found += strcmp(json_text(context(i, "kind")), kind) == 0;
    return found;
}

static void a_chatty_app_is_limited(void **state)
{
    (void)state;
    fixture.config.log.rate_limit = 10;
    for (int i = 0; i < 25; i++)
        APP("line\n"); /* 10 at once, 15 left out */
    fixture.mono_ns += 500 * MS;
    for (int i = 0; i < 25; i++)
        APP("line\n"); /* 5 more, 20 left out */
    fixture.mono_ns += 500 * MS;
    APP("told before this one\n");
    fixture.config.log.rate_limit = 0;
    for (int i = 0; i < 100; i++)
        APP("free\n");
    finish();
    assert_int_equal(count_kind("app_output"), 10 + 5 + 1 + 100);
    assert_int_equal(count_kind("app_output_dropped"), 1);
    assert_string_equal(json_text(context(15, "kind")), "app_output_dropped");
    assert_string_equal(text_of(15, "level"), "warn");
    assert_int_equal(json_number(context(15, "lines"), 0), 35);
    assert_string_equal(text_of(15, "message"),
                        "35 lines of the app were left out: the limit is 10 a second");
    assert_string_equal(text_of(16, "message"), "told before this one");
}

struct growth {
    const char *path;
    uint64_t size_bytes;
};

static bool has_grown(void *data)
{
    struct growth *growth = data;
    return fs_stat(growth->path, true).size_bytes > growth->size_bytes;
}

/* The app falls silent after a burst: the timer tells, and nothing waits for another event. */
static void what_was_left_out_is_told_in_time(void **state)
{
    struct growth growth = {.path = fixture.path};
    (void)state;
    fixture.config.log.rate_limit = 1;
    APP("written\n");
    assert_true(await(fixture.loop, has_grown, &growth));
    growth.size_bytes = fs_stat(fixture.path, true).size_bytes;
    APP("left out\n");
    assert_true(await(fixture.loop, has_grown, &growth));
    finish();
    assert_int_equal(lines_len, 2);
    assert_string_equal(json_text(context(1, "kind")), "app_output_dropped");
}

static void the_end_tells_the_rest(void **state)
{
    (void)state;
    fixture.config.log.rate_limit = 1;
    APP("written\nleft out\n");
    finish();
    assert_int_equal(lines_len, 2);
    assert_int_equal(json_number(context(1, "lines"), 0), 1);
}

static void a_huge_event_has_no_details(void **state)
{
    struct reload reload = served_reload();
    char *message = mem_new(20000, 1);
    (void)state;
    memset(message, 'm', 19999);
    for (int i = 0; i < 100; i++)
        add_diagnostic(&reload, "a.go", i, 1, message);
    PUBLISH(.kind = EVENT_RELOAD_END, .level = LOG_INFO, .reload = &reload);
    finish();
    assert_int_equal(lines_len, 1);
    assert_true(json_truth(context(0, "truncated")));
    assert_string_equal(json_text(context(0, "kind")), "reload_end");
    free(message);
    reload_fini(&reload);
}

/* What a full sink leaves out is said by a line of JSON, too. */
static void a_full_sink_speaks_json(void **state)
{
    static char text[JSON_LOG_LINE_MAX];
    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\n';
    for (int i = 0; i < 600; i++) /* more than the sink takes, as its loop does not run */
        app_says(text, sizeof text, false);
    finish();
    assert_true(lines_len < 600);
    assert_string_equal(json_text(context(lines_len - 1, "kind")), "log_dropped");
}

struct ear {
    char text[512];
};

static void hear(void *data, const struct event *event)
{
    struct ear *ear = data;
    if (event->kind == EVENT_NOTICE)
        (void)snprintf(ear->text, sizeof ear->text, "%s", event->text);
}

static bool has_heard(void *data)
{
    struct ear *ear = data;
    PUBLISH(.kind = EVENT_WATCHING, .level = LOG_INFO, .text = "x");
    return *ear->text;
}

/* The log cannot be written: the others on the bus hear of it. */
static void a_failure_is_news(void **state)
{
    struct ear ear = {{0}};
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    (void)state;
    struct sink *full = sink_to_fd(fixture.loop, fd);
    struct json_log *other = json_log_new(fixture.loop, fixture.bus, full, &fixture.config, "shop");
    (void)bus_subscribe(fixture.bus, hear, &ear);
    assert_true(await(fixture.loop, has_heard, &ear));
    assert_non_null(strstr(ear.text, strerror(ENOSPC)));
    json_log_free(other);
    sink_free(full);
    (void)close(fd);
    finish();
}

/* --- to a function --- */

struct taken {
    int count;
    char kind[32], line[2048];
};

static void take(void *data, const char *kind, const char *line, size_t len)
{
    struct taken *taken = data;
    taken->count++;
    (void)snprintf(taken->kind, sizeof taken->kind, "%s", kind);
    (void)snprintf(taken->line, sizeof taken->line, "%.*s", (int)len, line);
}

static void lines_go_to_a_function(void **state)
{
    struct taken taken = {0};
    struct err err;
    (void)state;
    struct json_log *log =
        json_log_each(fixture.loop, fixture.bus, take, &taken, &fixture.config, "shop");
    PUBLISH(.kind = EVENT_NOTICE, .level = LOG_WARN, .text = "look \"here\"");
    assert_int_equal(taken.count, 1);
    assert_string_equal(taken.kind, "notice");
    struct json *json = json_parse(taken.line, strlen(taken.line), &err);
    assert_string_equal(json_text(json_get(json, "message")), "look \"here\"");
    json_free(json);
    APP("half a line");
    assert_int_equal(taken.count, 1);
    json_log_free(log); /* tells what has no newline */
    assert_int_equal(taken.count, 2);
    assert_string_equal(taken.kind, "app_output");
    finish();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)
    const struct CMUnitTest tests[] = {
        TEST(lines_go_to_a_function),  TEST(every_event_is_a_line),
        TEST(levels_are_obeyed),       TEST(output_becomes_lines),
        TEST(long_lines_are_cut),      TEST(services_stay_apart),
        TEST(a_chatty_app_is_limited), TEST(what_was_left_out_is_told_in_time),
        TEST(the_end_tells_the_rest),  TEST(a_huge_event_has_no_details),
        TEST(a_full_sink_speaks_json), TEST(a_failure_is_news),
    };
    return cmocka_run_group_tests_name("observe/json_log", tests, NULL, NULL);
}
