/*
 * Unix stream sockets by path, for the control socket. unix(7).
 */
#ifndef ZONDA_PLATFORM_LOCAL_SOCKET_H
#define ZONDA_PLATFORM_LOCAL_SOCKET_H

#include "base/err.h"

/* A listening socket at path (mode 0600 from the start, non-blocking, CLOEXEC). A path where
   nobody answers is replaced; ERR_USAGE where somebody does. The fd, or a negative code. */
int local_socket_listen(const char *path, struct err *err);
/* A connected blocking socket. The fd, or ERR_SYSTEM. */
int local_socket_connect(const char *path, struct err *err);
/* Next connection (non-blocking, CLOEXEC) of this user (SO_PEERCRED), or -1 when there is none. */
int local_socket_accept(int listener);

#endif
