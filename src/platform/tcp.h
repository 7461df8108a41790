/*
 * TCP connections to a port of this machine, tcp(7).
 *
 * The descriptor is the caller's, CLOEXEC and non-blocking.
 */
#ifndef ZONDA_PLATFORM_TCP_H
#define ZONDA_PLATFORM_TCP_H

#include <stdint.h>

#include "base/err.h"

/* Begins to connect to 127.0.0.1; it is decided when the descriptor is writable. ERR_SYSTEM where
   it was refused at once. */
int tcp_connect(uint16_t port, struct err *err);
int tcp_outcome(int fd, struct err *err); /* of connecting: 0, or ERR_SYSTEM */

#endif
