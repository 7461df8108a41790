/* A health path that is asked, of a real server in Python. */
#include "check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/await.h"
#include "run/health.h"

static void reads_the_status_line(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        int status;
    } ANSWERS[] = {
        {"HTTP/1.1 200 OK\r\n", 200},
        {"HTTP/1.0 302 Found\r\n", 302},
        {"HTTP/1.1 503 \r\n", 503},
        {"HTTP/1.1 204\r\n", 204}, /* without the blank, as some write it */
        {"", 0},
        {"H", 0},
        {"HTTP/1.1 20", 0},
        {"HTTP/1.1 200", 0},
        {"HTTP/1.1 20\n", -1},
        {"HTTP/2.0 200 OK", -1},
        {"SSH-2.0-OpenSSH", -1},
        {"\x15\x03\x01\x00\x02\x02\x16", -1}, /* TLS: an alert */
        {"HTTP/1.1 2000 OK", -1},
        {"HTTP/1.1 0ff OK", -1},
        {"HTTP/1.1  200 OK", -1},
    };
    for (size_t i = 0; i < sizeof ANSWERS / sizeof *ANSWERS; i++)
        assert_int_equal(health_status(ANSWERS[i].bytes, strlen(ANSWERS[i].bytes)),
                         ANSWERS[i].status);
}

static struct loop *loop;
static struct health *health;
static int server, good, said;
static uint16_t port;

static int begin(void **state)
{
    (void)state;
    struct err err;
    loop = loop_new(&err);
    good = 0;
    return loop ? 0 : -1;
}

/* A server that does body with each connection c and prints lines; its first is its port. */
static void serve(const char *family, const char *body)
{
    char script[1024], text[64] = "";
    int out[2];
    (void)snprintf(script, sizeof script,
                   "import os, socket, sys, time\ns = socket.socket(socket.%s)\n"
                   "s.bind((%s, 0)); s.listen()\nprint(s.getsockname()[1], flush=True)\n"
                   "n = 0\nwhile True:\n  c = s.accept()[0]; n += 1\n  %s\n  c.close()\n",
                   family, strcmp(family, "AF_INET6") == 0 ? "'::1'" : "'127.0.0.1'", body);
    assert_int_equal(pipe(out), 0);
    server = fork();
    if (server == 0) {
        (void)dup2(out[1], 1);
        (void)execlp("python3", "python3", "-c", script, (char *)NULL);
        _exit(127);
    }
    (void)close(out[1]);
    said = out[0];
    assert_true(read(said, text, sizeof text - 1) > 0);
    port = (uint16_t)strtol(text, NULL, 10);
}

static void on_good(void *data)
{
    (void)data;
    good++;
    health_free(health); /* as it is allowed to */
    health = NULL;
}

static void ask(bool shared, int pid)
{
    const struct health_target target = {
        .port = port, .path = "/healthz", .pid = pid, .shared = shared};
    health = health_new(loop, &target, on_good, NULL);
}

static bool is_good(void *data)
{
    (void)data;
    return good > 0;
}

static bool has_words(void *data)
{
    return strcmp(health_words(health), data) == 0;
}

static void comes_to(const char *words)
{
    char copy[64];
    (void)snprintf(copy, sizeof copy, "%s", words);
    if (!await(loop, has_words, copy))
        fail_msg("\"%s\" did not come, but \"%s\"", words, health_words(health));
    assert_int_equal(good, 0);
}

static int end(void **state)
{
    (void)state;
    health_free(health);
    health = NULL;
    if (server) {
        (void)kill(server, SIGKILL);
        (void)waitpid(server, NULL, 0);
        (void)close(said);
    }
    server = 0;
    loop_free(loop);
    return 0;
}

static void asks_until_the_answer_is_good(void **state)
{
    (void)state;
    serve("AF_INET", "print(c.recv(1000), flush=True); "
                     "c.sendall(b'HTTP/1.1 %d X\\r\\n\\r\\n' % (200 if n > 3 else 500))");
    ask(false, server);
    assert_true(await(loop, is_good, NULL));
    char text[2048] = "";
    assert_true(read(said, text, sizeof text - 1) > 0);
    assert_non_null(strstr(text, "b'GET /healthz HTTP/1.1\\r\\nHost: localhost:"));
    assert_non_null(strstr(text, "\\r\\nConnection: close\\r\\n\\r\\n'"));
}

static void the_answer_may_come_in_pieces(void **state)
{
    (void)state;
    serve("AF_INET", "[(c.sendall(b), time.sleep(0.01)) for b in (b'HT', b'TP/1.1 2', b'00 OK')]");
    ask(false, server);
    assert_true(await(loop, is_good, NULL));
}

static void finds_ipv6(void **state)
{
    (void)state;
    serve("AF_INET6", "c.recv(1000); c.sendall(b'HTTP/1.1 200 OK\\r\\n')");
    ask(true, server);
    assert_true(await(loop, is_good, NULL));
}

static void says(const char *body, const char *words)
{
    serve("AF_INET", body);
    ask(false, server);
    comes_to(words);
}

static void says_the_status(void **state)
{
    (void)state;
    says("c.sendall(b'HTTP/1.1 404 X\\r\\n')", "answers 404");
}

static void says_that_it_is_no_http(void **state)
{
    (void)state;
    says("c.sendall(b'SSH-2.0\\n')", "does not answer in HTTP/1.1");
}

static void says_that_there_is_no_answer(void **state)
{
    (void)state;
    says("c.recv(1000)", "is not answered");
}

static void says_that_nobody_listens(void **state)
{
    (void)state;
    port = 1;
    ask(false, getpid());
    comes_to("Connection refused");
}

/* Somebody else has the connection: nothing is ever sent to him. */
static void sends_nothing_to_another(void **state)
{
    (void)state;
    serve("AF_INET",
          "assert c.recv(1000) == b''; c.sendall(b'HTTP/1.1 200 OK\\r\\n') if n > 99 else 0");
    int other = fork();
    if (other == 0) {
        (void)pause();
        _exit(0);
    }
    ask(true, other);
    comes_to("is taken by the old version");
    (void)kill(other, SIGKILL);
    (void)waitpid(other, NULL, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_status_line),
        TEST(asks_until_the_answer_is_good),
        TEST(the_answer_may_come_in_pieces),
        TEST(finds_ipv6),
        TEST(says_the_status),
        TEST(says_that_it_is_no_http),
        TEST(says_that_there_is_no_answer),
        TEST(says_that_nobody_listens),
        TEST(sends_nothing_to_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
