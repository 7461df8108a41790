/* What the proxy makes of the news: where the app is, and whether to wait for it. */
#include "check.h"

#include <string.h>

#include "base/mem.h"
#include "browser/upstream.h"

static char nothing[] = "";
static const struct config_proxy ANY = {.app_socket = nothing, .service = nothing};

static enum upstream_news ready(struct upstream *upstream, int64_t number, uint16_t port)
{
    struct listeners listeners = {.tcp_ports = {port, 9}, .tcp_len = port ? 2 : 0};
    struct event event = {.kind = EVENT_APP_READY, .number = number, .listeners = &listeners};
    return upstream_event(upstream, &ANY, &event);
}

static enum upstream_news tell(struct upstream *upstream, enum event_kind kind, int64_t number)
{
    struct event event = {.kind = kind, .number = number, .text = "three crashes in a row"};
    return upstream_event(upstream, &ANY, &event);
}

static enum upstream_news reload(struct upstream *upstream, enum event_kind kind,
                                 enum reload_outcome outcome)
{
    struct reload reload = {.action = ACTION_BUILD, .outcome = outcome, .message = "exit status 1"};
    struct event event = {.kind = kind, .reload = &reload};
    return upstream_event(upstream, &ANY, &event);
}

static enum upstream_news move(struct upstream *upstream, bool one, const char *from,
                               const char *to)
{
    struct service_transition step = {.one = one, .from = from, .event = "IS_READY", .to = to};
    struct event event = {.kind = EVENT_TRANSITION, .transition = &step};
    return upstream_event(upstream, &ANY, &event);
}

static void at(const struct upstream *upstream, const char *wanted)
{
    char text[TCP_TEXT_BYTES];
    assert_true(upstream->has_address);
    assert_string_equal(tcp_address_text(&upstream->address, text), wanted);
}

static void test_generations(void **state)
{
    struct upstream upstream;
    (void)state;
    upstream_init(&upstream);
    assert_int_equal(upstream.state, UPSTREAM_COMING);
    assert_int_equal(ready(&upstream, 1, 8080), UPSTREAM_OTHER);
    at(&upstream, "127.0.0.1:8080");
    /* The next one gets the connections, and serves before the first one goes. */
    assert_int_equal(move(&upstream, false, "READY", "BESIDE"), UPSTREAM_SAME);
    assert_int_equal(move(&upstream, true, "STARTING", "READY"), UPSTREAM_SAME);
    assert_int_equal(move(&upstream, false, "BESIDE", "HANDING"), UPSTREAM_MOVES);
    assert_int_equal(move(&upstream, false, "HANDING", "HANDING"), UPSTREAM_SAME);
    assert_int_equal(upstream.state, UPSTREAM_SERVES);
    assert_int_equal(ready(&upstream, 2, 8080), UPSTREAM_OTHER);
    assert_int_equal(tell(&upstream, EVENT_APP_STOPPING, 1), UPSTREAM_SAME);
    assert_int_equal(tell(&upstream, EVENT_APP_EXIT, 3), UPSTREAM_SAME); /* never served */
    assert_int_equal(tell(&upstream, EVENT_APP_EXIT, 1), UPSTREAM_SAME);
    assert_int_equal(upstream.state, UPSTREAM_SERVES);
    /* Stopped first, or crashed. */
    assert_int_equal(tell(&upstream, EVENT_APP_STOPPING, 2), UPSTREAM_GONE);
    assert_int_equal(tell(&upstream, EVENT_APP_EXIT, 2), UPSTREAM_SAME);
    assert_int_equal(upstream.state, UPSTREAM_COMING);
    assert_int_equal(ready(&upstream, 3, 9090), UPSTREAM_OTHER);
    at(&upstream, "127.0.0.1:9090");
    upstream_fini(&upstream);
}

static void test_failures(void **state)
{
    struct upstream upstream;
    (void)state;
    upstream_init(&upstream);
    assert_int_equal(reload(&upstream, EVENT_RELOAD_END, RELOAD_BUILD_FAILED), UPSTREAM_GIVEN_UP);
    assert_int_equal(upstream.state, UPSTREAM_FAILED);
    assert_string_equal(buf_text(&upstream.why), "The build failed. exit status 1.");
    assert_non_null(strstr(buf_text(&upstream.reload), "\"build_failed\""));
    assert_int_equal(reload(&upstream, EVENT_RELOAD_BEGIN, RELOAD_RUNNING), UPSTREAM_SAME);
    assert_int_equal(upstream.state, UPSTREAM_COMING);
    assert_int_equal(ready(&upstream, 1, 8080), UPSTREAM_OTHER);
    assert_int_equal(upstream.why.len + upstream.reload.len + upstream.errors.len, 0);
    /* The version before serves on. */
    assert_int_equal(reload(&upstream, EVENT_RELOAD_END, RELOAD_BUILD_FAILED), UPSTREAM_SAME);
    assert_int_equal(tell(&upstream, EVENT_APP_DOWN, 0), UPSTREAM_SAME);
    assert_int_equal(upstream.state, UPSTREAM_SERVES);
    assert_int_equal(tell(&upstream, EVENT_APP_EXIT, 1), UPSTREAM_GONE);
    assert_int_equal(tell(&upstream, EVENT_APP_DOWN, 0), UPSTREAM_GIVEN_UP);
    assert_string_equal(buf_text(&upstream.why), "The app does not run: three crashes in a row.");
    upstream_fini(&upstream);
}

static void test_addresses(void **state)
{
    struct upstream upstream;
    (void)state;
    upstream_init(&upstream);
    assert_int_equal(ready(&upstream, 1, 0), UPSTREAM_GIVEN_UP); /* it listens on nothing */
    assert_false(upstream.has_address);
    assert_int_equal(ready(&upstream, 2, 8080), UPSTREAM_OTHER);
    upstream_other_family(&upstream);
    at(&upstream, "[::1]:8080");
    assert_int_equal(ready(&upstream, 3, 8080), UPSTREAM_OTHER);
    at(&upstream, "[::1]:8080"); /* kept */
    upstream_other_family(&upstream);
    at(&upstream, "127.0.0.1:8080");
    /* The port used before comes second in the list now. */
    assert_int_equal(ready(&upstream, 4, 9), UPSTREAM_OTHER);
    assert_int_equal(ready(&upstream, 5, 7), UPSTREAM_OTHER);
    at(&upstream, "127.0.0.1:9");
    struct config_proxy named = {.app_socket = nothing, .service = nothing, .app_port = 4000};
    upstream_address(&upstream, &named);
    at(&upstream, "127.0.0.1:4000");
    char path[] = "/tmp/app.sock";
    named.app_socket = path;
    upstream_address(&upstream, &named);
    at(&upstream, "unix:/tmp/app.sock");
    upstream_other_family(&upstream);
    at(&upstream, "unix:/tmp/app.sock");
    upstream_address(&upstream, &ANY);
    at(&upstream, "127.0.0.1:7");
    upstream_fini(&upstream);
}

static enum upstream_news of(struct upstream *upstream, const struct config_proxy *config,
                             enum event_kind kind, const char *service, uint16_t port)
{
    struct listeners listeners = {.tcp_ports = {port}, .tcp_len = port != 0};
    struct event event = {.kind = kind, .service = service, .number = 1, .listeners = &listeners};
    return upstream_event(upstream, config, &event);
}

static void test_services(void **state)
{
    struct upstream upstream;
    (void)state;
    upstream_init(&upstream);
    assert_int_equal(of(&upstream, &ANY, EVENT_APP_READY, "worker", 0), UPSTREAM_SAME);
    assert_int_equal(of(&upstream, &ANY, EVENT_APP_READY, "web", 8080), UPSTREAM_OTHER);
    assert_int_equal(of(&upstream, &ANY, EVENT_APP_READY, "api", 8081), UPSTREAM_SAME);
    assert_int_equal(of(&upstream, &ANY, EVENT_APP_EXIT, "api", 0), UPSTREAM_SAME);
    at(&upstream, "127.0.0.1:8080");
    assert_int_equal(of(&upstream, &ANY, EVENT_APP_EXIT, "web", 0), UPSTREAM_GONE);
    upstream_fini(&upstream);

    char api[] = "api";
    struct config_proxy named = {.app_socket = nothing, .service = api};
    upstream_init(&upstream);
    assert_int_equal(of(&upstream, &named, EVENT_APP_READY, "web", 8080), UPSTREAM_SAME);
    assert_int_equal(of(&upstream, &named, EVENT_APP_READY, "api", 8081), UPSTREAM_OTHER);
    at(&upstream, "127.0.0.1:8081");
    upstream_fini(&upstream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_generations),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_services),
    };
    return cmocka_run_group_tests_name("browser/upstream", tests, NULL, NULL);
}
