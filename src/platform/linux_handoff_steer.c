/*
 * Two sockets of one address, and which of them new connections go to.
 *
 * Old and new on one shared socket both accept from it, so that the old one may accept a connection
 * in the moment in which it is told to stop; net/http's Shutdown, for one, does not know of it yet
 * then and lets it fall. Hence a generation that starts beside another one has a socket of its own:
 * both are of one SO_REUSEPORT group (socket(7)), whose classic BPF program names the member that
 * gets a new connection. The old one keeps them until the new one takes over; then it accepts what
 * waits in its queue still, and is asked to stop when that is empty.
 *
 * The kernel numbers the members in the order in which they began to listen, and moves the last one
 * into the place of one that closes (reuseport_add_sock, reuseport_detach_sock). A first socket has
 * a group and its program, but not the option, so that nobody else can bind its address, as ever.
 * From the second generation on the option is set: a stranger of the same user who sets it as well
 * may bind the address then, but the program gives it no connection.
 */
#include <errno.h>
#include <linux/filter.h>
#include <netinet/tcp.h>
#include <string.h>

#include "platform/linux_handoff.h"
#include "platform/linux_sockdiag.h"

#define MEMBERS_MAX 4 /* of one address; a generation that finds so many shares one */
#define NO_MEMBER   (-1)

static int set_reuseport(int fd, int on)
{
    return setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 ? 0 : -errno;
}

static int attach(int fd, struct sock_filter *code, size_t len)
{
    struct sock_fprog program = {.len = (unsigned short)len, .filter = code};
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program) == 0
               ? 0
               : -errno;
}

static int attach_one(int fd, int member)
{
    struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, (uint32_t)member)};
    return attach(fd, code, 1);
}

/* What comes from this source port goes to probed, all else to member. Headers without options, as
   they are on loopback: RFC 791, section 3.1, RFC 8200, section 3, RFC 9293, section 3.1. */
static int attach_probe(int fd, int member, uint16_t port, int probed)
{
    const uint32_t net = (uint32_t)SKF_NET_OFF;
    struct sock_filter code[] = {BPF_STMT(BPF_LD | BPF_B | BPF_ABS, net),
                                 BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 4),
                                 BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 6, 2, 0),
                                 BPF_STMT(BPF_LD | BPF_H | BPF_ABS, net + 20),
                                 BPF_STMT(BPF_JMP | BPF_JA, 1),
                                 BPF_STMT(BPF_LD | BPF_H | BPF_ABS, net + 40),
                                 BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, port, 0, 1),
                                 BPF_STMT(BPF_RET | BPF_K, (uint32_t)probed),
                                 BPF_STMT(BPF_RET | BPF_K, (uint32_t)member)};
    return attach(fd, code, sizeof code / sizeof *code);
}

/* fd does not listen yet; it will be the first member. */
static int begin_group(int fd)
{
    int failed = set_reuseport(fd, 1);
    if (!failed)
        failed = attach_one(fd, 0);
    (void)set_reuseport(fd, 0);
    return failed;
}

static bool is_listening(int fd)
{
    int listens = 0;
    socklen_t len = sizeof listens;
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) == 0 && listens;
}

/* --- who uses them --- */

static bool listens_on(const struct handoff_child *child, const struct kept *kept)
{
    VEC_EACH (struct kept *, one, &child->listens)
        if (*one == kept)
            return true;
    return false;
}

/* Does a child that stays listen on it, other than except? */
static bool is_served(const struct kept *kept, const struct handoff_child *except)
{
    VEC_EACH (struct handoff_child *, child, &kept->handoff->children)
        if (*child != except && !(*child)->leaves && listens_on(*child, kept))
            return true;
    return false;
}

/* --- the members of an address --- */

/* In *members, at most MEMBERS_MAX; the first kept socket of the address is enough where it cannot
   be steered. */
static size_t find_members(struct handoff *handoff, const struct endpoint *endpoint,
                           struct kept *members[MEMBERS_MAX])
{
    size_t len = 0;
    VEC_EACH (struct kept *, kept, &handoff->sockets)
        if (len < MEMBERS_MAX && endpoint_same(&(*kept)->endpoint, endpoint))
            members[len++] = *kept;
    return len;
}

static struct kept *target_of(struct kept *const *members, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (members[i]->target)
            return members[i];
    return len ? members[0] : NULL;
}

static void steer_to(struct kept *kept)
{
    struct kept *members[MEMBERS_MAX];
    size_t len = find_members(kept->handoff, &kept->endpoint, members);
    for (size_t i = 0; i < len; i++)
        members[i]->target = members[i] == kept;
    if (kept->member != NO_MEMBER && len > 1)
        (void)attach_one(kept->fd,
                         kept->member); /* what fails leaves it as it was: they are served */
}

struct kept *steer_find(struct handoff_child *child, const struct endpoint *endpoint, bool *fresh)
{
    struct kept *members[MEMBERS_MAX];
    size_t len = find_members(child->handoff, endpoint, members);
    bool steers = len > 0 && len < MEMBERS_MAX, served = false;
    *fresh = false;
    for (size_t i = 0; i < len; i++) {
        bool own =
            members[i]->member == NO_MEMBER; /* several that the app made: one after the other */
        if (listens_on(child, members[i]) != own)
            return members[i];
        steers = steers && members[i]->member != NO_MEMBER;
        served = served || is_served(members[i], child);
    }
    *fresh = steers && served;
    return target_of(members, len);
}

bool steer_bind(struct handoff *handoff, const struct endpoint *endpoint, int fd)
{
    struct kept *members[MEMBERS_MAX];
    size_t len = find_members(handoff, endpoint, members);
    for (size_t i = 0; i < len; i++)
        if (set_reuseport(members[i]->fd, 1) != 0)
            return false;
    if (set_reuseport(fd, 1) == 0 && handoff_bind_for(fd, endpoint) == 0)
        return true;
    (void)set_reuseport(fd, 0);
    return false;
}

int steer_listen(struct handoff *handoff, const struct endpoint *endpoint, int fd, int backlog,
                 int *member)
{
    struct kept *members[MEMBERS_MAX];
    size_t len = find_members(handoff, endpoint, members);
    int own = 0;
    socklen_t own_len = sizeof own;
    (void)getsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &own, &own_len);
    *member = NO_MEMBER;
    if (len > 0) {
        /* It came by steer_bind; else it is a second one that the app made by itself. */
        bool joins = own && members[0]->member != NO_MEMBER;
        *member = joins ? (int)len : NO_MEMBER;
    } else if (!own) {
        *member = begin_group(fd) == 0 ? 0 : NO_MEMBER;
    }
    return listen(fd, backlog);
}

/* shutdown(2) takes it out of its group, which comes to its end where it was alone. */
void steer_again(struct kept *kept)
{
    struct kept *members[MEMBERS_MAX];
    if (is_listening(kept->fd))
        return;
    bool steered = kept->member != NO_MEMBER;
    bool alone = find_members(kept->handoff, &kept->endpoint, members) == 1;
    if (alone && steered)
        kept->member = begin_group(kept->fd) == 0 ? 0 : NO_MEMBER;
    else if (steered)
        return; /* another one has the connections */
    (void)listen(kept->fd, SOMAXCONN);
}

void steer_begin(struct kept *kept)
{
    struct kept *members[MEMBERS_MAX];
    size_t len = find_members(kept->handoff, &kept->endpoint, members);
    bool served = false;
    for (size_t i = 0; i < len; i++)
        served = served || (members[i] != kept && is_served(members[i], NULL));
    if (!served)
        steer_to(kept);
}

void steer_away(const struct handoff_child *child)
{
    VEC_EACH (struct kept *, left, &child->listens) {
        struct kept *members[MEMBERS_MAX];
        size_t len = find_members(child->handoff, &(*left)->endpoint, members);
        if (!(*left)->target || is_served(*left, child))
            continue;
        for (size_t i = 0; i < len; i++) {
            if (is_served(members[i], child)) {
                steer_to(members[i]);
                break;
            }
        }
    }
}

void steer_drop(struct kept *kept)
{
    struct kept *members[MEMBERS_MAX];
    size_t len = find_members(kept->handoff, &kept->endpoint, members), left = 0;
    for (size_t i = 0; i < len; i++)
        if (members[i] != kept)
            members[left++] = members[i];
    if (left == 0 || kept->member == NO_MEMBER)
        return;
    (void)shutdown(kept->fd, SHUT_RDWR); /* out of the group, whoever else has it */
    struct kept *target = kept->target ? members[0] : target_of(members, left);
    for (size_t i = 0; i < left; i++)
        if (members[i]->member == (int)left)
            members[i]->member = kept->member;
    kept->member = NO_MEMBER;
    for (size_t i = 0; i < left; i++)
        members[i]->target = members[i] == target;
    (void)attach_one(target->fd, target->member);
}

/* --- for the service --- */

void handoff_child_take(struct handoff_child *child)
{
    if (!child)
        return;
    VEC_EACH (struct kept *, kept, &child->listens)
        steer_to(*kept);
}

void handoff_child_probe(struct handoff_child *child, uint16_t port)
{
    if (!child)
        return;
    VEC_EACH (struct kept *, kept, &child->listens) {
        struct kept *members[MEMBERS_MAX];
        size_t len = find_members(child->handoff, &(*kept)->endpoint, members);
        const struct kept *target = target_of(members, len);
        if ((*kept)->member != NO_MEMBER && target != *kept)
            (void)attach_probe((*kept)->fd, target->member, port, (*kept)->member);
    }
}

struct looked_for {
    uint16_t port;
    bool found;
};

static void compare_port(void *data, const struct sockdiag_socket *socket)
{
    struct looked_for *wanted = data;
    wanted->found = wanted->found || socket->port == wanted->port;
}

/* A connection may have begun before the program was changed; then it comes into the old queue when
   its handshake is complete. */
static bool has_handshake(const struct kept *kept)
{
    struct looked_for wanted = {.port = endpoint_port(&kept->endpoint)};
    (void)sockdiag_handshakes(AF_INET, compare_port, &wanted);
    if (!wanted.found && kept->endpoint.address.family == AF_INET6)
        (void)sockdiag_handshakes(AF_INET6, compare_port, &wanted);
    return wanted.found;
}

static bool has_queue(const struct kept *kept)
{
    struct tcp_info info = {0};
    socklen_t len = sizeof info;
    /* tcpi_unacked of a listener: the connections that wait to be accepted, tcp_get_info(). */
    return getsockopt(kept->fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 && info.tcpi_unacked > 0;
}

bool handoff_child_drained(const struct handoff_child *child)
{
    if (!child)
        return true;
    VEC_EACH (struct kept *, kept, &child->listens) {
        bool left = !(*kept)->target && (*kept)->member != NO_MEMBER && is_listening((*kept)->fd);
        /* In this order: what was a handshake may have become a part of the queue. */
        if (left && (has_handshake(*kept) || has_queue(*kept)))
            return false;
    }
    return true;
}

void handoff_child_leave(struct handoff_child *child)
{
    if (!child || child->leaves)
        return;
    child->leaves = true;
    steer_away(child);
}
