/* A certificate of one's own making, for https on loopback. RFC 5280. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/path.h"
#include "http/openssl.h"
#include "http/tls.h"
#include "platform/fs.h"
#include "platform/random.h"

#define NAMES      "DNS:localhost,IP:127.0.0.1,IP:::1"
#define DAYS       397 /* browsers take no certificate that is good for longer */
#define DAYS_LEFT  7   /* below this a new one is made */
#define DAY_S      86400L
#define FILE_BYTES ((size_t)64 * 1024)

static int unusable(struct err *err)
{
    openssl.ERR_clear_error();
    return err_set(err, ERR_SYSTEM, "OpenSSL cannot make a certificate");
}

static int extend(X509 *cert, int nid, const char *value)
{
    X509V3_CTX context;
    openssl.X509V3_set_ctx(&context, cert, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = openssl.X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (!extension)
        return -1;
    int done = openssl.X509_add_ext(cert, extension, -1);
    openssl.X509_EXTENSION_free(extension);
    return done == 1 ? 0 : -1;
}

static int fill(X509 *cert, EVP_PKEY *key)
{
    uint64_t serial;
    random_bytes(&serial, sizeof serial);
    X509_NAME *name = openssl.X509_get_subject_name(cert);
    if (openssl.X509_set_version(cert, 2) != 1 /* which is v3 */ ||
        openssl.ASN1_INTEGER_set_uint64(openssl.X509_get_serialNumber(cert), serial >> 1) != 1 ||
        !openssl.X509_gmtime_adj(openssl.X509_getm_notBefore(cert), -DAY_S) ||
        !openssl.X509_gmtime_adj(openssl.X509_getm_notAfter(cert), (DAYS - 1) * DAY_S) ||
        openssl.X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                           (const unsigned char *)"zonda on this machine", -1, -1,
                                           0) != 1 ||
        openssl.X509_set_issuer_name(cert, name) != 1 || openssl.X509_set_pubkey(cert, key) != 1)
        return -1;
    if (extend(cert, NID_basic_constraints, "critical,CA:FALSE") ||
        extend(cert, NID_key_usage, "critical,digitalSignature") ||
        extend(cert, NID_ext_key_usage, "serverAuth") || extend(cert, NID_subject_alt_name, NAMES))
        return -1;
    return openssl.X509_sign(cert, key, openssl.EVP_sha256()) > 0 ? 0 : -1;
}

static int write_bio(BIO *bio, const char *path, unsigned mode, struct err *err)
{
    char *data = NULL;
    long len = openssl.BIO_ctrl(bio, BIO_CTRL_INFO, 0, &data);
    return len > 0 ? fs_write(path, data, (size_t)len, mode, err) : unusable(err);
}

static int make(const char *cert_path, const char *key_path, struct err *err)
{
    EVP_PKEY *key = openssl.EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    X509 *cert = openssl.X509_new();
    BIO *cert_text = openssl.BIO_new(openssl.BIO_s_mem());
    BIO *key_text = openssl.BIO_new(openssl.BIO_s_mem());
    int failed = 0;
    if (!key || !cert || !cert_text || !key_text || fill(cert, key) ||
        openssl.PEM_write_bio_X509(cert_text, cert) != 1 ||
        openssl.PEM_write_bio_PrivateKey(key_text, key, NULL, NULL, 0, NULL, NULL) != 1)
        failed = unusable(err);
    if (!failed)
        failed = write_bio(key_text, key_path, 0600, err);
    if (!failed)
        failed = write_bio(cert_text, cert_path, 0644, err);
    (void)openssl.BIO_free(key_text);
    (void)openssl.BIO_free(cert_text);
    openssl.X509_free(cert);
    openssl.EVP_PKEY_free(key);
    return failed;
}

/* Is the certificate at path one for localhost that is good for some days yet? */
static bool good(const char *path)
{
    struct buf text = BUF_INIT(FILE_BYTES);
    struct err ignored;
    bool is = false;
    if (fs_read(path, &text, &ignored) == 0) {
        BIO *bio = openssl.BIO_new_mem_buf(text.data, (int)text.len);
        X509 *cert = bio ? openssl.PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
        int days = 0, seconds = 0;
        is = cert && openssl.X509_check_host(cert, "localhost", 0, 0, NULL) == 1 &&
             openssl.ASN1_TIME_diff(&days, &seconds, NULL, openssl.X509_get0_notAfter(cert)) == 1 &&
             days >= DAYS_LEFT;
        openssl.X509_free(cert);
        (void)openssl.BIO_free(bio);
        openssl.ERR_clear_error();
    }
    buf_fini(&text);
    return is;
}

int tls_self_made(const char *dir, char **cert_path, char **key_path, struct err *err)
{
    *cert_path = path_join(dir, "cert.pem");
    *key_path = path_join(dir, "key.pem");
    int failed = openssl_load(err);
    if (!failed && !(good(*cert_path) && fs_is_file(*key_path))) {
        failed = fs_mkdirs(dir, 0700, err);
        if (!failed)
            failed = make(*cert_path, *key_path, err);
    }
    if (!failed) { /* two that do not belong together are made anew */
        struct err unfit;
        struct tls_context *context = tls_server_new(*cert_path, *key_path, &unfit);
        if (!context)
            failed = make(*cert_path, *key_path, err);
        tls_context_free(context);
    }
    if (failed) {
        mem_replace(cert_path, NULL);
        mem_replace(key_path, NULL);
    }
    return failed;
}
