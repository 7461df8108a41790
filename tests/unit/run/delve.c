/* The connection to Delve where something is wrong with it. A real Delve answers as it should,
   which tests/e2e/test_debug.py is about; here a server of a few lines says what a real one never
   does. */
#include "check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/await.h"
#include "run/delve.h"

static struct loop *loop;
static struct delve *delve;
static int listener, port, opened, answers;
static bool over;
static char why[128], error_text[128];
static int64_t value;

static void bind_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &len), 0);
    port = ntohs(at.sin_port);
}

static int begin(void **state)
{
    struct err err;
    (void)state;
    opened = answers = 0;
    over = false;
    value = -1;
    *why = *error_text = '\0';
    loop = loop_new(&err);
    bind_port();
    return loop ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    delve_close(delve);
    (void)close(listener);
    loop_free(loop);
    return 0;
}

static void failed(void *data, const char *text)
{
    (void)data;
    (void)snprintf(why, sizeof why, "%s", text);
    over = true;
}

static void answered(void *data, const struct json *result, const char *error)
{
    (void)data;
    answers++;
    value = json_number(json_get(result, "Value"), -1);
    (void)snprintf(error_text, sizeof error_text, "%s", error ? error : "");
    if (answers == 1)
        delve_call(delve, "Second", "{}", answered);
    else
        over = true;
}

static void is_open(void *data)
{
    (void)data;
    opened++;
    delve_call(delve, "First", "{\"Id\":3}", answered);
}

static void open_delve(uint32_t patience_ms)
{
    const struct delve_events events = {.on_open = is_open, .on_failed = failed};
    delve = delve_open(loop, (uint16_t)port, patience_ms, &events);
}

static bool was_opened(void *data)
{
    (void)data;
    return opened > 0;
}

static bool has_bytes(void *data)
{
    char byte;
    return recv(*(const int *)data, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

static void call_is(int fd, const char *wanted)
{
    char call[256];
    assert_true(await(loop, has_bytes, &fd));
    ssize_t len = recv(fd, call, sizeof call - 1, 0);
    assert_true(len > 0);
    call[len] = '\0';
    assert_string_equal(call, wanted);
}

/* Accepts, and reads the first call. */
static int accept_call(void)
{
    assert_int_equal(listen(listener, 1), 0);
    assert_true(await(loop, was_opened, NULL));
    int fd = accept(listener, NULL, NULL);
    assert_true(fd >= 0);
    call_is(fd, "{\"method\":\"RPCServer.First\",\"params\":[{\"Id\":3}],\"id\":1}\n");
    return fd;
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void is_over(const char *wanted)
{
    assert_true(await(loop, await_true, &over));
    assert_string_equal(why, wanted);
}

static void calls_and_answers(void **state)
{
    (void)state;
    open_delve(20000); /* nobody listens yet: it tries again */
    int fd = accept_call();
    say(fd, "{\"id\":1,\"result\":{\"Va");
    say(fd, "lue\":4},\"error\":null}\n");
    call_is(fd, "{\"method\":\"RPCServer.Second\",\"params\":[{}],\"id\":2}\n");
    assert_int_equal(value, 4);
    assert_string_equal(error_text, "");
    say(fd, "{\"id\":2,\"result\":null,\"error\":\"no such thing\"}\n");
    is_over("");
    assert_string_equal(error_text, "no such thing");
    assert_int_equal(value, -1);
    (void)close(fd);
}

static void what_is_no_answer(void **state)
{
    static const char *const LINES[] = {"SSH-2.0-OpenSSH\r\n", "{\"id\":7,\"result\":1}\n", "\n",
                                        "[]\n"};
    (void)state;
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        opened = 0;
        over = false;
        open_delve(20000);
        int fd = accept_call();
        say(fd, LINES[i]);
        is_over("its answer is not understood");
        assert_int_equal(answers, 0);
        (void)close(fd);
        delve_close(delve);
    }
    delve = NULL;
}

static void one_that_closes(void **state)
{
    (void)state;
    open_delve(20000);
    (void)close(accept_call());
    is_over("it has closed the connection");
}

static void one_that_says_nothing(void **state)
{
    (void)state;
    open_delve(50);
    assert_int_equal(listen(listener, 1), 0); /* the kernel accepts, and nobody else */
    is_over("it does not answer");
}

static void nobody_listens(void **state)
{
    (void)state;
    open_delve(50);
    is_over("it does not answer");
    assert_int_equal(opened, 0);
}

static bool talk_without_end(void *data)
{
    static const char PIECE[65536] = "\"";
    (void)send(*(const int *)data, PIECE, sizeof PIECE, MSG_NOSIGNAL | MSG_DONTWAIT);
    return over;
}

static void one_that_does_not_end(void **state)
{
    (void)state;
    open_delve(20000);
    int fd = accept_call();
    assert_true(await(loop, talk_without_end, &fd));
    is_over("its answer is too long");
    (void)close(fd);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(calls_and_answers, begin, end),
        cmocka_unit_test_setup_teardown(what_is_no_answer, begin, end),
        cmocka_unit_test_setup_teardown(one_that_closes, begin, end),
        cmocka_unit_test_setup_teardown(one_that_says_nothing, begin, end),
        cmocka_unit_test_setup_teardown(nobody_listens, begin, end),
        cmocka_unit_test_setup_teardown(one_that_does_not_end, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
