#include "platform/tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

union place {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
};

static bool is_taken(const union place *place, socklen_t len)
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

bool tcp_port_is_free(uint16_t port)
{
    const union place four = {.in = {.sin_family = AF_INET, .sin_port = htons(port)}};
    const union place six = {.in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)}};
    return !is_taken(&four, sizeof four.in) && !is_taken(&six, sizeof six.in6);
}
