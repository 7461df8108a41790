/* The kept sockets of a service: what they are, and which one is bound where. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "platform/linux_handoff.h"

static int option(int fd, int level, int name)
{
    int value = 0;
    socklen_t len = sizeof value;
    return getsockopt(fd, level, name, &value, &len) == 0 ? value : -1;
}

bool endpoint_of(int fd, struct endpoint *endpoint)
{
    int family = option(fd, SOL_SOCKET, SO_DOMAIN);
    endpoint->type = option(fd, SOL_SOCKET, SO_TYPE);
    endpoint->protocol = option(fd, SOL_SOCKET, SO_PROTOCOL);
    endpoint->v6only = family == AF_INET6 && option(fd, IPPROTO_IPV6, IPV6_V6ONLY) == 1;
    return family == AF_INET || family == AF_INET6 || family == AF_UNIX;
}

uint16_t endpoint_port(const struct endpoint *endpoint)
{
    switch (endpoint->address.family) {
    case AF_INET:
        return ntohs(endpoint->address.in.sin_port);
    case AF_INET6:
        return ntohs(endpoint->address.in6.sin6_port);
    default:
        return 0;
    }
}

bool endpoint_is_path(const struct endpoint *endpoint)
{
    return endpoint->address.family == AF_UNIX &&
           endpoint->len > offsetof(struct sockaddr_un, sun_path) &&
           endpoint->address.un.sun_path[0] != '\0';
}

ino_t socket_inode(int fd)
{
    struct stat info;
    return fstat(fd, &info) == 0 ? info.st_ino : 0;
}

/* Padding and the flow label of IPv6 say nothing about the place. */
static bool same_address(const struct endpoint *a, const struct endpoint *b)
{
    if (a->address.family != b->address.family)
        return false;
    switch (a->address.family) {
    case AF_INET:
        return a->address.in.sin_port == b->address.in.sin_port &&
               a->address.in.sin_addr.s_addr == b->address.in.sin_addr.s_addr;
    case AF_INET6:
        return a->address.in6.sin6_port == b->address.in6.sin6_port &&
               a->address.in6.sin6_scope_id == b->address.in6.sin6_scope_id &&
               memcmp(&a->address.in6.sin6_addr, &b->address.in6.sin6_addr,
                      sizeof a->address.in6.sin6_addr) == 0;
    default:
        return a->len == b->len && memcmp(&a->address, &b->address, a->len) == 0;
    }
}

/* The kernel sets IPV6_V6ONLY by itself when a socket is bound to anything but the wildcard,
   inet6_bind(): only there it is the app's word. */
static bool same_stacks(const struct endpoint *a, const struct endpoint *b)
{
    return a->address.family != AF_INET6 || a->v6only == b->v6only ||
           !IN6_IS_ADDR_UNSPECIFIED(&a->address.in6.sin6_addr);
}

bool endpoint_same(const struct endpoint *a, const struct endpoint *b)
{
    return a->type == b->type && a->protocol == b->protocol && same_address(a, b) &&
           same_stacks(a, b);
}

struct kept *kept_by_inode(struct handoff *handoff, ino_t ino)
{
    VEC_EACH (struct kept *, kept, &handoff->sockets)
        if ((*kept)->ino == ino)
            return *kept;
    return NULL;
}

struct kept *kept_add(struct handoff *handoff, const struct endpoint *endpoint, int fd)
{
    struct kept *kept = mem_new(1, sizeof *kept);
    kept->handoff = handoff;
    kept->endpoint = *endpoint;
    kept->fd = fd;
    kept->ino = socket_inode(fd);
    kept->member = -1;
    kept->watch_fd = -1;
    vec_push(&handoff->sockets, kept);
    return kept;
}

void kept_drop(struct handoff *handoff, struct kept *kept)
{
    steer_drop(kept);
    for (size_t i = 0; i < handoff->sockets.len; i++) {
        if (handoff->sockets.at[i] == kept) {
            vec_remove(&handoff->sockets, i);
            break;
        }
    }
    path_release(kept);
    (void)close(kept->fd);
    free(kept);
}

bool kept_drop_in_the_way(struct handoff *handoff, const struct endpoint *endpoint)
{
    bool dropped = false;
    for (size_t i = handoff->sockets.len; i-- > 0;) {
        struct kept *kept = handoff->sockets.at[i];
        if (kept->users == 0 && !kept->maker && kept->endpoint.type == endpoint->type &&
            endpoint_port(&kept->endpoint) != 0 &&
            endpoint_port(&kept->endpoint) == endpoint_port(endpoint)) {
            kept_drop(handoff, kept);
            dropped = true;
        }
    }
    return dropped;
}
