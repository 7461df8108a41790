/* Several services on one terminal: whose line it is, and that lines stay whole. */
#include "check.h"

#include <stdio.h>

#include "fixture.h"
#include "observe/terminal_parts.h"

static struct fixture fixture;
static struct terminal_view *view;
static struct config services[2];

static int begin(void **state)
{
    (void)state;
    (void)setenv("LC_ALL", "C.UTF-8", 1);
    (void)setenv("TERM", "xterm", 1);
    (void)unsetenv("NO_COLOR");
    fixture_open(&fixture);
    services[0] = (struct config){.service = mem_string("api"), .root = mem_string("/tmp/api")};
    services[1] = (struct config){.service = mem_string("worker"), .root = mem_string("/tmp")};
    services[1].build.stop_on_error = true;
    vec_push(&fixture.config.services, &services[0]);
    vec_push(&fixture.config.services, &services[1]);
    view = terminal_view_new(fixture.loop, fixture.bus, fixture.sink, &fixture.config, false);
    return 0;
}

static int end(void **state)
{
    (void)state;
    fixture_close(&fixture);
    vec_fini(&fixture.config.services);
    for (int i = 0; i < 2; i++) {
        free(services[i].service);
        free(services[i].root);
    }
    return 0;
}

static const char *shown(void)
{
    terminal_view_free(view);
    return fixture_text(&fixture);
}

#define PUBLISH(...) publish(&fixture, (struct event){__VA_ARGS__})
#define OF(at)       .service = services[at].service, .config = &services[at]

static void says(int at, const char *text)
{
    PUBLISH(.kind = EVENT_APP_OUTPUT, .text = text, .len = strlen(text), OF(at));
}

static void each_line_has_its_name(void **state)
{
    (void)state;
    PUBLISH(.kind = EVENT_ZONDA_STARTED, .text = "api, worker · zonda.toml");
    says(0, "one\ntwo\n");
    says(1, "three\n");
    PUBLISH(.kind = EVENT_NOTICE, .level = LOG_WARN, .text = "two\nlines", .hint = "do this",
            OF(1));
    PUBLISH(.kind = EVENT_QUITTING, .text = "SIGINT");
    assert_string_equal(shown(), "zonda 0.1.0 · api, worker · zonda.toml\n"
                                 "api    │ one\n"
                                 "api    │ two\n"
                                 "worker │ three\n"
                                 "worker │ zonda  ! two\n"
                                 "worker │        lines\n"
                                 "worker │        do this\n"
                                 "zonda  stopping · SIGINT\n");
}

static void lines_stay_whole(void **state)
{
    (void)state;
    says(0, "from the ");
    says(1, "in between\nno end");
    PUBLISH(.kind = EVENT_NOTICE, .level = LOG_INFO, .text = "news");
    says(0, "api\n");
    PUBLISH(.kind = EVENT_APP_EXIT, .number = 1, .flag = true, .text = "exit status 0", OF(1));
    assert_string_equal(shown(), "worker │ in between\n"
                                 "zonda  news\n"
                                 "api    │ from the api\n"
                                 "worker │ no end\n");
}

/* What is too long for a line is cut, and nothing of it is lost. */
static void a_line_has_a_bound(void **state)
{
    char text[40000];
    size_t letters = 0;
    (void)state;
    memset(text, 'x', sizeof text);
    PUBLISH(.kind = EVENT_APP_OUTPUT, .text = text, .len = sizeof text, OF(0));
    PUBLISH(.kind = EVENT_APP_EXIT, .number = 1, .flag = true, .text = "exit status 0", OF(0));
    for (const char *at = shown(); *at; at++)
        letters += *at == 'x';
    assert_int_equal(letters, sizeof text);
}

static void each_has_its_own_state(void **state)
{
    struct reload reload = {.id = 7, .cause = CAUSE_CHANGE, .action = ACTION_BUILD};
    (void)state;
    PUBLISH(.kind = EVENT_APP_STARTED, .number = 1, .total = 1, OF(0));
    PUBLISH(.kind = EVENT_APP_STARTED, .number = 1, .total = 2, OF(1));
    reload.outcome = RELOAD_BUILD_FAILED;
    PUBLISH(.kind = EVENT_RELOAD_END, .reload = &reload, OF(0));
    PUBLISH(.kind = EVENT_RELOAD_END, .reload = &reload, OF(1));
    reload.outcome = RELOAD_UNCHANGED;
    PUBLISH(.kind = EVENT_RELOAD_END, .reload = &reload, OF(0));
    assert_string_equal(
        shown(), "api    │ zonda  ✗ change  build failed · the old version keeps serving  #7\n"
                 "worker │ zonda  ✗ change  build failed · the app is stopped until it builds  #7\n"
                 "api    │ zonda  ≡ change — fixed, same binary, the app goes on  #7\n");
}

static void names_have_colours(void **state)
{
    (void)state;
    fixture.config.terminal.color = CHOICE_ALWAYS;
    terminal_view_config(view, &fixture.config);
    says(0, "a\n");
    says(1, "b\n");
    assert_string_equal(shown(), "\x1b[0;36mapi    │\x1b[0m a\n\x1b[0;35mworker │\x1b[0m b\n");
}

/* One that has gone from the configuration: its last line is not lost. */
static void one_goes(void **state)
{
    (void)state;
    says(1, "last words");
    fixture.config.services.len = 1;
    terminal_view_config(view, &fixture.config);
    says(0, "hello\n");
    assert_string_equal(shown(), "worker │ last words\napi │ hello\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(each_line_has_its_name), TEST(lines_stay_whole),   TEST(a_line_has_a_bound),
        TEST(each_has_its_own_state), TEST(names_have_colours), TEST(one_goes),
    };
    return cmocka_run_group_tests_name("observe/terminal_services", tests, NULL, NULL);
}
