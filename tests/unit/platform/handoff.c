/* Sockets handed from one process to the next, with real processes. With BLIND (handoff_blind.c)
   this process may not take the sockets of others, as in some containers. */
#include "check.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/await.h"
#include "platform/handoff.h"
#include "platform/loopback.h"
#include "platform/process.h"

/* A child that does what its script says, and what was heard of it. */
struct child {
    struct handoff_child *handoff;
    struct process *process;
    int out; /* of the script */
    int listens, conflicts, exited;
    char what[64];
    struct exit_status status;
};

/* Old and new have a socket each; blind, they share one. */
#ifdef BLIND
static const bool steers = false;
#else
static const bool steers = true;
#endif

static struct loop *loop;
static struct handoff *handoff;
static char dir[32];
static int port;

static void on_listen(void *data)
{
    ((struct child *)data)->listens++;
}

static void on_conflict(void *data, const char *what)
{
    struct child *child = data;
    child->conflicts++;
    (void)snprintf(child->what, sizeof child->what, "%s", what);
}

static void on_exit_(void *data, struct exit_status status)
{
    struct child *child = data;
    child->exited++;
    child->status = status;
}

/* A port nobody has now. */
static int free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    (void)close(fd);
    return ntohs(at.sin_port);
}

static int begin(void **state)
{
    (void)state;
    struct err err;
    (void)snprintf(dir, sizeof dir, "/tmp/zonda-handoff-XXXXXX");
    loop = loop_new(&err);
    if (!loop || process_init(loop, &err) != 0 || !mkdtemp(dir))
        return -1;
    handoff = handoff_new(loop);
    port = free_port();
    return 0;
}

static int end(void **state)
{
    (void)state;
    handoff_drop_unused(handoff);
    bool left = handoff_count(handoff) > 0;
    handoff_free(handoff);
    process_fini();
    loop_free(loop);
    return left || rmdir(dir) != 0 ? -1 : 0;
}

static void start(struct child *child, const char *body)
{
    char script[2048], path[64];
    struct err err;
    int fds[2];
    *child = (struct child){0};
    (void)snprintf(script, sizeof script,
                   "import os, socket, sys, time\nport = %d\nos.chdir('%s')\n"
                   "def tcp(at='127.0.0.1', family=socket.AF_INET):\n"
                   "  s = socket.socket(family)\n"
                   "  s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
                   "  s.bind((at, port)); s.listen(); return s\n"
                   "def serve(s, word):\n"
                   "  while True:\n"
                   "    c = s.accept()[0]; c.sendall(word); c.close()\n%s",
                   port, dir, body);
    (void)snprintf(path, sizeof path, "PATH=%s", "/usr/local/bin:/usr/bin:/bin");
    assert_int_equal(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
    const char *argv[] = {"python3", "-c", script, NULL}, *env[] = {path, NULL};
    struct handoff_events events = {
        .on_listen = on_listen, .on_conflict = on_conflict, .data = child};
    child->handoff = handoff_child_new(handoff, &events);
    struct spawn spawn = SPAWN_INIT;
    spawn.argv = argv;
    spawn.env = env;
    spawn.stdout_fd = fds[1];
    spawn.stderr_fd = 2;
    spawn.handoff = child->handoff;
    child->process = process_spawn(loop, &spawn, on_exit_, child, &err);
    assert_non_null(child->process);
    (void)close(fds[1]);
    child->out = fds[0];
    assert_true(handoff_child_works(child->handoff));
}

static bool more_than_zero(void *data)
{
    return *(const int *)data > 0;
}

#define AWAIT(count) assert_true(await(loop, more_than_zero, &(count)))

struct output {
    int fd;
    char text[256];
    size_t len;
};

static bool has_line(void *data)
{
    struct output *output = data;
    ssize_t len =
        read(output->fd, output->text + output->len, sizeof output->text - 1 - output->len);
    output->len += len > 0 ? (size_t)len : 0;
    output->text[output->len] = '\0';
    return strchr(output->text, '\n') != NULL;
}

static void assert_prints(const struct child *child, const char *line)
{
    struct output output = {.fd = child->out};
    assert_true(await(loop, has_line, &output));
    assert_string_equal(output.text, line);
}

static void gone(struct child *child, int signal)
{
    process_signal(child->process, signal);
    AWAIT(child->exited);
    process_free(child->process);
    (void)close(child->out);
    handoff_child_free(child->handoff);
}

static int connect_to(int family)
{
    struct sockaddr_in in = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    in6.sin6_addr = in6addr_loopback;
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    (void)snprintf(un.sun_path, sizeof un.sun_path, "%s/s", dir);
    const struct sockaddr *at = family == AF_INET    ? (const struct sockaddr *)&in
                                : family == AF_INET6 ? (const struct sockaddr *)&in6
                                                     : (const struct sockaddr *)&un;
    socklen_t len = family == AF_INET    ? (socklen_t)sizeof in
                    : family == AF_INET6 ? (socklen_t)sizeof in6
                                         : (socklen_t)sizeof un;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, at, len) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

/* What the server says to a connection that was made already. */
static void assert_says(int fd, const char *word)
{
    char said[32] = {0};
    assert_true(fd >= 0);
    assert_int_equal(read(fd, said, sizeof said - 1), (ssize_t)strlen(word));
    assert_string_equal(said, word);
    (void)close(fd);
}

/* --- TCP --- */

static void hands_over(const char *listen, int family)
{
    struct child one, two;
    char body[256];
    (void)snprintf(body, sizeof body, "serve(%s, b'one')", listen);
    start(&one, body);
    AWAIT(one.listens);
    assert_says(connect_to(family), "one");
    assert_int_equal(handoff_child_count(one.handoff), 1);

    (void)snprintf(body, sizeof body,
                   "s = %s\nprint('up', flush=True)\ninput_ = os.read(0, 1)\n"
                   "serve(s, b'two')",
                   listen);
    start(&two, body);
    AWAIT(two.listens);
    assert_int_equal(handoff_count(handoff), steers ? 2 : 1);
    assert_true(handoff_child_replaces(two.handoff, one.handoff));
    for (int i = 0; steers && i < 20; i++) /* the new one listens, and gets nothing yet */
        assert_says(connect_to(family), "one");
    gone(&one, SIGKILL);
    assert_says(connect_to(family), "two");
    gone(&two, SIGKILL);

    /* Nobody is left, and a connection waits all the same. */
    int waiting = connect_to(family);
    (void)snprintf(body, sizeof body, "serve(%s, b'three')", listen);
    start(&one, body);
    AWAIT(one.listens);
    assert_says(waiting, "three");
    gone(&one, SIGKILL);
    handoff_drop_unused(handoff);
    assert_int_equal(connect_to(family), -1);
}

static void hands_over_ipv4(void **state)
{
    (void)state;
    hands_over("tcp()", AF_INET);
}

static void hands_over_ipv6(void **state)
{
    (void)state;
    hands_over("tcp('::1', socket.AF_INET6)", AF_INET6);
}

static void hands_over_dual_stack(void **state)
{
    (void)state;
    const char *listen = "tcp('::', socket.AF_INET6)";
    hands_over(listen, AF_INET);
    port = free_port();
    hands_over(listen, AF_INET6);
}

static bool is_stopped(void *data)
{
    char path[64], text[256] = {0};
    (void)snprintf(path, sizeof path, "/proc/%d/stat",
                   process_pid(((struct child *)data)->process));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0 && read(fd, text, sizeof text - 1) > 0);
    (void)close(fd);
    return strstr(text, ") T ") != NULL;
}

/* It accepts nothing from now on. */
static void pause_child(struct child *child)
{
    process_signal(child->process, SIGSTOP);
    while (!is_stopped(child))
        assert_true(await(loop, await_true, &(bool){true}));
}

/* Where one generation is being stopped already, the next one shares its queue. */
static void shares_with_one_that_leaves(void **state)
{
    (void)state;
    struct child one, two;
    start(&one, "serve(tcp(), b'one')");
    AWAIT(one.listens);
    handoff_child_leave(one.handoff);
    pause_child(&one);
    int waiting = connect_to(AF_INET);
    start(&two, "serve(tcp(), b'two')");
    AWAIT(two.listens);
    assert_int_equal(handoff_count(handoff), 1);
    assert_says(waiting, "two");
    gone(&one, SIGKILL);
    gone(&two, SIGKILL);
}

#ifndef BLIND
static bool is_drained(void *data)
{
    return handoff_child_drained(((struct child *)data)->handoff);
}

/* From one instant on the older one gets nothing any more, and what waits in its queue is still its
   own; with a third one it is the same again. */
static void takes_the_connections(const char *listen, int family)
{
    static const char *const words[] = {"one", "two", "three"};
    struct child children[3];
    char body[256];
    int early[20];
    (void)snprintf(body, sizeof body, "serve(%s, b'one')", listen);
    start(&children[0], body);
    AWAIT(children[0].listens);
    for (int i = 1; i < 3; i++) {
        (void)snprintf(body, sizeof body, "serve(%s, b'%s')", listen, words[i]);
        start(&children[i], body);
        AWAIT(children[i].listens);
        pause_child(&children[i - 1]);
        for (int k = 0; k < 20; k++)
            early[k] = connect_to(family);
        handoff_child_take(children[i].handoff);
        for (int k = 0; k < 20; k++)
            assert_says(connect_to(family), words[i]);
        assert_false(is_drained(&children[i - 1]));
        process_signal(children[i - 1].process, SIGCONT);
        for (int k = 0; k < 20; k++)
            assert_says(early[k], words[i - 1]);
        while (!is_drained(&children[i - 1]))
            assert_true(await(loop, await_true, &(bool){true}));
    }
    gone(&children[1], SIGKILL);
    gone(&children[0], SIGKILL);
    handoff_drop_unused(handoff);
    assert_int_equal(handoff_count(handoff), 1);
    assert_says(connect_to(family), "three");
    gone(&children[2], SIGKILL);
}

static void takes_the_connections_of_ipv4(void **state)
{
    (void)state;
    takes_the_connections("tcp()", AF_INET);
}

static void takes_the_connections_of_ipv6(void **state)
{
    (void)state;
    takes_the_connections("tcp('::1', socket.AF_INET6)", AF_INET6);
}

static void takes_the_connections_of_both(void **state)
{
    (void)state;
    takes_the_connections("tcp('::', socket.AF_INET6)", AF_INET);
}

/* One connection reaches the newer one, and all others the older one. */
static void probes(const char *listen, int family)
{
    struct child one, two;
    char body[256];
    (void)snprintf(body, sizeof body, "serve(%s, b'one')", listen);
    start(&one, body);
    AWAIT(one.listens);
    (void)snprintf(body, sizeof body, "serve(%s, b'two')", listen);
    start(&two, body);
    AWAIT(two.listens);
    for (int i = 0; i < 5; i++) {
        uint16_t source = 0;
        int fd = loopback_open(family == AF_INET6, &source);
        assert_true(fd >= 0);
        assert_int_equal(fcntl(fd, F_SETFL, 0), 0);
        handoff_child_probe(two.handoff, source);
        assert_int_equal(loopback_connect(fd, (uint16_t)port, family == AF_INET6), 0);
        assert_says(connect_to(family), "one");
        assert_says(fd, "two");
    }
    handoff_child_take(two.handoff);
    assert_says(connect_to(family), "two");
    gone(&one, SIGKILL);
    gone(&two, SIGKILL);
}

static void probes_by_ipv4(void **state)
{
    (void)state;
    probes("tcp('::', socket.AF_INET6)", AF_INET);
}

static void probes_by_ipv6(void **state)
{
    (void)state;
    probes("tcp('::', socket.AF_INET6)", AF_INET6);
}

/* Connections that came after the older one had gone are in its queue: who listens then gets that
   queue, although it has bound a socket of its own. */
static void takes_the_queue_of_one_that_has_gone(void **state)
{
    (void)state;
    struct child one, two;
    char path[64];
    (void)snprintf(path, sizeof path, "%s/wait", dir);
    (void)close(open(path, O_CREAT | O_CLOEXEC, 0600));
    start(&one, "serve(tcp(), b'one')");
    AWAIT(one.listens);
    start(&two, "s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
                "s.bind(('127.0.0.1', port)); print('bound', flush=True)\n"
                "while os.path.exists('wait'): time.sleep(0.01)\n"
                "s.listen(); serve(s, b'two')");
    assert_prints(&two, "bound\n");
    gone(&one, SIGKILL);
    int waiting = connect_to(AF_INET);
    (void)unlink(path);
    AWAIT(two.listens);
    assert_says(waiting, "two");
    assert_says(connect_to(AF_INET), "two");
    gone(&two, SIGKILL);
}

/* An app whose workers share a port by themselves is left as it is. */
static void leaves_the_groups_of_the_app_alone(void **state)
{
    (void)state;
    static const char BODY[] =
        "def one():\n  s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, "
        "1)\n"
        "  s.bind(('127.0.0.1', port)); s.listen(); return s\n"
        "a, b = one(), one(); print('both', flush=True)\n"
        "import threading; threading.Thread(target=serve, args=(a, b'up')).start()\n"
        "serve(b, b'up')";
    struct child one, two;
    start(&one, BODY);
    assert_prints(&one, "both\n");
    for (int i = 0; i < 20; i++)
        assert_says(connect_to(AF_INET), "up");
    start(&two, BODY);
    assert_prints(&two, "both\n");
    gone(&one, SIGKILL);
    for (int i = 0; i < 20; i++)
        assert_says(connect_to(AF_INET), "up");
    gone(&two, SIGKILL);
}

static int bind_as_well(int fd)
{
    int on = 1;
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on), 0);
    return bind(fd, (struct sockaddr *)&at, sizeof at);
}

/* A stranger cannot bind the port, or at least gets none of its connections. */
static void keeps_others_out(void **state)
{
    (void)state;
    struct child one, two;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    start(&one, "serve(tcp(), b'one')");
    AWAIT(one.listens);
    int bound = bind_as_well(fd);
    start(&two, "serve(tcp(), b'two')");
    AWAIT(two.listens);
    handoff_child_take(two.handoff);
    gone(&one, SIGKILL);
    handoff_drop_unused(handoff);
    assert_int_equal(bound, -1);
    if (bind_as_well(fd) == 0)
        assert_int_equal(listen(fd, 10), 0);
    for (int i = 0; i < 20; i++)
        assert_says(connect_to(AF_INET), "two");
    (void)close(fd);
    gone(&two, SIGKILL);
}

/* IPv6 alone and IPv4 beside it are two sockets, and stay the two that they are. */
static void tells_two_stacks_apart(void **state)
{
    (void)state;
    static const char BODY[] = "a = socket.socket(socket.AF_INET6)\n"
                               "a.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)\n"
                               "a.bind(('::', port)); a.listen()\nb = tcp('0.0.0.0')\n"
                               "print(a.getsockname()[0], b.getsockname()[0], flush=True)\n"
                               "time.sleep(1000)";
    struct child one, two;
    start(&one, BODY);
    assert_prints(&one, ":: 0.0.0.0\n");
    start(&two, BODY);
    assert_prints(&two, ":: 0.0.0.0\n");
    assert_int_equal(handoff_count(handoff), 4); /* each has a second one for the newer child */
    assert_int_equal(two.conflicts, 0);
    gone(&one, SIGKILL);
    gone(&two, SIGKILL);
}

#endif

static void reaches_through_a_shell(void **state)
{
    (void)state;
    struct child one, two;
    start(&one, "os.system('python3 -c \"import socket, time; s = socket.socket(); '"
                "'s.bind((\\'127.0.0.1\\', %d)); s.listen(); time.sleep(1000)\"' % port)");
    AWAIT(one.listens);
    start(&two, "serve(tcp(), b'two')");
    AWAIT(two.listens);
    gone(&one, SIGKILL);
    assert_says(connect_to(AF_INET), "two");
    gone(&two, SIGKILL);
}

/* The kernel's choice, and what is not a stream, is nobody's business. */
static void leaves_the_rest_alone(void **state)
{
    (void)state;
    struct child one;
    start(&one,
          "a = socket.socket(); a.bind(('127.0.0.1', 0)); a.listen()\n"
          "b = socket.socket(); b.listen()\n"
          "c = socket.socket(type=socket.SOCK_DGRAM); c.bind(('127.0.0.1', port))\n"
          "d = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); d.bind(b'\\0zz%d' % port)\n"
          "d.listen()\n"
          "try: socket.socket().bind(('192.0.2.1', port))\n"
          "except OSError as error: print(error.errno == __import__('errno').EADDRNOTAVAIL, "
          "flush=True)\ntime.sleep(1000)");
    assert_prints(&one, "True\n");
    assert_int_equal(handoff_count(handoff), 0);
    assert_null(handoff_refused(handoff));
    gone(&one, SIGKILL);
}

/* In one process the second bind of an address fails as ever, and after a close it works. */
static void is_no_licence_to_bind_twice(void **state)
{
    (void)state;
    struct child one;
    start(&one, "s = tcp()\ntry: tcp()\nexcept OSError as error: print(error.errno, end=' ')\n"
                "s.close(); s = tcp(); print('again', flush=True)\nserve(s, b'again')");
    assert_prints(&one, "98 again\n");
    assert_says(connect_to(AF_INET), "again");
    gone(&one, SIGKILL);
}

static void survives_a_shutdown(void **state)
{
    (void)state;
    struct child one, two;
    start(&one, "s = tcp(); os.read(0, 1)\ns.shutdown(socket.SHUT_RDWR)\n"
                "print('shut', flush=True)\ntime.sleep(1000)");
    assert_prints(&one, "shut\n");
    gone(&one, SIGKILL);
    int waiting = connect_to(AF_INET);
    start(&two, "serve(tcp(), b'two')");
    AWAIT(two.listens);
    assert_says(waiting, "two");
    gone(&two, SIGKILL);
}

/* Go preempts its threads with signals that have SA_RESTART; here they come every millisecond. */
static void is_not_disturbed_by_signals(void **state)
{
    (void)state;
    static const char BODY[] = "import signal\nsignal.signal(signal.SIGALRM, lambda *_: None)\n"
                               "signal.siginterrupt(signal.SIGALRM, False)\n"
                               "signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)\n"
                               "for i in range(200):\n  s = tcp(); s.close()\n"
                               "signal.setitimer(signal.ITIMER_REAL, 0)\nserve(tcp(), b'up')";
    struct child one, two;
    start(&one, BODY);
    while (one.listens < 201)
        assert_true(await(loop, await_true, &(bool){true}));
    assert_says(connect_to(AF_INET), "up");
    start(&two, BODY);
    while (two.listens < 201)
        assert_true(await(loop, await_true, &(bool){true}));
    gone(&one, SIGKILL);
    assert_says(connect_to(AF_INET), "up");
    gone(&two, SIGKILL);
}

/* --- conflicts --- */

static void waits_for_a_port_of_the_older(void **state)
{
    (void)state;
    static const char BODY[] = "u = socket.socket(type=socket.SOCK_DGRAM)\n"
                               "u.bind(('127.0.0.1', port)); print('bound', flush=True)\n"
                               "time.sleep(1000)";
    struct child one, two;
    char expected[64];
    start(&one, BODY);
    assert_prints(&one, "bound\n");
    start(&two, BODY);
    AWAIT(two.conflicts);
    (void)snprintf(expected, sizeof expected, "UDP port %d", port);
    assert_string_equal(two.what, expected);
    gone(&one, SIGKILL);
    handoff_child_let(two.handoff);
    assert_prints(&two, "bound\n");
    gone(&two, SIGKILL);
}

static void a_stranger_is_no_conflict(void **state)
{
    (void)state;
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct child one, two;
    start(&one, "print('up', flush=True)\ntime.sleep(1000)");
    assert_prints(&one, "up\n");
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 1), 0);
    start(&two, "try: tcp()\nexcept OSError as error: print(error.errno, flush=True)");
    assert_prints(&two, "98\n");
    assert_int_equal(two.conflicts, 0);
    (void)close(fd);
    gone(&one, SIGKILL);
    gone(&two, SIGKILL);
}

/* The sockets that are kept of a port are not in the way of another address of it. */
static void another_address_may_follow(void **state)
{
    (void)state;
    struct child one, two;
    start(&one, "serve(tcp(), b'one')");
    AWAIT(one.listens);
    gone(&one, SIGKILL);
    assert_int_equal(handoff_count(handoff), 1);
    start(&two, "serve(tcp('0.0.0.0'), b'two')");
    AWAIT(two.listens);
    assert_says(connect_to(AF_INET), "two");
    assert_int_equal(handoff_count(handoff), 1);
    gone(&two, SIGKILL);
}

/* Both live: the new one waits until the older one has gone, and is handed on from then on. */
static void waits_for_another_address_of_the_older(void **state)
{
    (void)state;
    struct child one, two, three;
    start(&one, "serve(tcp(), b'one')");
    AWAIT(one.listens);
    start(&two, "serve(tcp('0.0.0.0'), b'two')");
    AWAIT(two.conflicts);
    gone(&one, SIGKILL);
    handoff_drop_unused(handoff);
    handoff_child_let(two.handoff);
    AWAIT(two.listens);
    start(&three, "serve(tcp('0.0.0.0'), b'three')");
    AWAIT(three.listens);
    gone(&two, SIGKILL);
    assert_says(connect_to(AF_INET), "three");
    gone(&three, SIGKILL);
}

/* What is bound and does not listen yet is not given up with the rest. */
static void may_take_its_time_to_listen(void **state)
{
    (void)state;
    struct child one, two;
    start(&one, "a = socket.socket(); a.bind(('127.0.0.1', port)); print('bound', flush=True)\n"
                "os.read(0, 1); time.sleep(0.1); a.listen(); serve(a, b'one')");
    assert_prints(&one, "bound\n");
    handoff_drop_unused(handoff);
    AWAIT(one.listens);
    start(&two, "serve(tcp(), b'two')");
    AWAIT(two.listens);
    gone(&one, SIGKILL);
    assert_says(connect_to(AF_INET), "two");
    gone(&two, SIGKILL);
}

/* --- Unix sockets --- */

static bool path_is_there(void *data)
{
    (void)data;
    char path[64];
    (void)snprintf(path, sizeof path, "%s/s", dir);
    return access(path, F_OK) == 0;
}

static void keeps_the_path_of_a_unix_socket(void **state)
{
    (void)state;
    static const char ONE[] = "s = socket.socket(socket.AF_UNIX); s.bind('s'); s.listen()\n"
                              "os.read(0, 1); os.unlink('s'); s.close()\n"
                              "print('unlinked', flush=True)\ntime.sleep(1000)";
    static const char TWO[] = "s = socket.socket(socket.AF_UNIX)\n"
                              "if os.path.exists('s'): os.unlink('s')\n"
                              "s.bind('./s'[2:]); s.listen(); print('up', flush=True)\n"
                              "serve(s, b'two')";
    struct child one, two;
    start(&one, ONE);
    assert_prints(&one, "unlinked\n");
    start(&two, TWO);
    assert_prints(&two, "up\n");
    gone(&one, SIGKILL);
    assert_true(await(loop, path_is_there, NULL));
    assert_says(connect_to(AF_UNIX), "two");
    gone(&two, SIGKILL);
    handoff_drop_unused(handoff);
    assert_int_equal(connect_to(AF_UNIX), -1); /* and the directory is empty: see end */
}

static void hands_over_an_abstract_socket(void **state)
{
    (void)state;
    static const char BODY[] = "s = socket.socket(socket.AF_UNIX); s.bind(b'\\0zonda-%d' % port)\n"
                               "s.listen(); print('up', flush=True)\ntime.sleep(1000)";
    struct child one, two;
    start(&one, BODY);
    assert_prints(&one, "up\n");
    start(&two, BODY);
    assert_prints(&two, "up\n");
    assert_int_equal(handoff_count(handoff), 1);
    gone(&one, SIGKILL);
    gone(&two, SIGKILL);
}

/* --- where it is refused --- */

static void runs_where_it_is_refused(void **state)
{
    (void)state;
    struct child one;
    struct handoff_events events = {
        .on_listen = on_listen, .on_conflict = on_conflict, .data = &one};
    /* A process that has a filter with a listener cannot have a second one. */
    start(&one, "time.sleep(1000)");
    struct handoff_child *child = handoff_child_new(handoff, &events);
    assert_false(handoff_child_works(child)); /* nothing was spawned with it */
    handoff_child_free(child);
    assert_null(handoff_refused(handoff));
    gone(&one, SIGKILL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
#ifdef BLIND
    refuse_taking();
#endif
    const struct CMUnitTest tests[] = {
        TEST(hands_over_ipv4),
        TEST(hands_over_ipv6),
        TEST(hands_over_dual_stack),
        TEST(shares_with_one_that_leaves),
#ifndef BLIND
        TEST(takes_the_connections_of_ipv4),
        TEST(takes_the_connections_of_ipv6),
        TEST(takes_the_connections_of_both),
        TEST(probes_by_ipv4),
        TEST(probes_by_ipv6),
        TEST(takes_the_queue_of_one_that_has_gone),
        TEST(leaves_the_groups_of_the_app_alone),
        TEST(keeps_others_out),
        TEST(tells_two_stacks_apart),
#endif
        TEST(reaches_through_a_shell),
        TEST(leaves_the_rest_alone),
        TEST(is_no_licence_to_bind_twice),
        TEST(survives_a_shutdown),
        TEST(is_not_disturbed_by_signals),
        TEST(waits_for_a_port_of_the_older),
        TEST(a_stranger_is_no_conflict),
        TEST(another_address_may_follow),
        TEST(waits_for_another_address_of_the_older),
        TEST(may_take_its_time_to_listen),
        TEST(keeps_the_path_of_a_unix_socket),
        TEST(hands_over_an_abstract_socket),
        TEST(runs_where_it_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
