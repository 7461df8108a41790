/*
 * TCP ports of this machine. tcp(7).
 */
#ifndef ZONDA_PLATFORM_LOOPBACK_H
#define ZONDA_PLATFORM_LOOPBACK_H

#include <stdbool.h>
#include <stdint.h>

/* Could a server bind port now, whatever its address? It is tried, on all addresses of IPv4 and of
   IPv6, and given back at once. Where this user may not bind it at all, the answer is yes. */
bool loopback_port_is_free(uint16_t port);

/* A descriptor (non-blocking, CLOEXEC) that is bound to a port of loopback, or a negative errno. */
int loopback_open(bool v6, uint16_t *port);
/* Connects it to port on loopback. 0, or an errno. The connection is made when the descriptor can
   be written to; tcp_connected of platform/tcp.h says what became of it. */
int loopback_connect(int fd, uint16_t port, bool v6);

/* The inode of the socket at the other end of a connection of this machine, by which
   tree_socket_owner knows it; 0 until somebody has accepted the connection. From the kernel's
   table of sockets, sock_diag(7), or proc_net(5) where there is no such answer. */
uint64_t loopback_peer_inode(int fd);

#endif
