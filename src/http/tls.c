#include "http/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
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
    ERR_error_string_n(ERR_peek_last_error(), text, sizeof text);
    ERR_clear_error();
    return err_set(err, code, "%s %s: %s", what, path, text);
}

/* --- a socket as OpenSSL sees it: by platform/tcp.h, which raises no SIGPIPE --- */

static int socket_read(BIO *bio, char *data, int len)
{
    const struct tls_session *session = BIO_get_data(bio);
    long got = tcp_read(session->fd, data, (size_t)len);
    BIO_clear_retry_flags(bio);
    if (got < 0 && errno == EAGAIN)
        BIO_set_retry_read(bio);
    if (got == 0)
        BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return (int)got;
}

static int socket_write(BIO *bio, const char *data, int len)
{
    const struct tls_session *session = BIO_get_data(bio);
    long sent = tcp_write(session->fd, &(struct tcp_piece){data, (size_t)len}, 1);
    BIO_clear_retry_flags(bio);
    if (sent < 0 && errno == EAGAIN)
        BIO_set_retry_write(bio);
    return (int)sent;
}

static long socket_control(BIO *bio, int command, long number, void *pointer)
{
    (void)number;
    (void)pointer;
    if (command == BIO_CTRL_EOF)
        return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    return command == BIO_CTRL_FLUSH;
}

static BIO_METHOD *socket_method(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    BIO_meth_set_read(method, socket_read);
    BIO_meth_set_write(method, socket_write);
    BIO_meth_set_ctrl(method, socket_control);
    return method;
}

/* --- contexts --- */

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                           const unsigned char *in, unsigned in_len, void *data)
{
    (void)ssl;
    (void)data;
    unsigned char *chosen;
    if (SSL_select_next_proto(&chosen, out_len, ALPN, ALPN_BYTES, in, in_len) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL; /* RFC 7301 §3.2 */
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static struct tls_context *context_new(bool server)
{
    struct tls_context *context = mem_new(1, sizeof *context);
    context->server = server;
    context->ssl = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
    context->method = socket_method();
    if (!context->ssl || !context->method)
        abort(); /* no memory */
    SSL_CTX_set_min_proto_version(context->ssl, TLS1_2_VERSION);
    SSL_CTX_set_mode(context->ssl, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                       SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                       SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(context->ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    return context;
}

void tls_context_free(struct tls_context *context)
{
    if (!context)
        return;
    SSL_CTX_free(context->ssl);
    BIO_meth_free(context->method);
    free(context);
}

struct tls_context *tls_server_new(const char *cert_path, const char *key_path, struct err *err)
{
    struct tls_context *context = context_new(true);
    SSL_CTX_set_alpn_select_cb(context->ssl, choose_protocol, NULL);
    if (SSL_CTX_use_certificate_chain_file(context->ssl, cert_path) != 1) {
        (void)fail(err, ERR_CONFIG, "cannot use the certificate", cert_path);
        err_hint(err, "it is to be PEM, the server's own certificate first");
    } else if (SSL_CTX_use_PrivateKey_file(context->ssl, key_path, SSL_FILETYPE_PEM) != 1) {
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
    struct tls_context *context = context_new(false);
    context->insecure = insecure;
    (void)SSL_CTX_set_alpn_protos(context->ssl, ALPN, ALPN_BYTES);
    SSL_CTX_set_verify(context->ssl, insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
    int known = ca_path ? SSL_CTX_load_verify_locations(context->ssl, ca_path, NULL)
                        : SSL_CTX_set_default_verify_paths(context->ssl);
    if (known == 1)
        return context;
    (void)fail(err, ERR_CONFIG, "cannot read the certificates of",
               ca_path ? ca_path : "the system");
    tls_context_free(context);
    return NULL;
}

void tls_fingerprint(const struct tls_context *context, char text[TLS_FINGERPRINT_BYTES])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    const X509 *cert = SSL_CTX_get0_certificate(context->ssl);
    text[0] = '\0';
    if (!cert || X509_digest(cert, EVP_sha256(), digest, &len) != 1)
        return;
    for (unsigned i = 0; i < len; i++)
        (void)snprintf(text + 3 * i, TLS_FINGERPRINT_BYTES - 3 * i, "%02X%s", digest[i],
                       i + 1 < len ? ":" : "");
}

/* --- digests --- */

static void digest(const EVP_MD *type, const void *data, size_t len, uint8_t *out)
{
    if (EVP_Digest(data, len, out, NULL, type, NULL) != 1)
        abort(); /* both are in every OpenSSL; no memory then */
}

void tls_sha1(const void *data, size_t len, uint8_t out[20])
{
    digest(EVP_sha1(), data, len, out);
}

void tls_sha256(const void *data, size_t len, uint8_t out[32])
{
    digest(EVP_sha256(), data, len, out);
}

void tls_base64(const void *data, size_t len, char *text)
{
    (void)EVP_EncodeBlock((unsigned char *)text, data, (int)len);
}

/* --- sessions --- */

/* Verification of the name, RFC 6125; an IP address is compared as one. */
static void expect_name(SSL *ssl, const char *name)
{
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
    if (X509_VERIFY_PARAM_set1_ip_asc(param, name) == 1)
        return;
    (void)SSL_set_tlsext_host_name(ssl, name);
    (void)X509_VERIFY_PARAM_set1_host(param, name, 0);
}

struct tls_session *tls_session_new(struct tls_context *context, int fd, const char *name)
{
    struct tls_session *session = mem_new(1, sizeof *session);
    BIO *bio = BIO_new(context->method);
    session->ssl = SSL_new(context->ssl);
    session->fd = fd;
    if (!bio || !session->ssl)
        abort(); /* no memory */
    BIO_set_data(bio, session);
    BIO_set_init(bio, 1);
    SSL_set_bio(session->ssl, bio, bio);
    if (context->server) {
        SSL_set_accept_state(session->ssl);
    } else {
        SSL_set_connect_state(session->ssl);
        if (name && !context->insecure)
            expect_name(session->ssl, name);
        else if (name)
            (void)SSL_set_tlsext_host_name(session->ssl, name);
    }
    ERR_clear_error();
    return session;
}

void tls_session_free(struct tls_session *session)
{
    if (!session)
        return;
    SSL_free(session->ssl);
    free(session);
}

static int result_of(struct tls_session *session, int result)
{
    int error = SSL_get_error(session->ssl, result);
    ERR_clear_error();
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
    int got = SSL_read(session->ssl, data, at_most(len));
    return got > 0 ? got : result_of(session, got);
}

long tls_write(struct tls_session *session, const void *data, size_t len)
{
    int sent = SSL_write(session->ssl, data, at_most(len));
    if (sent > 0)
        return sent;
    int result = result_of(session, sent);
    return result ? result : TLS_FAILED;
}

bool tls_pending(const struct tls_session *session)
{
    return SSL_pending(session->ssl) > 0;
}

int tls_end(struct tls_session *session)
{
    if (!SSL_is_init_finished(session->ssl))
        return 0;
    int result = SSL_shutdown(session->ssl);
    return result >= 0 ? 0 : result_of(session, result);
}
