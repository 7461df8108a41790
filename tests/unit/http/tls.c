/* TLS: real curl and openssl against a server of ours, a client of ours against that server. */
#include "world.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "http/client.h"
#include "http/server.h"
#include "http/tls.h"
#include "platform/fs.h"

#define BIG_BYTES ((size_t)3 << 20)

struct site {
    struct world world;
    struct tls_context *tls;
    struct http_server *server;
    struct tcp_address address;
    char dir[64], *cert, *key;
    size_t requests, left;
    bool secure;
};

static void fill(void *data, struct http_exchange *exchange)
{
    static char block[10000];
    struct site *site = data;
    memset(block, 'b', sizeof block);
    bool more = true;
    while (more && site->left) {
        size_t len = site->left < sizeof block ? site->left : sizeof block;
        site->left -= len;
        more = http_respond_write(exchange, block, len);
    }
    if (!site->left)
        http_respond_end(exchange, NULL, 0);
}

static void on_gone(void *data, struct http_exchange *exchange)
{
    (void)data;
    (void)exchange;
}

static void echo_body(void *data, struct http_exchange *exchange, const char *bytes, size_t len)
{
    (void)data;
    (void)http_respond_write(exchange, bytes, len);
}

static void echo_end(void *data, struct http_exchange *exchange)
{
    (void)data;
    http_respond_end(exchange, NULL, 0);
}

static void on_request(void *data, struct http_exchange *exchange)
{
    static const struct http_handler BIG = {.on_drained = fill, .on_gone = on_gone};
    static const struct http_handler ECHO = {
        .on_body = echo_body, .on_body_end = echo_end, .on_gone = on_gone};
    struct site *site = data;
    struct http_text path = http_exchange_head(exchange)->path;
    site->requests++;
    site->secure = http_exchange_is_tls(exchange);
    if (http_text_equal(path, "/big")) {
        http_exchange_handle(exchange, &BIG, site);
        site->left = BIG_BYTES;
        http_respond_begin(exchange, 200, (struct http_text){0}, NULL, 0, (int64_t)BIG_BYTES);
        fill(site, exchange);
    } else if (http_text_equal(path, "/echo")) {
        http_exchange_handle(exchange, &ECHO, site);
        http_respond_begin(exchange, 200, (struct http_text){0}, NULL, 0, HTTP_LENGTH_UNKNOWN);
    } else {
        http_respond(exchange, 200, "text/plain", NULL, 0, "hello\n", 6);
    }
}

static void site_open(struct site *site)
{
    struct err err = {0};
    *site = (struct site){.dir = "/tmp/zonda-tls-XXXXXX"};
    assert_non_null(mkdtemp(site->dir));
    world_open(&site->world);
    assert_int_equal(tls_self_made(site->dir, &site->cert, &site->key, &err), 0);
    site->tls = tls_server_new(site->cert, site->key, &err);
    assert_non_null(site->tls);
    struct http_server_options options = {.on_request = on_request, .data = site, .tls = site->tls};
    site->server = http_server_new(site->world.worker, &options);
    assert_int_equal(tcp_address_parse(&site->address, "127.0.0.1", 0, &err), 0);
    assert_int_equal(http_server_listen(site->server, &site->address, &site->address, &err), 0);
}

static void site_close(struct site *site)
{
    struct err err;
    http_server_close(site->server, 0, NULL, NULL);
    world_close(&site->world);
    tls_context_free(site->tls);
    assert_int_equal(fs_remove_tree(site->dir, &err), 0);
    free(site->cert);
    free(site->key);
}

/* --- another program --- */

struct running {
    pid_t pid;
    int status;
};

static bool has_ended(void *data)
{
    struct running *running = data;
    return waitpid(running->pid, &running->status, WNOHANG) == running->pid;
}

/* Runs a command of the shell while the loop runs; its output. */
static void run(struct site *site, struct buf *out, const char *command)
{
    struct running running = {0};
    char *path = mem_format("%s/out", site->dir);
    struct err err;
    running.pid = fork();
    assert_true(running.pid >= 0);
    if (running.pid == 0) {
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        (void)dup2(fd, 1);
        (void)dup2(fd, 2);
        (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    assert_true(await(site->world.loop, has_ended, &running));
    buf_reset(out);
    assert_int_equal(fs_read(path, out, &err), 0);
    free(path);
}

static void other_programs_are_served(void **state)
{
    (void)state;
    struct site site;
    struct buf out = BUF_INIT((size_t)8 << 20);
    site_open(&site);
    unsigned port = site.address.port;
    char *command =
        mem_format("curl -sS --noproxy '*' --cacert %s https://localhost:%u/ https://127.0.0.1:%u/",
                   site.cert, port, port);
    run(&site, &out, command);
    assert_string_equal(buf_text(&out), "hello\nhello\n");
    assert_true(site.secure);
    free(command);
    command =
        mem_format("curl -sS --noproxy '*' --tls-max 1.2 --cacert %s https://localhost:%u/big | "
                   "sha1sum",
                   site.cert, port);
    run(&site, &out, command);
    struct buf expected = BUF_INIT(100);
    char *big = mem_new(BIG_BYTES, 1);
    uint8_t digest[20];
    memset(big, 'b', BIG_BYTES);
    assert_int_equal(tls_sha1(big, BIG_BYTES, digest), 0);
    for (size_t i = 0; i < sizeof digest; i++)
        (void)buf_printf(&expected, "%02x", digest[i]);
    (void)buf_puts(&expected, "  -\n");
    assert_string_equal(buf_text(&out), expected.data);
    free(big);
    buf_fini(&expected);
    free(command);
    /* Not trusted without the certificate; TLS 1.1 and HTTP/2 are not spoken. */
    command =
        mem_format("curl -sS --noproxy '*' https://localhost:%u/ 2>&1; echo \"status $?\"", port);
    run(&site, &out, command);
    assert_non_null(strstr(buf_text(&out), "status 60"));
    free(command);
    command = mem_format("printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' "
                         "| openssl s_client -quiet "
                         "-servername localhost -verify_return_error -CAfile %s -alpn h2,http/1.1 "
                         "-ign_eof -connect 127.0.0.1:%u",
                         site.cert, port);
    run(&site, &out, command);
    assert_non_null(strstr(buf_text(&out), "HTTP/1.1 200 OK\r\n"));
    assert_non_null(strstr(buf_text(&out), "hello\n"));
    free(command);
    size_t before = site.requests;
    command = mem_format(
        "openssl s_client -tls1_1 -cipher ALL:@SECLEVEL=0 -connect 127.0.0.1:%u </dev/null", port);
    run(&site, &out, command);
    assert_int_equal(site.requests, before);
    assert_non_null(strstr(buf_text(&out), "alert"));
    free(command);
    command = mem_format("openssl s_client -alpn h2 -connect 127.0.0.1:%u </dev/null", port);
    run(&site, &out, command);
    assert_non_null(strstr(buf_text(&out), "no application protocol"));
    free(command);
    buf_fini(&out);
    site_close(&site);
}

/* --- our own client --- */

struct talk {
    size_t ends, failures, bytes, sent;
    struct http_failure failure;
};

static void call_head(void *data, struct http_call *call, const struct http_head *head)
{
    (void)data;
    (void)call;
    (void)head;
}

static void call_body(void *data, struct http_call *call, const char *bytes, size_t len)
{
    (void)call;
    (void)bytes;
    ((struct talk *)data)->bytes += len;
}

static void call_end(void *data, struct http_call *call, const struct http_field *trailers,
                     size_t count)
{
    (void)call;
    (void)trailers;
    (void)count;
    ((struct talk *)data)->ends++;
}

static void call_failed(void *data, struct http_call *call, const struct http_failure *failure)
{
    (void)call;
    struct talk *talk = data;
    talk->failures++;
    talk->failure = *failure;
}

static void upload(void *data, struct http_call *call)
{
    static char block[10000];
    struct talk *talk = data;
    bool more = true;
    while (more && talk->sent < BIG_BYTES) {
        more = http_call_write(call, block, sizeof block);
        talk->sent += sizeof block;
    }
    if (talk->sent >= BIG_BYTES)
        http_call_end(call, NULL, 0);
}

static const struct http_call_handler HANDLER = {.on_head = call_head,
                                                 .on_body = call_body,
                                                 .on_end = call_end,
                                                 .on_drained = upload,
                                                 .on_failed = call_failed};

static void a_client_speaks_tls(void **state)
{
    (void)state;
    struct site site;
    struct err err = {0};
    site_open(&site);
    struct tls_context *trusting = tls_client_new(site.cert, false, &err);
    assert_non_null(trusting);
    struct http_client *client = http_client_new(
        site.world.worker, &(struct http_client_options){.tls = trusting, .tls_name = "127.0.0.1"});
    static const struct http_field HOST = {HTTP_TEXT("Host"), HTTP_TEXT("a")};
    struct talk talk = {0};
    struct http_call_request request = {.method = HTTP_TEXT("POST"),
                                        .target = HTTP_TEXT("/echo"),
                                        .fields = &HOST,
                                        .field_count = 1,
                                        .length = HTTP_LENGTH_UNKNOWN};
    upload(&talk, http_call_new(client, &site.address, &request, &HANDLER, &talk));
    await_count(&site.world, &talk.ends, 1);
    assert_true(talk.sent >= BIG_BYTES);
    assert_int_equal(talk.bytes, talk.sent); /* both ways at once, through every buffer */
    http_client_free(client);

    /* A name that the certificate has not. */
    client =
        http_client_new(site.world.worker,
                        &(struct http_client_options){.tls = trusting, .tls_name = "example.org"});
    request.length = 0;
    http_call_end(http_call_new(client, &site.address, &request, &HANDLER, &talk), NULL, 0);
    await_count(&site.world, &talk.failures, 1);
    assert_int_equal(talk.failure.end, HTTP_END_TLS);
    assert_false(talk.failure.sent);
    http_client_free(client);
    tls_context_free(trusting);
    site_close(&site);
}

/* One that does not speak TLS, and one that stops in the middle of its handshake. */
static void no_tls_is_let_go(void **state)
{
    (void)state;
    struct site site;
    site_open(&site);
    struct raw raw = raw_connect(&site.address);
    raw_send(&site.world, &raw, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    raw_await_end(&site.world, &raw);
    raw_close(&raw);
    raw = raw_connect(&site.address);
    raw_send(&site.world, &raw, "\x16\x03\x01\x02");
    turns(&site.world);
    raw_close(&raw);
    assert_int_equal(site.requests, 0);
    site_close(&site);
}

static void a_certificate_is_made_once(void **state)
{
    (void)state;
    struct site site;
    struct err err = {0};
    char *cert, *key;
    struct buf text = BUF_INIT((size_t)1 << 16), again = BUF_INIT((size_t)1 << 16);
    site_open(&site);
    assert_int_equal(fs_stat(site.key, true).mode, 0600);
    assert_int_equal(fs_read(site.cert, &text, &err), 0);
    assert_int_equal(tls_self_made(site.dir, &cert, &key, &err), 0);
    struct tls_context *context = tls_server_new(cert, key, &err);
    assert_non_null(context);
    assert_int_equal(fs_read(cert, &again, &err), 0);
    assert_string_equal(buf_text(&text), buf_text(&again));
    buf_fini(&text);
    buf_fini(&again);
    tls_context_free(context);
    free(cert);
    free(key);
    /* A damaged pair is made anew. */
    assert_int_equal(fs_write(site.key, "x", 1, 0600, &err), 0);
    assert_null(tls_server_new(site.cert, site.key, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    assert_true(strlen(err.hint) > 0);
    assert_int_equal(tls_self_made(site.dir, &cert, &key, &err), 0);
    context = tls_server_new(cert, key, &err);
    assert_non_null(context);
    tls_context_free(context);
    free(cert);
    free(key);
    assert_null(tls_server_new("/nonexistent/cert.pem", site.key, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    site_close(&site);
}

static void digests_are_right(void **state)
{
    (void)state;
    static const uint8_t SHA1[] = {0xa9, 0x99, 0x3e, 0x36};
    uint8_t digest[20];
    char text[16];
    assert_int_equal(tls_sha1("abc", 3, digest), 0); /* FIPS 180-4 */
    assert_memory_equal(digest, SHA1, sizeof SHA1);
    assert_int_equal(tls_base64("foobar", 6, text), 8); /* RFC 4648 §10 */
    assert_string_equal(text, "Zm9vYmFy");
    assert_int_equal(tls_base64("f", 1, text), 4);
    assert_string_equal(text, "Zg==");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_programs_are_served), cmocka_unit_test(a_client_speaks_tls),
        cmocka_unit_test(no_tls_is_let_go),          cmocka_unit_test(a_certificate_is_made_once),
        cmocka_unit_test(digests_are_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
