/*
 * Where pidfd_getfd(2) is refused, as the filters of some containers do: the app's own sockets
 * cannot be taken, and so zonda makes the socket at bind(2) and puts it in the place of the app's.
 *
 * What the app has set on its socket before bind is lost but for O_NONBLOCK and O_CLOEXEC:
 * SO_REUSEADDR is on, and a wildcard of IPv6 takes IPv4 as well where it can, as Go and others have
 * it.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/linux_handoff.h"

bool handoff_is_refusal(int errnum)
{
    return errnum == EPERM || errnum == EACCES || errnum == ENOSYS;
}

static int bind_new(const struct endpoint *endpoint, int flags, int v6only)
{
    int on = 1, family = endpoint->address.family;
    int fd = socket(family, endpoint->type | SOCK_CLOEXEC | flags, endpoint->protocol);
    if (fd < 0)
        return -errno;
    if (family != AF_UNIX)
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, sizeof v6only);
    if (bind(fd, &endpoint->address.any, endpoint->len) == 0)
        return fd;
    int errnum = errno;
    (void)close(fd);
    return -errnum;
}

/* Has the app this port for IPv4 already, so that a socket for both cannot be meant? */
static bool has_ipv4(const struct handoff *handoff, const struct endpoint *endpoint)
{
    if (endpoint->address.family != AF_INET6)
        return false;
    VEC_EACH (struct kept *, kept, &handoff->sockets)
        if ((*kept)->endpoint.address.family == AF_INET &&
            endpoint_port(&(*kept)->endpoint) == endpoint_port(endpoint))
            return true;
    return false;
}

/* A socket that is bound there, or a negative errno. */
static int make(struct handoff *handoff, const struct endpoint *endpoint, int flags)
{
    int fd = bind_new(endpoint, flags, 0);
    if (fd == -EADDRINUSE && kept_drop_in_the_way(handoff, endpoint))
        fd = bind_new(endpoint, flags, 0);
    if (fd == -EADDRINUSE && has_ipv4(handoff, endpoint))
        fd = bind_new(endpoint, flags, 1);
    return fd;
}

static void bind_anew(struct handoff_child *child, uint64_t id, const struct caller *caller,
                      const struct endpoint *endpoint, int theirs)
{
    struct handoff *handoff = child->handoff;
    int flags = caller_is_nonblock(caller, theirs) ? SOCK_NONBLOCK : 0;
    int fd = handoff->sockets.len < HANDOFF_SOCKETS_MAX ? make(handoff, endpoint, flags) : -EMFILE;
    if (fd == -EADDRINUSE && handoff_older_has_port(child, endpoint) &&
        handoff_park(child, (struct parked){.id = id,
                                            .fd = -1,
                                            .thread = caller->thread,
                                            .theirs = theirs,
                                            .endpoint = *endpoint}))
        return;
    if (fd < 0) {
        handoff_let_pass(child, id); /* and the kernel says what it says without zonda */
        return;
    }
    struct kept *kept = kept_add(handoff, endpoint, fd);
    bool keeps = !endpoint_is_path(endpoint) || path_keep(kept);
    if (!keeps)
        handoff_refuse(handoff, "the path of a Unix socket cannot be linked", EPERM);
    kept->maker = child;
    if (!handoff_put(child, id, caller, kept, theirs) || !keeps)
        kept_drop(handoff, kept);
}

void handoff_blind_bind(struct handoff_child *child, uint64_t id, const struct caller *caller,
                        struct endpoint *endpoint, int theirs)
{
    struct kept *kept = NULL;
    bool fresh = false; /* old and new share one */
    if (!caller_kind(caller, theirs, endpoint)) {
        handoff_let_pass(child, id);
        return;
    }
    handoff_remember_bound(child, endpoint);
    if (endpoint->type == SOCK_STREAM)
        kept = steer_find(child, endpoint, &fresh);
    if (kept && kept->path.path && !path_restore(kept))
        kept = NULL;
    if (kept && caller_inode(caller, theirs) == kept->ino)
        handoff_answer(child, id, 0); /* the first answer was cancelled */
    else if (kept && caller_has_socket(caller, kept->ino))
        handoff_let_pass(child, id);
    else if (kept)
        (void)handoff_put(child, id, caller, kept, theirs);
    else if (endpoint->type == SOCK_STREAM)
        bind_anew(child, id, caller, endpoint, theirs);
    else if (!handoff_older_has_port(child, endpoint) ||
             !handoff_park(child, (struct parked){.id = id,
                                                  .fd = -1,
                                                  .thread = caller->thread,
                                                  .theirs = theirs,
                                                  .endpoint = *endpoint}))
        handoff_let_pass(child, id);
}

void handoff_blind_let(struct handoff_child *child, struct parked *parked)
{
    struct caller caller;
    if (parked->endpoint.type != SOCK_STREAM || caller_open(parked->thread, &caller) != 0) {
        handoff_let_pass(child, parked->id);
        return;
    }
    bind_anew(child, parked->id, &caller, &parked->endpoint, parked->theirs);
    caller_close(&caller);
}

void handoff_blind_listen(struct handoff_child *child, uint64_t id, const struct caller *caller,
                          int theirs, int backlog)
{
    ino_t ino = caller_inode(caller, theirs);
    struct kept *kept = ino ? kept_by_inode(child->handoff, ino) : NULL;
    if (!ino)
        handoff_refuse(child->handoff, "the app's sockets cannot be read", EPERM);
    if (kept && listen(kept->fd, backlog) == 0) {
        kept->maker = NULL;
        handoff_note_listens(child, kept);
    }
    handoff_let_pass(child, id);
    child->events.on_listen(child->events.data);
}
