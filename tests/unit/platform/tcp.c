/* Addresses as text, and sockets between two ends of one process. */
#include "check.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/fs.h"
#include "platform/tcp.h"

#define PATIENCE_MS 20000

static void addresses_are_text(void **state)
{
    static const struct {
        const char *host, *text;
        bool loopback;
    } CASES[] = {
        {"127.0.0.1", "127.0.0.1:80", true}, {"localhost", "127.0.0.1:80", true},
        {"127.3.2.1", "127.3.2.1:80", true}, {"0.0.0.0", "0.0.0.0:80", false},
        {"::1", "[::1]:80", true},           {"::", "[::]:80", false},
        {"10.0.0.1", "10.0.0.1:80", false},
    };
    (void)state;
    struct tcp_address address, other;
    struct err err = {0};
    char text[TCP_TEXT_BYTES];
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        assert_int_equal(tcp_address_parse(&address, CASES[i].host, 80, &err), 0);
        assert_string_equal(tcp_address_text(&address, text), CASES[i].text);
        assert_int_equal(tcp_address_is_loopback(&address), CASES[i].loopback);
    }
    assert_string_equal(tcp_address_ip_text(&address, text), "10.0.0.1");
    assert_int_equal(tcp_address_parse(&other, "10.0.0.1", 81, &err), 0);
    assert_false(tcp_address_equal(&address, &other));
    other.port = 80;
    assert_true(tcp_address_equal(&address, &other));
    assert_int_equal(tcp_address_parse(&other, "example.org", 80, &err), ERR_USAGE);
    assert_int_equal(tcp_address_parse(&other, "127.0.0.1.1", 80, &err), ERR_USAGE);
    assert_int_equal(tcp_address_local(&address, "/run/app.sock", &err), 0);
    assert_string_equal(tcp_address_text(&address, text), "unix:/run/app.sock");
    assert_string_equal(tcp_address_ip_text(&address, text), "");
    assert_true(tcp_address_is_loopback(&address));
    char path[TCP_PATH_BYTES + 1];
    memset(path, 'x', sizeof path);
    path[TCP_PATH_BYTES] = '\0';
    assert_int_equal(tcp_address_local(&address, path, &err), ERR_USAGE);
    assert_int_equal(tcp_address_local(&address, "", &err), ERR_USAGE);
}

static void await_fd(int fd, short events)
{
    struct pollfd poll_fd = {.fd = fd, .events = events};
    assert_int_equal(poll(&poll_fd, 1, PATIENCE_MS), 1);
}

static void talk(const struct tcp_address *wanted, bool ip)
{
    struct err err = {0};
    struct tcp_address bound, peer;
    bool pending;
    char data[16] = "";
    int listener = tcp_listen(wanted, &bound, &err);
    assert_true(listener >= 0);
    errno = 0;
    assert_int_equal(tcp_accept(listener, NULL), -1);
    assert_int_equal(errno, EAGAIN);
    int client = tcp_connect(&bound, &pending);
    assert_true(client >= 0);
    assert_true(ip || !pending);
    await_fd(client, POLLOUT);
    assert_int_equal(tcp_connected(client), 0);
    await_fd(listener, POLLIN);
    int server = tcp_accept(listener, &peer);
    assert_true(server >= 0);
    assert_int_equal(peer.family, bound.family);
    assert_true(!ip || peer.port != 0);
    assert_int_equal(tcp_read(server, data, sizeof data), -1);
    assert_int_equal(errno, EAGAIN);
    const struct tcp_piece pieces[] = {{"he", 2}, {"ll", 2}, {"o", 1}};
    assert_int_equal(tcp_write(client, pieces, 3), 5);
    tcp_end(client);
    await_fd(server, POLLIN);
    assert_int_equal(tcp_read(server, data, sizeof data), 5);
    assert_string_equal(data, "hello");
    await_fd(server, POLLIN);
    assert_int_equal(tcp_read(server, data, sizeof data), 0);
    assert_int_equal(tcp_write(server, pieces, 1), 2); /* the other way goes on */
    fs_fd_close(&client);
    /* Its input was unread, so the peer is told of a break; writing does not kill the program. */
    await_fd(server, POLLIN);
    long sent = 0;
    for (int i = 0; i < 2 && sent >= 0; i++)
        sent = tcp_write(server, pieces, 1);
    assert_int_equal(sent, -1);
    assert_int_equal(tcp_fault_of(errno), TCP_RESET);
    fs_fd_close(&server);
    fs_fd_close(&listener);
}

static void both_ends_talk(void **state)
{
    (void)state;
    struct tcp_address address;
    struct err err = {0};
    assert_int_equal(tcp_address_parse(&address, "127.0.0.1", 0, &err), 0);
    talk(&address, true);
    assert_int_equal(tcp_address_parse(&address, "::1", 0, &err), 0);
    talk(&address, true);
    char dir[] = "/tmp/zonda-tcp-XXXXXX", path[64];
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/a.sock", dir);
    assert_int_equal(tcp_address_local(&address, path, &err), 0);
    talk(&address, false);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(dir), 0);
}

static void what_fails_is_told(void **state)
{
    (void)state;
    struct tcp_address address;
    struct err err = {0};
    bool pending;
    assert_int_equal(tcp_address_parse(&address, "127.0.0.1", 0, &err), 0);
    int first = tcp_listen(&address, &address, &err);
    assert_true(first >= 0);
    assert_int_equal(tcp_listen(&address, NULL, &err), ERR_SYSTEM);
    assert_non_null(strstr(err.message, "127.0.0.1:"));
    fs_fd_close(&first);
    int client = tcp_connect(&address, &pending);
    if (client >= 0) {
        await_fd(client, POLLOUT);
        assert_int_equal(tcp_fault_of(tcp_connected(client)), TCP_REFUSED);
        fs_fd_close(&client);
    } else {
        assert_int_equal(tcp_fault_of(errno), TCP_REFUSED);
    }
    assert_int_equal(tcp_address_local(&address, "/nonexistent/a.sock", &err), 0);
    assert_int_equal(tcp_connect(&address, &pending), -1);
    assert_int_equal(tcp_fault_of(errno), TCP_UNREACHABLE);
    assert_int_equal(tcp_fault_of(ETIMEDOUT), TCP_TIMEOUT);
    assert_int_equal(tcp_fault_of(EMFILE), TCP_BUSY);
    assert_int_equal(tcp_fault_of(EINVAL), TCP_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_text),
        cmocka_unit_test(both_ends_talk),
        cmocka_unit_test(what_fails_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
