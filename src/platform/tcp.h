/*
 * TCP ports of this machine. tcp(7).
 */
#ifndef ZONDA_PLATFORM_TCP_H
#define ZONDA_PLATFORM_TCP_H

#include <stdbool.h>
#include <stdint.h>

/* Could a server bind port now, whatever its address? It is tried, on all addresses of IPv4 and of
   IPv6, and given back at once. Where this user may not bind it at all, the answer is yes. */
bool tcp_port_is_free(uint16_t port);

/* A connection to port on loopback, which is made when the descriptor (non-blocking, CLOEXEC) can
   be written to; tcp_error is 0 then. A negative errno where there is none. */
int tcp_connect(uint16_t port, bool v6);
int tcp_error(int fd);

/* The inode of the socket at the other end of a connection of this machine, by which
   process_has_socket knows it; 0 until somebody has accepted the connection. From the kernel's
   table of sockets, sock_diag(7), or proc_net(5) where there is no such answer. */
uint64_t tcp_peer_inode(int fd);

#endif
