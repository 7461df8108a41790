/* TCP sockets of zonda's network namespace, for the files of Linux in this room. */
#ifndef ZONDA_PLATFORM_LINUX_SOCKDIAG_H
#define ZONDA_PLATFORM_LINUX_SOCKDIAG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

union sockdiag_place {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
};

/* Both return false where the kernel gives no such answer. */

/* Of the socket of a connection by its two ends; *inode is 0 while nobody has accepted it. */
bool sockdiag_inode(const union sockdiag_place *local, const union sockdiag_place *peer,
                    uint64_t *inode);
struct sockdiag_socket {
    uint16_t port;                  /* here */
    uint64_t inode;                 /* 0: nobody has accepted it */
    uint64_t received_bytes;        /* of a connection: by the kernel */
    uint32_t unread_bytes, idle_ms; /* by the app; since something came, be it an acknowledgement */
};
/* Call fn for each socket that listens, for each connection of a server whose handshake is not
   complete, for each connection; some may have been told before it fails. */
typedef void sockdiag_fn(void *data, const struct sockdiag_socket *socket);
bool sockdiag_listeners(int family, sockdiag_fn *fn, void *data);
bool sockdiag_handshakes(int family, sockdiag_fn *fn, void *data);
bool sockdiag_connections(int family, sockdiag_fn *fn, void *data);

#endif
