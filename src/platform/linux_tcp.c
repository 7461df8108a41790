/* IPv4 and IPv6 in loopback, and what the kernel knows of the other end. */
#include "platform/tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
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

int tcp_connect(uint16_t port, bool v6)
{
    union place to = {.in = {.sin_family = AF_INET, .sin_port = htons(port)}};
    to.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (v6)
        to = (union place){.in6 = {.sin6_family = AF_INET6,
                                   .sin6_port = htons(port),
                                   .sin6_addr = IN6ADDR_LOOPBACK_INIT}};
    int fd = socket(to.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, &to.any, v6 ? sizeof to.in6 : sizeof to.in) != 0 && errno != EINPROGRESS) {
        int errnum = errno;
        (void)close(fd);
        return -errnum;
    }
    return fd;
}

int tcp_error(int fd)
{
    int errnum = 0;
    socklen_t len = sizeof errnum;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &errnum, &len) == 0 ? errnum : errno;
}

/* --- the other end --- */

/* Its place, and ours as it sees it. */
struct ends {
    union place local, peer; /* of the other end */
};

static bool ends_of(int fd, struct ends *ends)
{
    socklen_t local_len = sizeof ends->local, peer_len = sizeof ends->peer;
    return getpeername(fd, &ends->local.any, &local_len) == 0 &&
           getsockname(fd, &ends->peer.any, &peer_len) == 0;
}

static uint16_t net_port(const union place *place)
{
    return place->any.sa_family == AF_INET ? place->in.sin_port : place->in6.sin6_port;
}

static void put_address(const union place *place, __be32 at[4])
{
    if (place->any.sa_family == AF_INET)
        memcpy(at, &place->in.sin_addr, sizeof place->in.sin_addr);
    else
        memcpy(at, &place->in6.sin6_addr, sizeof place->in6.sin6_addr);
}

/* One socket by its two ends. False where the kernel gives no such answers; *inode is 0 where it
   knows no connection. */
static bool ask_kernel(const struct ends *ends, uint64_t *inode)
{
    struct {
        struct nlmsghdr head;
        struct inet_diag_req_v2 what;
    } question = {.head = {.nlmsg_len = sizeof question,
                           .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                           .nlmsg_flags = NLM_F_REQUEST},
                  .what = {.sdiag_family = (uint8_t)ends->local.any.sa_family,
                           .sdiag_protocol = IPPROTO_TCP,
                           .idiag_states = UINT32_MAX,
                           .id = {.idiag_sport = net_port(&ends->local),
                                  .idiag_dport = net_port(&ends->peer),
                                  .idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}}}};
    union {
        struct nlmsghdr head;
        char bytes[1024];
    } answer;
    *inode = 0;
    put_address(&ends->local, question.what.id.idiag_src);
    put_address(&ends->peer, question.what.id.idiag_dst);
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (fd < 0)
        return false;
    /* The kernel answers within send(2). */
    ssize_t len = send(fd, &question, sizeof question, 0);
    if (len == (ssize_t)sizeof question)
        len = recv(fd, &answer, sizeof answer, MSG_DONTWAIT);
    (void)close(fd);
    if (len < (ssize_t)sizeof(struct nlmsghdr))
        return false;
    /* An error is a connection that is none, or a kernel without the module for TCP: both ENOENT.
     */
    if (answer.head.nlmsg_type != SOCK_DIAG_BY_FAMILY ||
        len < (ssize_t)NLMSG_LENGTH(sizeof(struct inet_diag_msg)))
        return false;
    const struct inet_diag_msg *message = NLMSG_DATA(&answer.head);
    if (message->idiag_state == TCP_ESTABLISHED)
        *inode = message->idiag_inode;
    return true;
}

/* Ports are enough: both ends are on loopback. */
static uint64_t look_it_up(const char *table, const struct ends *ends)
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
            state == TCP_ESTABLISHED && local == ntohs(net_port(&ends->local)) &&
            peer == ntohs(net_port(&ends->peer)))
            found = inode;
    }
    if (file)
        (void)fclose(file);
    return found;
}

uint64_t tcp_peer_inode(int fd)
{
    struct ends ends;
    uint64_t inode;
    if (!ends_of(fd, &ends))
        return 0;
    if (ask_kernel(&ends, &inode))
        return inode;
    inode = look_it_up("/proc/self/net/tcp", &ends);
    return inode ? inode : look_it_up("/proc/self/net/tcp6", &ends);
}
