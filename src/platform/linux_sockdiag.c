/*
 * The kernel's own answers about TCP sockets, sock_diag(7). The files of proc_net(5) hold every
 * connection that has ended within the last minute; after a load test they are megabytes.
 */
#include "platform/linux_sockdiag.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_BYTES 16384
#define ANSWERS_MAX  4096 /* of that size */

struct question {
    struct nlmsghdr head;
    struct inet_diag_req_v2 what;
};

union answer {
    struct nlmsghdr head;
    char bytes[ANSWER_BYTES];
};

/* The descriptor on which the answers come, without waiting: the kernel makes them when they are
   read. -1 where it gives none. */
static int ask(struct question *question)
{
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (fd >= 0 && send(fd, question, sizeof *question, 0) != (ssize_t)sizeof *question) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

static uint16_t net_port(const union sockdiag_place *place)
{
    return place->any.sa_family == AF_INET ? place->in.sin_port : place->in6.sin6_port;
}

static void put_address(const union sockdiag_place *place, __be32 at[4])
{
    if (place->any.sa_family == AF_INET)
        memcpy(at, &place->in.sin_addr, sizeof place->in.sin_addr);
    else
        memcpy(at, &place->in6.sin6_addr, sizeof place->in6.sin6_addr);
}

static struct question question_about(int family, uint32_t states)
{
    return (struct question){.head = {.nlmsg_len = sizeof(struct question),
                                      .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                                      .nlmsg_flags = NLM_F_REQUEST},
                             .what = {.sdiag_family = (uint8_t)family,
                                      .sdiag_protocol = IPPROTO_TCP,
                                      .idiag_states = states}};
}

bool sockdiag_inode(const union sockdiag_place *local, const union sockdiag_place *peer,
                    uint64_t *inode)
{
    struct question question = question_about(local->any.sa_family, UINT32_MAX);
    struct inet_diag_sockid *id = &question.what.id;
    union answer answer;
    *inode = 0;
    id->idiag_sport = net_port(local);
    id->idiag_dport = net_port(peer);
    id->idiag_cookie[0] = id->idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    put_address(local, id->idiag_src);
    put_address(peer, id->idiag_dst);
    int fd = ask(&question);
    if (fd < 0)
        return false;
    ssize_t len = recv(fd, &answer, sizeof answer, MSG_DONTWAIT);
    (void)close(fd);
    /* An error is a connection that is none, or a kernel without the module for TCP: both ENOENT.
     */
    if (len < (ssize_t)NLMSG_LENGTH(sizeof(struct inet_diag_msg)) ||
        answer.head.nlmsg_type != SOCK_DIAG_BY_FAMILY)
        return false;
    const struct inet_diag_msg *message = NLMSG_DATA(&answer.head);
    if (message->idiag_state == BPF_TCP_ESTABLISHED)
        *inode = message->idiag_inode;
    return true;
}

static struct sockdiag_socket socket_of(const struct nlmsghdr *head)
{
    const struct inet_diag_msg *message = NLMSG_DATA(head);
    struct sockdiag_socket socket = {.port = ntohs(message->id.idiag_sport),
                                     .inode = message->idiag_inode,
                                     .unread_bytes = message->idiag_rqueue};
    size_t len = head->nlmsg_len - NLMSG_LENGTH(sizeof *message);
    const struct rtattr *attribute = (const void *)(message + 1);
    struct tcp_info info = {0};
    for (; RTA_OK(attribute, len); attribute = RTA_NEXT(attribute, len))
        if (attribute->rta_type == INET_DIAG_INFO)
            memcpy(&info, RTA_DATA(attribute),
                   RTA_PAYLOAD(attribute) < sizeof info ? RTA_PAYLOAD(attribute) : sizeof info);
    socket.received_bytes = info.tcpi_bytes_received;
    socket.idle_ms = info.tcpi_last_ack_recv;
    return socket;
}

/* 1: there is more to come, 0: that was all, -1: it went wrong. */
static int take(const union answer *answer, size_t len, sockdiag_fn *fn, void *data)
{
    const struct nlmsghdr *head = &answer->head;
    for (; NLMSG_OK(head, len); head = NLMSG_NEXT(head, len)) {
        if (head->nlmsg_type == NLMSG_DONE)
            return 0;
        if (head->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
            head->nlmsg_len < NLMSG_LENGTH(sizeof(struct inet_diag_msg)))
            return -1;
        struct sockdiag_socket socket = socket_of(head);
        fn(data, &socket);
    }
    return 1;
}

static bool each(int family, uint32_t states, sockdiag_fn *fn, void *data)
{
    struct question question = question_about(family, states);
    union answer answer;
    question.head.nlmsg_flags |= NLM_F_DUMP;
    question.what.idiag_ext = 1u << (INET_DIAG_INFO - 1);
    int fd = ask(&question), more = fd < 0 ? -1 : 1;
    for (int i = 0; more > 0 && i < ANSWERS_MAX; i++) {
        ssize_t len = recv(fd, &answer, sizeof answer, MSG_DONTWAIT);
        more = len > 0 ? take(&answer, (size_t)len, fn, data) : -1;
    }
    if (fd >= 0)
        (void)close(fd);
    return more == 0;
}

bool sockdiag_listeners(int family, sockdiag_fn *fn, void *data)
{
    return each(family, 1u << BPF_TCP_LISTEN, fn, data);
}

bool sockdiag_handshakes(int family, sockdiag_fn *fn, void *data)
{
    return each(family, 1u << BPF_TCP_SYN_RECV | 1u << BPF_TCP_NEW_SYN_RECV, fn, data);
}

bool sockdiag_connections(int family, sockdiag_fn *fn, void *data)
{
    return each(family, 1u << BPF_TCP_ESTABLISHED, fn, data);
}
