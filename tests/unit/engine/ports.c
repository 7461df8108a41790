/* Whose words name a port, and who has it. */
#include "fixture.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

static int listener;
static unsigned port;

static int listen_somewhere(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001)};
    socklen_t len = sizeof address;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (void *)&address, len) != 0 || listen(listener, 1) != 0 ||
        getsockname(listener, (void *)&address, &len) != 0)
        return -1;
    port = ntohs(address.sin_port);
    return engine_make(state);
}

static int close_it(void **state)
{
    (void)close(listener);
    return engine_free(state);
}

static void say(const char *format)
{
    char text[4096];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    int len = snprintf(text, sizeof text, format, port);
#pragma GCC diagnostic pop
    said[0] = '\0';
    ports_forget(engine);
    ports_output(engine, text, (size_t)len);
    ports_explain(engine);
}

static void names_the_owner(void **state)
{
    char wanted[128];
    (void)state;
    (void)snprintf(wanted, sizeof wanted, "port %u is in use by the app's own process %d: ", port,
                   getpid());
    static const char *const words[] = {
        "mini: listen tcp 127.0.0.1:%u: bind: address already in use\n",
        "12:30:00 listening\nlisten tcp :%u: bind: address already in use\nexit\n",
        "Error: listen EADDRINUSE: address already in use :::%u\n    at Server.setup (net.js:1)\n",
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        say(words[i]);
        assert_memory_equal(said, wanted, strlen(wanted));
    }
}

static void says_nothing_without_a_port(void **state)
{
    (void)state;
    static const char *const words[] = {
        "OSError: [Errno 98] Address already in use\n",
        "served at 127.0.0.1:%u\n",
        "",
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        say(words[i]);
        assert_string_equal(said, "");
    }
}

static void keeps_the_last_words_only(void **state)
{
    char line[64];
    (void)state;
    for (int i = 0; i < 100; i++)
        ports_output(engine, "a line of a chatty app that says much\n", 38);
    int len = snprintf(line, sizeof line, "listen tcp :%u: bind: address already in use\n", port);
    for (int i = 0; i < len; i++) /* in pieces */
        ports_output(engine, line + i, 1);
    ports_explain(engine);
    assert_non_null(strstr(said, "is in use by the app's own process"));
    char *much = mem_new(10000, 1);
    memset(much, 'x', 10000);
    ports_output(engine, much, 10000);
    free(much);
    said[0] = '\0';
    ports_explain(engine);
    assert_string_equal(said, "");
}

static void is_free_again(void **state)
{
    (void)state;
    (void)shutdown(listener, SHUT_RDWR);
    say("listen tcp :%u: bind: address already in use\n");
    assert_non_null(strstr(said, "is free again"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, listen_somewhere, close_it)
    const struct CMUnitTest tests[] = {
        TEST(names_the_owner),
        TEST(says_nothing_without_a_port),
        TEST(keeps_the_last_words_only),
        TEST(is_free_again),
    };
    return cmocka_run_group_tests_name("engine/ports", tests, NULL, NULL);
}
