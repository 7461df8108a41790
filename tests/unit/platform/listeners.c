#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/await.h"
#include "platform/process.h"

static struct loop *loop;

struct app {
    struct process *process;
    bool gone;
    int fd;
    int ports[32];
};

static void ended(void *data, struct exit_status status)
{
    (void)data;
    (void)status;
}

static void gone(void *data)
{
    ((struct app *)data)->gone = true;
}

/* Runs a python program and reads the count ports it prints, then "up". */
static void start(struct app *app, const char *program, int count)
{
    const char *const argv[] = {"python3", "-c", program, NULL};
    const char *const env[] = {"PATH=/usr/local/bin:/usr/bin:/bin", NULL};
    struct spawn spawn = SPAWN_INIT;
    struct err err;
    int fds[2];
    *app = (struct app){0};
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    spawn.argv = argv;
    spawn.env = env;
    spawn.stdout_fd = fds[1];
    app->process = process_spawn(loop, &spawn, ended, app, &err);
    assert_non_null(app->process);
    process_when_gone(app->process, gone);
    (void)close(fds[1]);
    app->fd = fds[0];
    FILE *in = fdopen(app->fd, "r");
    assert_non_null(in);
    for (int i = 0; i < count; i++)
        assert_int_equal(fscanf(in, "%d", &app->ports[i]), 1);
    char up[8];
    assert_int_equal(fscanf(in, "%7s", up), 1);
    assert_string_equal(up, "up");
    (void)fclose(in);
}

static void finish(struct app *app)
{
    process_kill(app->process);
    assert_true(await(loop, await_true, &app->gone));
    struct listeners found;
    process_listeners(app->process, &found);
    assert_int_equal(found.tcp_len + found.unix_len, 0);
    process_free(app->process);
}

static bool has(const struct listeners *found, int port)
{
    for (size_t i = 0; i < found->tcp_len; i++)
        if (found->tcp_ports[i] == port)
            return true;
    return false;
}

#define PRELUDE                                                                                    \
    "import os, socket, sys, time\n"                                                               \
    "def tcp(family=socket.AF_INET, host='127.0.0.1', listen=True):\n"                             \
    "    s = socket.socket(family)\n"                                                              \
    "    s.bind((host, 0))\n"                                                                      \
    "    if listen: s.listen()\n"                                                                  \
    "    print(s.getsockname()[1], flush=True)\n"                                                  \
    "    return s\n"

#define END                                                                                        \
    "print('up', flush=True)\n"                                                                    \
    "time.sleep(1000)\n"

static void finds_what_listens(void **state)
{
    (void)state;
    struct app app;
    struct listeners found;
    start(&app,
          PRELUDE "a = tcp()\n"
                  "b = tcp(socket.AF_INET6, '::')\n"
                  "c = tcp(listen=False)\n"
                  "d = socket.create_connection(a.getsockname())\n"
                  "e = socket.socket(socket.AF_UNIX)\n"
                  "e.bind(b'\\0zonda-unit-%d' % os.getpid())\n"
                  "e.listen()\n"
                  "f = socket.socketpair()\n" END,
          3);
    process_listeners(app.process, &found);
    assert_int_equal(found.tcp_len, 2);
    assert_true(has(&found, app.ports[0]));
    assert_true(has(&found, app.ports[1]));
    assert_int_equal(found.unix_len, 1);
    finish(&app);
}

static void finds_descendants(void **state)
{
    (void)state;
    struct app app;
    struct listeners found;
    start(&app,
          PRELUDE "if os.fork() == 0:\n"
                  "    os.setsid()\n"
                  "    if os.fork() == 0:\n"
                  "        a = tcp()\n"
                  "        print('up', flush=True)\n"
                  "time.sleep(1000)\n",
          1);
    process_listeners(app.process, &found);
    assert_int_equal(found.tcp_len, 1);
    assert_true(has(&found, app.ports[0]));
    finish(&app);
}

static void finds_daemons(void **state)
{
    (void)state;
    struct app app;
    struct listeners found;
    start(&app,
          PRELUDE "r, w = os.pipe()\n"
                  "child = os.fork()\n"
                  "if child == 0:\n"
                  "    if os.fork() != 0: os._exit(0)\n"
                  "    os.setsid()\n"
                  "    os.close(w)\n"
                  "    os.read(r, 1)\n"
                  "    a = tcp()\n"
                  "    print('up', flush=True)\n"
                  "    time.sleep(1000)\n"
                  "os.waitpid(child, 0)\n"
                  "os.close(w)\n"
                  "time.sleep(1000)\n",
          1);
    process_listeners(app.process, &found);
    assert_int_equal(found.tcp_len, 1);
    assert_true(has(&found, app.ports[0]));
    finish(&app);
}

static void keeps_to_the_bound(void **state)
{
    (void)state;
    struct app app;
    struct listeners found;
    start(&app, PRELUDE "all = [tcp() for i in range(20)]\n" END, 20);
    process_listeners(app.process, &found);
    assert_int_equal(found.tcp_len, 16);
    finish(&app);
}

/* A client that the app has accepted, and greeted. */
static int accepted(int port)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char byte;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(recv(fd, &byte, 1, 0), 1);
    return fd;
}

static void is_open(int fd)
{
    char byte;
    assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
    assert_int_equal(errno, EAGAIN);
}

/* The app below the process that is named; another port's clients stay. */
static void hangs_up(void **state)
{
    (void)state;
    struct app app;
    char byte;
    start(&app,
          PRELUDE "import threading\n"
                  "def greet(s):\n"
                  "    all = []\n"
                  "    while True:\n"
                  "        all.append(s.accept()[0])\n"
                  "        all[-1].send(b'x')\n"
                  "if os.fork() == 0:\n"
                  "    [threading.Thread(target=greet, args=(tcp(),)).start() for i in range(2)]\n"
                  "    print('up', flush=True)\n"
                  "time.sleep(1000)\n",
          2);
    int one = accepted(app.ports[0]), two = accepted(app.ports[0]), other = accepted(app.ports[1]);
    process_hang_up(process_pid(app.process), (uint16_t)app.ports[0]);
    assert_int_equal(recv(one, &byte, 1, 0), 0);
    assert_int_equal(recv(two, &byte, 1, 0), 0);
    is_open(other);
    (void)close(accepted(app.ports[0])); /* it still listens */
    for (size_t i = 0; i < 3; i++)
        (void)close((const int[]){one, two, other}[i]);
    finish(&app);
}

static int open_all(void **state)
{
    (void)state;
    struct err err;
    loop = loop_new(&err);
    return !loop || process_init(loop, &err) != 0;
}

static int close_all(void **state)
{
    (void)state;
    process_fini();
    loop_free(loop);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_listens), cmocka_unit_test(finds_descendants),
        cmocka_unit_test(finds_daemons),      cmocka_unit_test(keeps_to_the_bound),
        cmocka_unit_test(hangs_up),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
