/* IPv4 and IPv6 in loopback, and what the kernel knows of the other end. */
#include "platform/loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/linux_sockdiag.h"

static uint16_t port_of(const union sockdiag_place *place)
{
    return ntohs(place->any.sa_family == AF_INET ? place->in.sin_port : place->in6.sin6_port);
}

static bool is_taken(const union sockdiag_place *place, socklen_t len)
{
    int on = 1;
    int fd = socket(place->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false; /* such as IPv6 where there is none */
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (place->any.sa_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    bool taken = bind(fd, &place->any, len) != 0 && errno == EADDRINUSE;
    (void)close(fd);
    return taken;
}

bool loopback_port_is_free(uint16_t port)
{
    const union sockdiag_place four = {.in = {.sin_family = AF_INET, .sin_port = htons(port)}};
    const union sockdiag_place six = {.in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)}};
    return !is_taken(&four, sizeof four.in) && !is_taken(&six, sizeof six.in6);
}

static socklen_t loopback(union sockdiag_place *place, uint16_t port, bool v6)
{
    *place = (union sockdiag_place){.in = {.sin_family = AF_INET, .sin_port = htons(port)}};
    place->in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!v6)
        return sizeof place->in;
    *place = (union sockdiag_place){.in6 = {.sin6_family = AF_INET6,
                                            .sin6_port = htons(port),
                                            .sin6_addr = IN6ADDR_LOOPBACK_INIT}};
    return sizeof place->in6;
}

int loopback_open(bool v6, uint16_t *port)
{
    union sockdiag_place at;
    socklen_t len = loopback(&at, 0, v6);
    int fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    if (bind(fd, &at.any, len) != 0 || getsockname(fd, &at.any, &len) != 0) {
        int errnum = errno;
        (void)close(fd);
        return -errnum;
    }
    *port = port_of(&at);
    return fd;
}

int loopback_connect(int fd, uint16_t port, bool v6)
{
    union sockdiag_place to;
    socklen_t len = loopback(&to, port, v6);
    return connect(fd, &to.any, len) == 0 || errno == EINPROGRESS ? 0 : errno;
}

/* --- the other end --- */

/* Ports are enough: both ends are on loopback. */
static uint64_t look_it_up(const char *table, uint16_t local_port, uint16_t peer_port)
{
    FILE *file = fopen(table, "re");
    char line[512];
    uint64_t found = 0;
    while (file && !found && fgets(line, sizeof line, file)) {
        unsigned local, peer, state;
        uint64_t inode;
        /* sl local:port remote:port state tx:rx tr:when retrnsmt uid timeout inode */
        if (sscanf(line, " %*d: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%x %x %*s %*s %*s %*d %*d %" SCNu64,
                   &local, &peer, &state, &inode) == 4 &&
            state == TCP_ESTABLISHED && local == local_port && peer == peer_port)
            found = inode;
    }
    if (file)
        (void)fclose(file);
    return found;
}

uint64_t loopback_peer_inode(int fd)
{
    union sockdiag_place local, peer; /* as the other end has them */
    socklen_t local_len = sizeof local, peer_len = sizeof peer;
    uint64_t inode;
    if (getpeername(fd, &local.any, &local_len) != 0 || getsockname(fd, &peer.any, &peer_len) != 0)
        return 0;
    if (sockdiag_inode(&local, &peer, &inode))
        return inode;
    inode = look_it_up("/proc/self/net/tcp", port_of(&local), port_of(&peer));
    return inode ? inode : look_it_up("/proc/self/net/tcp6", port_of(&local), port_of(&peer));
}
