/*
 * What is done about a bind and about a listen of a child.
 *
 * A first bind passes, and what listens is kept at its listen(2). The bind of a later child gets
 * what is kept. Whatever is not understood passes: then the kernel answers as it would without
 * zonda.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "platform/linux_handoff.h"

/* --- bind --- */

void handoff_remember_bound(struct handoff_child *child, const struct endpoint *endpoint)
{
    if (child->bound.len < HANDOFF_BOUND_MAX)
        vec_push(&child->bound,
                 ((struct bound){.type = endpoint->type, .port = endpoint_port(endpoint)}));
}

static bool has_bound(const struct handoff_child *child, const struct endpoint *endpoint)
{
    VEC_EACH (const struct bound, bound, &child->bound)
        if (bound->type == endpoint->type && bound->port == endpoint_port(endpoint))
            return true;
    return false;
}

/* Has an older child that lives bound that port? A port that somebody else has is no conflict that
   could be mended by stopping the older child. */
bool handoff_older_has_port(const struct handoff_child *child, const struct endpoint *endpoint)
{
    if (endpoint_port(endpoint) == 0)
        return false;
    VEC_EACH (struct handoff_child *, older, &child->handoff->children) {
        if (*older == child)
            return false;
        if (has_bound(*older, endpoint))
            return true;
    }
    return false;
}

/* 0, or an errno. A bind that was made already, by an answer that was cancelled, is made. */
int handoff_bind_for(int fd, const struct endpoint *endpoint)
{
    if (bind(fd, &endpoint->address.any, endpoint->len) == 0)
        return 0;
    int errnum = errno;
    union address at;
    struct endpoint now = {.type = endpoint->type};
    socklen_t len = sizeof at;
    if (errnum == EINVAL && getsockname(fd, &at.any, &len) == 0) {
        now.address = at;
        if (endpoint_port(&now) == endpoint_port(endpoint))
            return 0;
    }
    return errnum;
}

bool handoff_park(struct handoff_child *child, struct parked parked)
{
    const struct endpoint *endpoint = &parked.endpoint;
    char what[64];
    if (child->parked.len >= HANDOFF_PARKED_MAX)
        return false;
    vec_push(&child->parked, parked);
    (void)snprintf(what, sizeof what, "%s port %u",
                   endpoint->type == SOCK_STREAM  ? "TCP"
                   : endpoint->type == SOCK_DGRAM ? "UDP"
                                                  : "another",
                   endpoint_port(endpoint));
    child->events.on_conflict(child->events.data, what);
    return true;
}

/* A place where nothing is kept; fd is moved. */
static void bind_elsewhere(struct handoff_child *child, uint64_t id,
                           const struct endpoint *endpoint, int fd)
{
    bool conflict = handoff_older_has_port(child, endpoint), unused = false;
    int errnum = 0;
    VEC_EACH (struct kept *, kept, &child->handoff->sockets)
        unused = unused || (endpoint_port(endpoint) &&
                            endpoint_port(&(*kept)->endpoint) == endpoint_port(endpoint));
    if (conflict || unused)
        errnum = handoff_bind_for(fd, endpoint);
    /* Another address of a port whose socket is kept though nobody listens on it any more. */
    if (errnum == EADDRINUSE && kept_drop_in_the_way(child->handoff, endpoint))
        errnum = handoff_bind_for(fd, endpoint);
    handoff_remember_bound(child, endpoint);
    if (conflict && errnum == EADDRINUSE &&
        handoff_park(child, (struct parked){.id = id, .fd = fd, .endpoint = *endpoint}))
        return;
    (void)close(fd);
    if (conflict || unused)
        handoff_answer(child, id, errnum);
    else
        handoff_let_pass(child, id);
}

/* fd over the number theirs of the caller. 0, or -1. */
static int put_fd(const struct handoff_child *child, uint64_t id, const struct caller *caller,
                  int fd, int theirs)
{
    struct seccomp_notif_addfd add = {.id = id,
                                      .flags = SECCOMP_ADDFD_FLAG_SETFD,
                                      .srcfd = (uint32_t)fd,
                                      .newfd = (uint32_t)theirs};
    if (caller_is_cloexec(caller, theirs))
        add.newfd_flags = O_CLOEXEC;
    if (ioctl(child->fd, SECCOMP_IOCTL_NOTIF_ADDFD, &add) >= 0)
        return 0;
    if (errno != ENOENT && errno != EINPROGRESS)
        handoff_refuse(child->handoff, "a socket cannot be put into the app", errno);
    return -1;
}

bool handoff_put(struct handoff_child *child, uint64_t id, const struct caller *caller,
                 const struct kept *kept, int theirs)
{
    bool put = put_fd(child, id, caller, kept->fd, theirs) == 0;
    if (put)
        handoff_answer(child, id, 0);
    else
        handoff_let_pass(child, id);
    return put;
}

/* The kept socket over the number theirs of the caller, whose own socket there is fd. */
static void hand_over(struct handoff_child *child, uint64_t id, const struct caller *caller,
                      const struct kept *kept, int theirs, int fd)
{
    if (socket_inode(fd) == kept->ino) { /* it has it: the first answer was cancelled */
        handoff_answer(child, id, 0);
        return;
    }
    if (caller_has_socket(caller,
                          kept->ino)) { /* its own second socket there: the kernel decides */
        handoff_let_pass(child, id);
        return;
    }
    (void)handoff_put(child, id, caller, kept, theirs);
}

/* The endpoint of a bind call; false where it is none that is ever kept or can be in conflict. */
static bool read_bind(struct handoff *handoff, const struct caller *caller,
                      const struct seccomp_data *call, struct endpoint *endpoint)
{
    *endpoint = (struct endpoint){.len = (socklen_t)call->args[2]};
    if (call->args[2] <= sizeof(sa_family_t) || call->args[2] > sizeof endpoint->address)
        return false;
    errno = 0;
    if (!caller_read(caller, call->args[1], &endpoint->address, endpoint->len)) {
        if (handoff_is_refusal(errno))
            handoff_refuse(handoff, "the app's memory cannot be read", errno);
        return false;
    }
    switch (endpoint->address.family) {
    case AF_INET:
        return endpoint->len >= sizeof(struct sockaddr_in) && endpoint_port(endpoint);
    case AF_INET6:
        return endpoint->len >= offsetof(struct sockaddr_in6, sin6_scope_id) &&
               endpoint_port(endpoint);
    case AF_UNIX:
        return endpoint->len <= sizeof(struct sockaddr_un) &&
               (!endpoint_is_path(endpoint) || caller_absolute(caller, endpoint));
    default:
        return false;
    }
}

void handoff_answer_bind(struct handoff_child *child, uint64_t id, const struct caller *caller,
                         const struct seccomp_data *call)
{
    struct endpoint endpoint;
    int theirs = (int)call->args[0], fd = -EBADF; /* EPERM is 1 */
    if (!read_bind(child->handoff, caller, call, &endpoint) || !handoff_is_valid(child, id) ||
        (fd = caller_take_fd(caller, theirs)) < 0) {
        if (handoff_is_refusal(-fd))
            handoff_blind_bind(child, id, caller, &endpoint, theirs);
        else
            handoff_let_pass(child, id);
        return;
    }
    if (!endpoint_of(fd, &endpoint)) {
        (void)close(fd);
        handoff_let_pass(child, id);
        return;
    }
    bool fresh = false;
    struct kept *kept = steer_find(child, &endpoint, &fresh);
    if (kept && kept->path.path && !path_restore(kept)) { /* it is somebody else's by now */
        kept = NULL;
    }
    if (!kept) {
        bind_elsewhere(child, id, &endpoint, fd);
        return;
    }
    handoff_remember_bound(child, &endpoint);
    if (fresh && !caller_has_socket(caller, kept->ino) && steer_bind(child->handoff, &endpoint, fd))
        handoff_answer(child, id, 0);
    else
        hand_over(child, id, caller, kept, theirs, fd);
    (void)close(fd);
}

/* --- listen --- */

void handoff_note_listens(struct handoff_child *child, struct kept *kept)
{
    VEC_EACH (struct kept *, one, &child->listens)
        if (*one == kept)
            return;
    vec_push(&child->listens, kept);
    kept->users++;
}

/* Where fd is bound; false where it is not kept. */
static bool is_wanted(const struct handoff_child *child, int fd, struct endpoint *endpoint)
{
    *endpoint = (struct endpoint){.len = sizeof endpoint->address};
    if (!endpoint_of(fd, endpoint) || endpoint->type != SOCK_STREAM ||
        getsockname(fd, &endpoint->address.any, &endpoint->len) != 0 ||
        child->handoff->sockets.len >= HANDOFF_SOCKETS_MAX)
        return false;
    if (endpoint->address.family == AF_UNIX)
        return endpoint->len > offsetof(struct sockaddr_un, sun_path);
    return has_bound(child, endpoint); /* a port that the kernel chose will be another one */
}

/* The path as zonda can use it; the kernel has kept it as the app wrote it. */
static bool keep_path(struct handoff *handoff, const struct caller *caller, struct kept *kept)
{
    if (!endpoint_is_path(&kept->endpoint) ||
        (caller_absolute(caller, &kept->endpoint) && path_keep(kept)))
        return true;
    handoff_refuse(handoff, "the path of a Unix socket cannot be linked", EPERM);
    return false;
}

/* A socket that is not kept begins to listen; fd is moved. Whether it listens. */
static bool listen_first(struct handoff_child *child, const struct caller *caller, int fd,
                         int backlog)
{
    struct endpoint endpoint;
    int member = -1;
    bool wanted = is_wanted(child, fd, &endpoint);
    bool is_tcp = wanted && endpoint.address.family != AF_UNIX;
    bool listens = is_tcp ? steer_listen(child->handoff, &endpoint, fd, backlog, &member) == 0
                          : listen(fd, backlog) == 0;
    if (!wanted || !listens) {
        (void)close(fd);
        return listens;
    }
    struct kept *kept = kept_add(child->handoff, &endpoint, fd);
    kept->member = member;
    if (keep_path(child->handoff, caller, kept)) {
        handoff_note_listens(child, kept);
        steer_begin(kept);
    } else {
        kept_drop(child->handoff, kept);
    }
    return true;
}

/* The one beside which the caller bound a socket of its own has gone by now, and connections may
   wait in its queue: the caller gets that one. */
static void take_over(struct handoff_child *child, uint64_t id, const struct caller *caller,
                      int theirs, int *fd)
{
    struct endpoint endpoint;
    bool fresh = false;
    struct kept *kept =
        is_wanted(child, *fd, &endpoint) ? steer_find(child, &endpoint, &fresh) : NULL;
    if (!kept || fresh || kept->member < 0 || caller_has_socket(caller, kept->ino) ||
        put_fd(child, id, caller, kept->fd, theirs) != 0)
        return;
    (void)close(*fd);
    *fd = caller_take_fd(caller, theirs);
}

void handoff_answer_listen(struct handoff_child *child, uint64_t id, const struct caller *caller,
                           const struct seccomp_data *call)
{
    int theirs = (int)call->args[0], backlog = (int)call->args[1];
    int fd = caller_take_fd(caller, theirs);
    if (fd < 0 && handoff_is_refusal(-fd)) {
        handoff_blind_listen(child, id, caller, theirs, backlog);
        return;
    }
    if (fd < 0 || !handoff_is_valid(child, id)) {
        if (fd >= 0)
            (void)close(fd);
        handoff_let_pass(child, id);
        return;
    }
    if (!kept_by_inode(child->handoff, socket_inode(fd)))
        take_over(child, id, caller, theirs, &fd);
    struct kept *kept = kept_by_inode(child->handoff, socket_inode(fd));
    /* Connections queue from here on: whoever hears of the listener may connect. */
    bool listens = false;
    if (!kept) {
        listens = listen_first(child, caller, fd, backlog);
    } else {
        listens = listen(fd, backlog) == 0;
        (void)close(fd);
        if (listens) {
            handoff_note_listens(child, kept);
            steer_begin(kept);
        }
    }
    handoff_let_pass(child, id);
    if (listens)
        child->events.on_listen(child->events.data);
}
