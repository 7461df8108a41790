/*
 * Stream sockets for servers and clients: TCP over IPv4 and IPv6, and Unix sockets by path.
 * tcp(7), ipv6(7), unix(7).
 *
 * Every descriptor is non-blocking, CLOEXEC and the caller's; fs_fd_close() ends it, after its
 * struct io (platform/loop.h) was freed. No call waits and none raises SIGPIPE. What failed is told
 * as the errno of the call, which the caller sorts with tcp_fault_of.
 */
#ifndef ZONDA_PLATFORM_TCP_H
#define ZONDA_PLATFORM_TCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum tcp_family { TCP_NONE, TCP_IPV4, TCP_IPV6, TCP_LOCAL };

#define TCP_PATH_BYTES 108 /* sun_path, unix(7) */
#define TCP_TEXT_BYTES 128

/* A plain value: copied, compared, owned by nobody. */
struct tcp_address {
    enum tcp_family family;
    uint16_t port;  /* of the two IP families */
    uint8_t ip[16]; /* in network order; the first 4 bytes for IPv4 */
    char path[TCP_PATH_BYTES];
};

/* A numeric address or "localhost", which is 127.0.0.1. Names are not looked up. ERR_USAGE. */
int tcp_address_parse(struct tcp_address *address, const char *host, uint16_t port,
                      struct err *err);
/* ERR_USAGE where path does not fit. */
int tcp_address_local(struct tcp_address *address, const char *path, struct err *err);
/* "127.0.0.1:8080", "[::1]:8080", "unix:/run/app.sock". Returns text. */
const char *tcp_address_text(const struct tcp_address *address, char text[TCP_TEXT_BYTES]);
/* The same without the port: what X-Forwarded-For carries. "" for a Unix socket. */
const char *tcp_address_ip_text(const struct tcp_address *address, char text[TCP_TEXT_BYTES]);
bool tcp_address_equal(const struct tcp_address *a, const struct tcp_address *b);
bool tcp_address_is_loopback(const struct tcp_address *address); /* a Unix socket is */

/* --- listening --- */
/* Binds and listens (SO_REUSEADDR; IPv6 sockets take IPv6 only). Port 0 takes a free one; bound
   (may be NULL) tells which. The fd, or ERR_SYSTEM that names the address. */
int tcp_listen(const struct tcp_address *address, struct tcp_address *bound, struct err *err);
/* The next connection (TCP_NODELAY), or -1 with errno: EAGAIN where there is none, EMFILE and its
   kind where the caller had better wait. peer may be NULL. */
int tcp_accept(int listener, struct tcp_address *peer);

/* --- connecting --- */
/* A socket that connects (TCP_NODELAY): the fd, or -1 with errno. With *pending, its end is told by
   IO_WRITE or IO_HANGUP, and then by tcp_connected. A Unix socket is never pending; EAGAIN says
   that its listener's queue is full. */
int tcp_connect(const struct tcp_address *address, bool *pending);
int tcp_connected(int fd); /* 0, or the errno of the connect, SO_ERROR of socket(7) */

/* What an errno means for one who wants to try again or to tell a person. */
enum tcp_fault { TCP_REFUSED, TCP_UNREACHABLE, TCP_TIMEOUT, TCP_RESET, TCP_BUSY, TCP_OTHER };
enum tcp_fault tcp_fault_of(int errnum);

/* --- bytes --- */
struct tcp_piece { /* as struct iovec of readv(2) */
    const void *data;
    size_t len;
};
#define TCP_PIECES_MAX 8
/* Bytes moved, 0 at the end of what the peer sends, or -1 with errno (EAGAIN: not now). */
long tcp_read(int fd, void *data, size_t len);
/* At most TCP_PIECES_MAX pieces in one call. Bytes taken, or -1 with errno. */
long tcp_write(int fd, const struct tcp_piece *pieces, size_t count);
void tcp_reset(int fd); /* its close(2) will be seen as broken off, SO_LINGER of socket(7) */
void tcp_end(int fd);   /* nothing more will be sent, shutdown(2) */

#endif
