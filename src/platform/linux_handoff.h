/*
 * The inside of the hand-off on Linux, shared by the files linux_handoff*.c and linux_spawn.c.
 *
 *   linux_handoff.c          the children, and what is heard of them
 *   linux_handoff_calls.c    what is done about a bind and a listen
 *   linux_handoff_blind.c    the same where the app's sockets cannot be taken
 *   linux_handoff_filter.c   the filter in the child, and its descriptor's way to zonda
 *   linux_handoff_caller.c   the process that calls: its memory, its descriptors
 *   linux_handoff_sockets.c  the kept sockets, found by their address
 *   linux_handoff_steer.c    several sockets of one address, and who gets the new connections
 *   linux_handoff_path.c     what keeps the path of a Unix socket alive
 */
#ifndef ZONDA_PLATFORM_LINUX_HANDOFF_H
#define ZONDA_PLATFORM_LINUX_HANDOFF_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#include "base/vec.h"
#include "platform/handoff.h"

#define HANDOFF_SOCKETS_MAX 256 /* kept at a time; further ones are not */
#define HANDOFF_BOUND_MAX   256 /* remembered of a child */
#define HANDOFF_PARKED_MAX  64

union address {
    sa_family_t family;
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_un un;
    struct sockaddr_storage storage;
};

/* What a socket is and where it is bound. */
struct endpoint {
    union address address; /* a relative Unix path is made absolute */
    socklen_t len;
    int type, protocol; /* socket(2) */
    bool v6only;
};

/* The path of a Unix socket, kept alive by a second link to its inode. */
struct kept_path {
    char *path, *spare; /* NULL: none */
    dev_t dev;
    ino_t ino;
    bool removed; /* the app unlinked it, and it was put back */
};

struct kept {
    struct handoff *handoff;
    struct endpoint endpoint;
    int fd;
    ino_t ino; /* of the socket, in sockfs */
    unsigned users;
    const struct handoff_child *maker; /* bound for it, and it does not listen yet; or NULL */
    int member;  /* its number in the kernel's group, or -1: it cannot be steered */
    bool target; /* of its address: it gets the new connections */
    struct kept_path path;
    int watch_fd; /* inotify(7) on the directory of the path, or -1 */
    struct io *watch;
};

struct handoff {
    struct loop *loop;
    VEC(struct kept *) sockets;
    VEC(struct handoff_child *) children; /* oldest first */
    char refused[160];
};

/* A bind that was made or let pass. */
struct bound {
    int type;
    uint16_t port;
};

/* A bind that waits for the older child to go. */
struct parked {
    uint64_t id;
    int fd; /* the app's socket; -1 where it cannot be taken, and then: */
    pid_t thread;
    int theirs;
    struct endpoint endpoint;
};

struct handoff_child {
    struct handoff *handoff;
    struct handoff_events events;
    int fd; /* of the notifications, or -1 */
    struct io *io;
    bool works;
    bool leaves; /* it is being stopped, or has ended */
    VEC(struct kept *) listens;
    VEC(struct bound) bound;
    VEC(struct parked) parked;
};

/* linux_handoff_filter.c */
/* In the child, right before execve(2): installs the filter and sends its descriptor, or why there
   is none, through channel. Async-signal-safe. */
void linux_handoff_install(int channel);
/* In zonda: the descriptor (CLOEXEC), or a negative errno. Does not wait. */
int linux_handoff_receive(int channel);

/* linux_handoff.c */
/* listener is moved; a negative one is an errno. */
void linux_handoff_attach(struct handoff_child *child, int listener);
/* Each call has the id of its notification. */
void handoff_let_pass(const struct handoff_child *child, uint64_t id);
void handoff_answer(const struct handoff_child *child, uint64_t id, int errnum); /* 0: success */
bool handoff_is_valid(const struct handoff_child *child, uint64_t id);
void handoff_refuse(struct handoff *handoff, const char *what, int errnum);

/* linux_handoff_calls.c */
struct caller;
struct seccomp_data;
void handoff_answer_bind(struct handoff_child *child, uint64_t id, const struct caller *caller,
                         const struct seccomp_data *call);
void handoff_answer_listen(struct handoff_child *child, uint64_t id, const struct caller *caller,
                           const struct seccomp_data *call);
int handoff_bind_for(int fd, const struct endpoint *endpoint); /* 0, or an errno */
void handoff_remember_bound(struct handoff_child *child, const struct endpoint *endpoint);
bool handoff_older_has_port(const struct handoff_child *child, const struct endpoint *endpoint);
bool handoff_park(struct handoff_child *child, struct parked parked); /* false: too many wait */
void handoff_note_listens(struct handoff_child *child, struct kept *kept);
/* Puts kept over the number theirs of the caller, and answers. false: it did not work, and the call
   was let pass. */
bool handoff_put(struct handoff_child *child, uint64_t id, const struct caller *caller,
                 const struct kept *kept, int theirs);

/* linux_handoff_blind.c */
bool handoff_is_refusal(int errnum); /* the system does not allow it */
void handoff_blind_bind(struct handoff_child *child, uint64_t id, const struct caller *caller,
                        struct endpoint *endpoint, int theirs);
void handoff_blind_let(struct handoff_child *child, struct parked *parked);
void handoff_blind_listen(struct handoff_child *child, uint64_t id, const struct caller *caller,
                          int theirs, int backlog);

/* linux_handoff_caller.c */
struct caller {
    pid_t thread, leader;
    int pidfd;
};
int caller_open(pid_t thread, struct caller *caller); /* 0, or a negative errno */
void caller_close(struct caller *caller);
bool caller_read(const struct caller *caller, uint64_t at, void *to, size_t len);
int caller_take_fd(const struct caller *caller, int fd); /* CLOEXEC; or a negative errno */
bool caller_is_cloexec(const struct caller *caller, int fd);
bool caller_is_nonblock(const struct caller *caller, int fd);
ino_t caller_inode(const struct caller *caller, int fd); /* of a socket; 0: it is none, or hidden */
/* The kind of socket it is, by the name of its protocol; false where that is not known. */
bool caller_kind(const struct caller *caller, int fd, struct endpoint *endpoint);
bool caller_has_socket(const struct caller *caller, ino_t ino);
/* path of a sockaddr_un, made absolute by the caller's working directory; false: too long. */
bool caller_absolute(const struct caller *caller, struct endpoint *endpoint);

/* linux_handoff_sockets.c */
bool endpoint_of(int fd, struct endpoint *endpoint); /* type, protocol, v6only; not the address */
uint16_t endpoint_port(const struct endpoint *endpoint); /* 0: none */
bool endpoint_is_path(const struct endpoint *endpoint);
bool endpoint_same(const struct endpoint *a, const struct endpoint *b);
ino_t socket_inode(int fd);
struct kept *kept_by_inode(struct handoff *handoff, ino_t ino);
struct kept *kept_add(struct handoff *handoff, const struct endpoint *endpoint, int fd); /* moved */
void kept_drop(struct handoff *handoff, struct kept *kept);
/* Closes what is kept of this port and nobody listens on any more; was there any? */
bool kept_drop_in_the_way(struct handoff *handoff, const struct endpoint *endpoint);

/* linux_handoff_steer.c */
/* The kept socket that a bind of child is to get, or NULL; *fresh: better one of its own. */
struct kept *steer_find(struct handoff_child *child, const struct endpoint *endpoint, bool *fresh);
/* Binds the fresh fd beside those that are kept; false: it is as it was. */
bool steer_bind(struct handoff *handoff, const struct endpoint *endpoint, int fd);
/* listen(2) for the first time, as a member of the group of its address; member: its number, or -1.
   New connections go where they went before. */
int steer_listen(struct handoff *handoff, const struct endpoint *endpoint, int fd, int backlog,
                 int *member);
void steer_begin(struct kept *kept); /* it is listened on: new connections, where nobody else is */
void steer_again(struct kept *kept); /* a server may have shut it down, and so for everybody */
void steer_away(const struct handoff_child *child); /* to others, where there are any */
void steer_drop(struct kept *kept);                 /* before it is closed */

/* linux_handoff_path.c */
bool path_keep(struct kept *kept);    /* false: it cannot be kept */
bool path_restore(struct kept *kept); /* puts it back where it is gone; is it there? */
void path_release(struct kept *kept);

#endif
