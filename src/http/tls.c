#include "http/tls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http/openssl.h"
#include "platform/tcp.h"

struct tls_context {
    SSL_CTX *ssl;
    BIO_METHOD *method;
    bool server, insecure;
};

struct tls_session {
    SSL *ssl;
    int fd;
};

static const unsigned char ALPN[] = "\x08http/1.1";
#define ALPN_BYTES (sizeof ALPN - 1)

/* What OpenSSL has to say, in err's words. */
static int fail(struct err *err, int code, const char *what, const char *path)
{
    char text[256];
    openssl.ERR_error_string_n(openssl.ERR_peek_last_error(), text, sizeof text);
    openssl.ERR_clear_error();
    return err_set(err, code, "%s %s: %s", what, path, text);
}

/* --- a socket as OpenSSL sees it: by platform/tcp.h, which raises no SIGPIPE --- */

static int socket_read(BIO *bio, char *data, int len)
{
    const struct tls_session *session = openssl.BIO_get_data(bio);
    long got = tcp_read(session->fd, data, (size_t)len);
    openssl.BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
    if (got < 0 && errno == EAGAIN)
        openssl.BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY);
    if (got == 0)
        openssl.BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return (int)got;
}

static int socket_write(BIO *bio, const char *data, int len)
{
    const struct tls_session *session = openssl.BIO_get_data(bio);
    long sent = tcp_write(session->fd, &(struct tcp_piece){data, (size_t)len}, 1);
    openssl.BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
    if (sent < 0 && errno == EAGAIN)
        openssl.BIO_set_flags(bio, BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY);
    return (int)sent;
}

static long socket_control(BIO *bio, int command, long number, void *pointer)
{
    (void)number;
    (void)pointer;
    if (command == BIO_CTRL_EOF)
        return openssl.BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    return command == BIO_CTRL_FLUSH;
}

static BIO_METHOD *socket_method(void)
{
    BIO_METHOD *method =
        openssl.BIO_meth_new(openssl.BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    openssl.BIO_meth_set_read(method, socket_read);
    openssl.BIO_meth_set_write(method, socket_write);
    openssl.BIO_meth_set_ctrl(method, socket_control);
    return method;
}

/* --- contexts --- */

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                           const unsigned char *in, unsigned in_len, void *data)
{
    (void)ssl;
    (void)data;
    unsigned char *chosen;
    if (openssl.SSL_select_next_proto(&chosen, out_len, ALPN, ALPN_BYTES, in, in_len) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL; /* RFC 7301 §3.2 */
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static struct tls_context *context_new(bool server, struct err *err)
{
    if (openssl_load(err))
        return NULL;
    struct tls_context *context = mem_new(1, sizeof *context);
    context->server = server;
    context->ssl =
        openssl.SSL_CTX_new(server ? openssl.TLS_server_method() : openssl.TLS_client_method());
    context->method = socket_method();
    if (!context->ssl || !context->method)
        abort(); /* no memory */
    openssl.SSL_CTX_ctrl(context->ssl, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, NULL);
    openssl.SSL_CTX_ctrl(context->ssl, SSL_CTRL_MODE,
                         SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                             SSL_MODE_RELEASE_BUFFERS,
                         NULL);
    openssl.SSL_CTX_set_options(context->ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    return context;
}

void tls_context_free(struct tls_context *context)
{
    if (!context)
        return;
    openssl.SSL_CTX_free(context->ssl);
    openssl.BIO_meth_free(context->method);
    free(context);
}

struct tls_context *tls_server_new(const char *cert_path, const char *key_path, struct err *err)
{
    struct tls_context *context = context_new(true, err);
    if (!context)
        return NULL;
    openssl.SSL_CTX_set_alpn_select_cb(context->ssl, choose_protocol, NULL);
    if (openssl.SSL_CTX_use_certificate_chain_file(context->ssl, cert_path) != 1) {
        (void)fail(err, ERR_CONFIG, "cannot use the certificate", cert_path);
        err_hint(err, "it is to be PEM, the server's own certificate first");
    } else if (openssl.SSL_CTX_use_PrivateKey_file(context->ssl, key_path, SSL_FILETYPE_PEM) != 1) {
        (void)fail(err, ERR_CONFIG, "cannot use the key", key_path);
        err_hint(err, "it is to be the PEM key of %s, without a password", cert_path);
    } else {
        return context;
    }
    tls_context_free(context);
    return NULL;
}

struct tls_context *tls_client_new(const char *ca_path, bool insecure, struct err *err)
{
    struct tls_context *context = context_new(false, err);
    if (!context)
        return NULL;
    context->insecure = insecure;
    (void)openssl.SSL_CTX_set_alpn_protos(context->ssl, ALPN, ALPN_BYTES);
    openssl.SSL_CTX_set_verify(context->ssl, insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
    int known = ca_path ? openssl.SSL_CTX_load_verify_locations(context->ssl, ca_path, NULL)
                        : openssl.SSL_CTX_set_default_verify_paths(context->ssl);
    if (known == 1)
        return context;
    (void)fail(err, ERR_CONFIG, "cannot read the certificates of",
               ca_path ? ca_path : "the system");
    tls_context_free(context);
    return NULL;
}

/* --- digests --- */

int tls_sha1(const void *data, size_t len, uint8_t digest[20])
{
    struct err ignored;
    if (openssl_load(&ignored))
        return -1;
    return openssl.EVP_Digest(data, len, digest, NULL, openssl.EVP_sha1(), NULL) == 1 ? 0 : -1;
}

int tls_base64(const void *data, size_t len, char *text)
{
    struct err ignored;
    text[0] = '\0';
    if (openssl_load(&ignored))
        return -1;
    return openssl.EVP_EncodeBlock((unsigned char *)text, data, (int)len);
}

/* --- sessions --- */

/* Verification of the name, RFC 6125; an IP address is compared as one. */
static void expect_name(SSL *ssl, const char *name)
{
    X509_VERIFY_PARAM *param = openssl.SSL_get0_param(ssl);
    if (openssl.X509_VERIFY_PARAM_set1_ip_asc(param, name) == 1)
        return;
    (void)openssl.SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                           (void *)name);
    (void)openssl.X509_VERIFY_PARAM_set1_host(param, name, 0);
}

struct tls_session *tls_session_new(struct tls_context *context, int fd, const char *name)
{
    struct tls_session *session = mem_new(1, sizeof *session);
    BIO *bio = openssl.BIO_new(context->method);
    session->ssl = openssl.SSL_new(context->ssl);
    session->fd = fd;
    if (!bio || !session->ssl)
        abort(); /* no memory */
    openssl.BIO_set_data(bio, session);
    openssl.BIO_set_init(bio, 1);
    openssl.SSL_set_bio(session->ssl, bio, bio);
    if (context->server) {
        openssl.SSL_set_accept_state(session->ssl);
    } else {
        openssl.SSL_set_connect_state(session->ssl);
        if (name && !context->insecure)
            expect_name(session->ssl, name);
        else if (name)
            (void)openssl.SSL_ctrl(session->ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME,
                                   TLSEXT_NAMETYPE_host_name, (void *)name);
    }
    openssl.ERR_clear_error();
    return session;
}

void tls_session_free(struct tls_session *session)
{
    if (!session)
        return;
    openssl.SSL_free(session->ssl);
    free(session);
}

static int result_of(struct tls_session *session, int result)
{
    int error = openssl.SSL_get_error(session->ssl, result);
    openssl.ERR_clear_error();
    switch (error) {
    case SSL_ERROR_WANT_READ:
        return TLS_WANT_READ;
    case SSL_ERROR_WANT_WRITE:
        return TLS_WANT_WRITE;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    default:
        return TLS_FAILED;
    }
}

static int at_most(size_t len)
{
    return len < 1 << 30 ? (int)len : 1 << 30;
}

long tls_read(struct tls_session *session, void *data, size_t len)
{
    int got = openssl.SSL_read(session->ssl, data, at_most(len));
    return got > 0 ? got : result_of(session, got);
}

long tls_write(struct tls_session *session, const void *data, size_t len)
{
    int sent = openssl.SSL_write(session->ssl, data, at_most(len));
    if (sent > 0)
        return sent;
    int result = result_of(session, sent);
    return result ? result : TLS_FAILED;
}

bool tls_pending(const struct tls_session *session)
{
    return openssl.SSL_pending(session->ssl) > 0;
}

int tls_end(struct tls_session *session)
{
    if (!openssl.SSL_is_init_finished(session->ssl))
        return 0;
    int result = openssl.SSL_shutdown(session->ssl);
    return result >= 0 ? 0 : result_of(session, result);
}
