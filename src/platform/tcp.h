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

#endif
