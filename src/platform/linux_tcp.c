#include "platform/tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "platform/fs.h"

#define BACKLOG 511 /* as nginx; the kernel cuts it to net.core.somaxconn */

_Static_assert(sizeof(struct iovec) == sizeof(struct tcp_piece), "tcp_piece is an iovec");
_Static_assert(offsetof(struct iovec, iov_len) == offsetof(struct tcp_piece, len),
               "tcp_piece is an iovec");
_Static_assert(TCP_PATH_BYTES == sizeof((struct sockaddr_un *)0)->sun_path, "unix(7)");

union socket_address {
    struct sockaddr any;
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
    struct sockaddr_un local;
};

/* --- addresses --- */

int tcp_address_parse(struct tcp_address *address, const char *host, uint16_t port, struct err *err)
{
    *address = (struct tcp_address){.port = port};
    if (strcmp(host, "localhost") == 0)
        host = "127.0.0.1";
    if (inet_pton(AF_INET, host, address->ip) == 1)
        address->family = TCP_IPV4;
    else if (inet_pton(AF_INET6, host, address->ip) == 1)
        address->family = TCP_IPV6;
    else
        return err_set(err, ERR_USAGE, "\"%s\" is no IP address", host);
    return 0;
}

int tcp_address_local(struct tcp_address *address, const char *path, struct err *err)
{
    *address = (struct tcp_address){.family = TCP_LOCAL};
    size_t len = strlen(path);
    if (!len || len >= sizeof address->path)
        return err_set(err, ERR_USAGE, "the path of a socket has 1 to %zu bytes, this has %zu: %s",
                       sizeof address->path - 1, len, path);
    memcpy(address->path, path, len + 1);
    return 0;
}

const char *tcp_address_ip_text(const struct tcp_address *address, char text[TCP_TEXT_BYTES])
{
    text[0] = '\0';
    if (address->family == TCP_IPV4 || address->family == TCP_IPV6)
        (void)inet_ntop(address->family == TCP_IPV4 ? AF_INET : AF_INET6, address->ip, text,
                        TCP_TEXT_BYTES);
    return text;
}

const char *tcp_address_text(const struct tcp_address *address, char text[TCP_TEXT_BYTES])
{
    char ip[TCP_TEXT_BYTES];
    if (address->family == TCP_LOCAL)
        (void)snprintf(text, TCP_TEXT_BYTES, "unix:%s", address->path);
    else
        (void)snprintf(text, TCP_TEXT_BYTES,
                       address->family == TCP_IPV6 ? "[%.64s]:%u" : "%.64s:%u",
                       tcp_address_ip_text(address, ip), address->port);
    return text;
}

bool tcp_address_equal(const struct tcp_address *a, const struct tcp_address *b)
{
    if (a->family != b->family || a->port != b->port)
        return false;
    if (a->family == TCP_LOCAL)
        return strcmp(a->path, b->path) == 0;
    return memcmp(a->ip, b->ip, a->family == TCP_IPV4 ? 4 : 16) == 0;
}

bool tcp_address_is_loopback(const struct tcp_address *address)
{
    static const uint8_t IPV6_LOOPBACK[16] = {[15] = 1};
    switch (address->family) {
    case TCP_IPV4:
        return address->ip[0] == 127;
    case TCP_IPV6:
        return memcmp(address->ip, IPV6_LOOPBACK, sizeof IPV6_LOOPBACK) == 0;
    case TCP_LOCAL:
        return true;
    default:
        return false;
    }
}

static socklen_t to_socket(const struct tcp_address *address, union socket_address *to)
{
    memset(to, 0, sizeof *to);
    if (address->family == TCP_LOCAL) {
        to->local.sun_family = AF_UNIX;
        memcpy(to->local.sun_path, address->path, sizeof address->path);
        return sizeof to->local;
    }
    if (address->family == TCP_IPV6) {
        to->ipv6.sin6_family = AF_INET6;
        to->ipv6.sin6_port = htons(address->port);
        memcpy(&to->ipv6.sin6_addr, address->ip, 16);
        return sizeof to->ipv6;
    }
    to->ipv4.sin_family = AF_INET;
    to->ipv4.sin_port = htons(address->port);
    memcpy(&to->ipv4.sin_addr, address->ip, 4);
    return sizeof to->ipv4;
}

static void from_socket(const union socket_address *from, struct tcp_address *address)
{
    *address = (struct tcp_address){.family = TCP_LOCAL}; /* a client's Unix socket has no path */
    if (from->any.sa_family == AF_INET) {
        address->family = TCP_IPV4;
        address->port = ntohs(from->ipv4.sin_port);
        memcpy(address->ip, &from->ipv4.sin_addr, 4);
    } else if (from->any.sa_family == AF_INET6) {
        address->family = TCP_IPV6;
        address->port = ntohs(from->ipv6.sin6_port);
        memcpy(address->ip, &from->ipv6.sin6_addr, 16);
    }
}

static int open_socket(const struct tcp_address *address)
{
    int family = address->family == TCP_LOCAL  ? AF_UNIX
                 : address->family == TCP_IPV6 ? AF_INET6
                                               : AF_INET;
    return socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* Answers are written whole where that is possible; waiting for more to send would only delay. */
static void no_delay(int fd)
{
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* --- listening --- */

int tcp_listen(const struct tcp_address *address, struct tcp_address *bound, struct err *err)
{
    char text[TCP_TEXT_BYTES];
    union socket_address to;
    socklen_t len = to_socket(address, &to);
    int on = 1, fd = open_socket(address);
    if (fd < 0)
        return err_system(err, errno, "cannot make a socket");
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->family == TCP_IPV6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (bind(fd, &to.any, len) != 0 || listen(fd, BACKLOG) != 0) {
        int errnum = errno;
        fs_fd_close(&fd);
        return err_system(err, errnum, "cannot listen at %s", tcp_address_text(address, text));
    }
    if (bound) {
        len = sizeof to;
        if (getsockname(fd, &to.any, &len) == 0)
            from_socket(&to, bound);
        if (address->family == TCP_LOCAL)
            *bound = *address;
    }
    return fd;
}

int tcp_accept(int listener, struct tcp_address *peer)
{
    union socket_address from = {0};
    socklen_t len = sizeof from;
    int fd;
    do
        fd = accept4(listener, &from.any, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
    while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (fd < 0)
        return -1;
    if (from.any.sa_family != AF_UNIX)
        no_delay(fd);
    if (peer)
        from_socket(&from, peer);
    return fd;
}

/* --- connecting --- */

int tcp_connect(const struct tcp_address *address, bool *pending)
{
    union socket_address to;
    socklen_t len = to_socket(address, &to);
    int result, fd = open_socket(address);
    *pending = false;
    if (fd < 0)
        return -1;
    if (address->family != TCP_LOCAL)
        no_delay(fd);
    do
        result = connect(fd, &to.any, len);
    while (result != 0 && errno == EINTR);
    if (result == 0)
        return fd;
    if (errno == EINPROGRESS) {
        *pending = true;
        return fd;
    }
    int errnum = errno;
    fs_fd_close(&fd);
    errno = errnum;
    return -1;
}

int tcp_connected(int fd)
{
    int errnum = 0;
    socklen_t len = sizeof errnum;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &errnum, &len) == 0 ? errnum : errno;
}

enum tcp_fault tcp_fault_of(int errnum)
{
    switch (errnum) {
    case ECONNREFUSED:
        return TCP_REFUSED;
    case ENOENT:
    case ENOTSOCK:
    case EACCES:
    case EPERM:
    case ENETUNREACH:
    case EHOSTUNREACH:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
        return TCP_UNREACHABLE;
    case ETIMEDOUT:
        return TCP_TIMEOUT;
    case ECONNRESET:
    case EPIPE:
        return TCP_RESET;
    case EAGAIN:
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        return TCP_BUSY;
    default:
        return TCP_OTHER;
    }
}

/* --- bytes --- */

long tcp_read(int fd, void *data, size_t len)
{
    ssize_t got;
    do
        got = recv(fd, data, len, MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    return got;
}

long tcp_write(int fd, const struct tcp_piece *pieces, size_t count)
{
    ssize_t sent;
    do {
        if (count == 1) {
            sent = send(fd, pieces->data, pieces->len, MSG_NOSIGNAL | MSG_DONTWAIT);
        } else {
            struct iovec list[TCP_PIECES_MAX];
            memcpy(list, pieces, count * sizeof *list);
            struct msghdr message = {.msg_iov = list, .msg_iovlen = count};
            sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        }
    } while (sent < 0 && errno == EINTR);
    return sent;
}

void tcp_reset(int fd)
{
    struct linger none = {.l_onoff = 1};
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
}

void tcp_end(int fd)
{
    (void)shutdown(fd, SHUT_WR);
}
