/*
 * Unix stream sockets by path, for the control socket. unix(7).
 *
 * Descriptors are the caller's and CLOEXEC. No call raises SIGPIPE.
 */
#ifndef ZONDA_PLATFORM_LOCAL_SOCKET_H
#define ZONDA_PLATFORM_LOCAL_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* --- listening --- */
/* A listening socket at path (mode 0600 from the start, non-blocking, CLOEXEC). A path where
   nobody answers is replaced; ERR_USAGE where somebody does. The fd, or a negative code. Two that
   come at the same time are put in order by a lock on the directory. */
int local_socket_listen(const char *path, struct err *err);
/* Next connection (non-blocking, CLOEXEC) of this user (SO_PEERCRED), or -1 when there is none. */
int local_socket_accept(int listener);
/* The pid of the process that listens at path, or 0. */
int local_socket_holder(const char *path);

/* --- talking --- */
/* A connected blocking socket; waits at most 2 s for a busy listener. The fd, or ERR_SYSTEM. */
int local_socket_connect(const char *path, struct err *err);
/* As write(2), without waiting: the bytes sent, or -1 with errno (EAGAIN when it would block). */
long local_socket_send(int fd, const void *data, size_t len);
/* The peer has closed its socket wholly; false where it has only shut down its sending side. */
bool local_socket_gone(int fd);

#define LOCAL_SOCKET_TIMEOUT (-2001)
/* Sends len bytes and reads one line into answer, without its newline. Blocks for at most
   timeout_ms (0: for ever). ERR_SYSTEM, also where the peer ends before its line does, or
   LOCAL_SOCKET_TIMEOUT (err filled as for ERR_SYSTEM). */
int local_socket_exchange(int fd, const void *data, size_t len, uint32_t timeout_ms,
                          struct buf *answer, struct err *err);

#endif
