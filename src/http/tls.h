/*
 * TLS 1.2 and 1.3 by OpenSSL 3, which is loaded when a context or a digest is first wanted.
 *
 * Life-cycle: a context is made once and outlives the servers and clients that use it; sessions are
 * conn.c's. ALPN says http/1.1 (RFC 7301).
 */
#ifndef ZONDA_HTTP_TLS_H
#define ZONDA_HTTP_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct tls_context;

/* A server's, from PEM files: a certificate with its chain, and its key. ERR_CONFIG. */
struct tls_context *tls_server_new(const char *cert_path, const char *key_path, struct err *err);
/* A client's. ca_path: a PEM file of what is trusted; NULL: the system's store. insecure: any
 * certificate is accepted. */
struct tls_context *tls_client_new(const char *ca_path, bool insecure, struct err *err);
void tls_context_free(struct tls_context *context); /* NULL is allowed */

/* A self-made certificate for localhost, 127.0.0.1 and ::1 (EC P-256, SHA-256, 397
   days): made below dir as cert.pem (0644) and key.pem (0600) unless a pair is there that is good
   for a week longer. The paths are heap strings. */
int tls_self_made(const char *dir, char **cert_path, char **key_path, struct err *err);

/* --- digests for protocols: below 0 where OpenSSL is not installed --- */
int tls_sha1(const void *data, size_t len, uint8_t digest[20]); /* RFC 6455's handshake */
int tls_base64(const void *data, size_t len, char *text); /* room for 4 * ((len + 2) / 3) + 1 */

/* --- sessions: for conn.c --- */
struct tls_session;
struct tls_session *tls_session_new(struct tls_context *context, int fd, const char *name);
void tls_session_free(struct tls_session *session);
/* As read(2) and write(2): TLS_WANT_* where the socket must become readable or writable first (of
   either call), 0 at the peer's proper end, TLS_FAILED. */
#define TLS_WANT_READ  (-1)
#define TLS_WANT_WRITE (-2)
#define TLS_FAILED     (-3)
long tls_read(struct tls_session *session, void *data, size_t len);
bool tls_pending(const struct tls_session *session); /* bytes are there that were decoded */
long tls_write(struct tls_session *session, const void *data, size_t len);
int tls_end(struct tls_session *session); /* close_notify: 0, or one of the above */

#endif
