/*
 * OpenSSL, loaded at first use: linked in, it would add 2 MiB to the resident memory of every run,
 * and most never need it. The only file that includes its headers; tls.c and tls_made.c use the
 * table.
 *
 * openssl_load comes first; then openssl.SSL_new(…) is what the manual calls SSL_new(3). What the
 * manual has as a macro is written as the call that it stands for (SSL_CTX_ctrl(3)). The table is
 * filled once, on the thread that makes the first context, and only read from then on.
 */
#ifndef ZONDA_HTTP_OPENSSL_H
#define ZONDA_HTTP_OPENSSL_H

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/err.h"

/* clang-format off */
#define OPENSSL_FUNCTIONS(F) \
    F(ASN1_INTEGER_set_uint64) \
    F(ASN1_TIME_diff) \
    F(BIO_clear_flags) \
    F(BIO_ctrl) \
    F(BIO_free) \
    F(BIO_get_data) \
    F(BIO_get_new_index) \
    F(BIO_meth_free) \
    F(BIO_meth_new) \
    F(BIO_meth_set_ctrl) \
    F(BIO_meth_set_read) \
    F(BIO_meth_set_write) \
    F(BIO_new) \
    F(BIO_new_mem_buf) \
    F(BIO_s_mem) \
    F(BIO_set_data) \
    F(BIO_set_flags) \
    F(BIO_set_init) \
    F(BIO_test_flags) \
    F(ERR_clear_error) \
    F(ERR_error_string_n) \
    F(ERR_peek_last_error) \
    F(EVP_Digest) \
    F(EVP_EncodeBlock) \
    F(EVP_PKEY_Q_keygen) \
    F(EVP_PKEY_free) \
    F(EVP_sha1) \
    F(EVP_sha256) \
    F(PEM_read_bio_X509) \
    F(PEM_write_bio_PrivateKey) \
    F(PEM_write_bio_X509) \
    F(SSL_CTX_ctrl) \
    F(SSL_CTX_free) \
    F(SSL_CTX_load_verify_locations) \
    F(SSL_CTX_new) \
    F(SSL_CTX_set_alpn_protos) \
    F(SSL_CTX_set_alpn_select_cb) \
    F(SSL_CTX_set_default_verify_paths) \
    F(SSL_CTX_set_options) \
    F(SSL_CTX_set_verify) \
    F(SSL_CTX_use_PrivateKey_file) \
    F(SSL_CTX_use_certificate_chain_file) \
    F(SSL_ctrl) \
    F(SSL_free) \
    F(SSL_get0_param) \
    F(SSL_get_error) \
    F(SSL_is_init_finished) \
    F(SSL_new) \
    F(SSL_pending) \
    F(SSL_read) \
    F(SSL_select_next_proto) \
    F(SSL_set_accept_state) \
    F(SSL_set_bio) \
    F(SSL_set_connect_state) \
    F(SSL_shutdown) \
    F(SSL_write) \
    F(TLS_client_method) \
    F(TLS_server_method) \
    F(X509V3_EXT_conf_nid) \
    F(X509V3_set_ctx) \
    F(X509_EXTENSION_free) \
    F(X509_NAME_add_entry_by_txt) \
    F(X509_VERIFY_PARAM_set1_host) \
    F(X509_VERIFY_PARAM_set1_ip_asc) \
    F(X509_add_ext) \
    F(X509_check_host) \
    F(X509_free) \
    F(X509_get0_notAfter) \
    F(X509_get_serialNumber) \
    F(X509_get_subject_name) \
    F(X509_getm_notAfter) \
    F(X509_getm_notBefore) \
    F(X509_gmtime_adj) \
    F(X509_new) \
    F(X509_set_issuer_name) \
    F(X509_set_pubkey) \
    F(X509_set_version) \
    F(X509_sign)
/* clang-format on */

struct openssl {
#define OPENSSL_MEMBER(name) __typeof__(name) *name;
    OPENSSL_FUNCTIONS(OPENSSL_MEMBER)
#undef OPENSSL_MEMBER
};
extern struct openssl openssl;

int openssl_load(struct err *err); /* 0, or ERR_SYSTEM with a hint; quick from the second time on */

#endif
