/* Ports and connections on loopback. */
#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/loopback.h"
#include "platform/process.h"
#include "platform/tcp.h"
#include "platform/tree.h"

static int listener;
static uint16_t port;

static int listen_on(int family)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } at = {.any = {.sa_family = (sa_family_t)family}};
    socklen_t len = family == AF_INET ? sizeof at.v4 : sizeof at.v6;
    if (family == AF_INET)
        at.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, &at.any, len) != 0 || listen(listener, 8) != 0 ||
        getsockname(listener, &at.any, &len) != 0)
        return -1;
    port = ntohs(family == AF_INET ? at.v4.sin_port : at.v6.sin6_port);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    return listen_on(AF_INET);
}

static int end(void **state)
{
    (void)state;
    return close(listener);
}

static void a_port_is_taken_or_free(void **state)
{
    (void)state;
    assert_false(loopback_port_is_free(port));
    (void)close(listener);
    assert_true(loopback_port_is_free(port));
    if (listen_on(AF_INET6) == 0)
        assert_false(loopback_port_is_free(port));
}

static int connected(bool v6)
{
    uint16_t source = 0;
    int fd = loopback_open(v6, &source);
    struct pollfd look = {.fd = fd, .events = POLLOUT};
    assert_true(fd >= 0 && source != 0);
    assert_int_equal(loopback_connect(fd, port, v6), 0);
    assert_int_equal(poll(&look, 1, 10000), 1);
    assert_int_equal(tcp_connected(fd), 0);
    return fd;
}

static void nobody_listens(void **state)
{
    (void)state;
    (void)shutdown(listener, SHUT_RDWR);
    uint16_t source = 0;
    int fd = loopback_open(false, &source), errnum = loopback_connect(fd, port, false);
    if (errnum == 0) {
        struct pollfd look = {.fd = fd, .events = POLLOUT};
        assert_int_equal(poll(&look, 1, 10000), 1);
        errnum = tcp_connected(fd);
    }
    assert_int_equal(errnum, ECONNREFUSED);
    (void)close(fd);
}

static void knows_who_has_accepted(bool v6)
{
    int fd = connected(v6), go[2];
    char byte;
    assert_int_equal(loopback_peer_inode(fd), 0); /* it is in the queue */
    assert_int_equal(pipe(go), 0);
    int child = fork();
    if (child == 0) {
        (void)close(go[1]);
        int taken = accept(listener, NULL, NULL);
        _exit(taken >= 0 && read(go[0], &byte, 1) == 0 ? 0 : 1);
    }
    uint64_t inode;
    while ((inode = loopback_peer_inode(fd)) == 0) /* the test's own deadline ends it */
        (void)usleep(1000);
    while (tree_socket_owner(child, 0, inode) == 0) /* it is in the table a bit earlier */
        (void)usleep(1000);
    assert_int_equal(tree_socket_owner(getpid(), 0, inode), child);
    assert_int_equal(tree_socket_owner(getpid(), child, inode), child);
    (void)close(go[0]);
    (void)close(go[1]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(tree_socket_owner(getpid(), 0, inode), 0);
    (void)close(fd);
}

static void knows_who_has_accepted_by_ipv4(void **state)
{
    (void)state;
    knows_who_has_accepted(false);
}

/* On a socket of both stacks an IPv4 client has an IPv6 address. */
static void knows_who_has_accepted_on_both_stacks(void **state)
{
    (void)state;
    (void)close(listener);
    if (listen_on(AF_INET6) != 0)
        skip();
    knows_who_has_accepted(false);
    knows_who_has_accepted(true);
}

/* Of a new connection nothing was read, until something was. */
static void knows_what_was_not_read(void **state)
{
    (void)state;
    int fd = connected(false), go[2];
    char bytes[4096];
    assert_int_equal(pipe(go), 0);
    int child = fork();
    if (child == 0) {
        (void)close(go[1]);
        (void)close(fd);
        int taken = accept(listener, NULL, NULL);
        bool good = taken >= 0 && read(go[0], bytes, 1) == 1 && read(taken, bytes, 1) == 1;
        _exit(good && read(go[0], bytes, 1) == 0 ? 0 : 1);
    }
    (void)close(go[0]);
    do
        assert_int_equal(write(fd, "x", 1), 1); /* so that it stays new, however slow this is */
    while (!process_has_new_connection(child)); /* the test's own deadline ends it */
    assert_int_equal(write(go[1], "r", 1), 1);
    do
        assert_int_equal(write(fd, "x", 1), 1);
    while (process_has_new_connection(child));
    (void)close(go[1]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    (void)close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_port_is_taken_or_free),
        TEST(nobody_listens),
        TEST(knows_what_was_not_read),
        TEST(knows_who_has_accepted_by_ipv4),
        TEST(knows_who_has_accepted_on_both_stacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
