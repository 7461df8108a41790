/* A client over real loopback sockets, and servers that are played by the test, byte by byte. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "http/client.h"
#include "http/server.h"
#include "platform/fs.h"

#define BIG_BYTES ((size_t)24 << 20)

struct site {
    struct world world;
    struct http_client *client;
    struct tcp_address address;
    int listener;
};

/* One call and what became of it. */
struct talk {
    struct site *site;
    struct http_call *call;
    struct buf body, trailers, interims;
    unsigned status;
    size_t heads, ends, failures, drained;
    struct http_failure failure;
    struct http_conn *taken;
    bool take, pause;
};

static void on_interim(void *data, struct http_call *call, const struct http_head *head)
{
    (void)call;
    (void)buf_printf(&((struct talk *)data)->interims, "%u;", head->status);
}

static void on_head(void *data, struct http_call *call, const struct http_head *head)
{
    struct talk *talk = data;
    talk->heads++;
    talk->status = head->status;
    if (talk->take) {
        talk->taken = http_call_take(call);
        talk->call = NULL;
    } else if (talk->pause) {
        http_call_pause(call);
    }
}

static void on_body(void *data, struct http_call *call, const char *bytes, size_t len)
{
    (void)call;
    assert_int_equal(buf_append(&((struct talk *)data)->body, bytes, len), 0);
}

static void on_end(void *data, struct http_call *call, const struct http_field *trailers,
                   size_t count)
{
    (void)call;
    struct talk *talk = data;
    for (size_t i = 0; i < count; i++)
        (void)buf_printf(&talk->trailers, "%.*s=%.*s;", (int)trailers[i].name.len,
                         trailers[i].name.at, (int)trailers[i].value.len, trailers[i].value.at);
    talk->ends++;
    talk->call = NULL;
}

static void on_drained(void *data, struct http_call *call)
{
    (void)call;
    ((struct talk *)data)->drained++;
}

static void on_failed(void *data, struct http_call *call, const struct http_failure *failure)
{
    (void)call;
    struct talk *talk = data;
    talk->failures++;
    talk->failure = *failure;
    talk->call = NULL;
}

static const struct http_call_handler HANDLER = {on_interim, on_head,    on_body,
                                                 on_end,     on_drained, on_failed};

static void talk_open(struct talk *talk, struct site *site)
{
    *talk = (struct talk){
        .site = site,
        .body = BUF_INIT((size_t)64 << 20),
        .trailers = BUF_INIT(1000),
        .interims = BUF_INIT(1000),
    };
}

static void talk_close(struct talk *talk)
{
    buf_fini(&talk->body);
    buf_fini(&talk->trailers);
    buf_fini(&talk->interims);
}

static const struct http_field HOST_FIELD = {HTTP_TEXT("Host"), HTTP_TEXT("app")};

static void talk_ask(struct talk *talk, const char *method, const char *target, int64_t length)
{
    const struct http_call_request request = {
        .method = http_text_of(method),
        .target = http_text_of(target),
        .fields = &HOST_FIELD,
        .field_count = 1,
        .length = length,
    };
    talk->call = http_call_new(talk->site->client, &talk->site->address, &request, &HANDLER, talk);
    if (!length)
        http_call_end(talk->call, NULL, 0);
}

static void talk_await(struct talk *talk)
{
    await_count(&talk->site->world, &talk->ends, 1);
    assert_int_equal(talk->failures, 0);
}

static void site_open(struct site *site, struct http_client_options options)
{
    struct err err = {0};
    *site = (struct site){0};
    world_open(&site->world);
    site->client = http_client_new(site->world.worker, &options);
    assert_int_equal(tcp_address_parse(&site->address, "127.0.0.1", 0, &err), 0);
    site->listener = tcp_listen(&site->address, &site->address, &err);
    assert_true(site->listener >= 0);
}

static void site_close(struct site *site)
{
    http_client_free(site->client);
    fs_fd_close(&site->listener);
    world_close(&site->world);
}

struct accepting {
    int listener, fd;
};

static bool accepted(void *data)
{
    struct accepting *accepting = data;
    accepting->fd = tcp_accept(accepting->listener, NULL);
    return accepting->fd >= 0;
}

static struct raw site_accept(struct site *site)
{
    struct accepting accepting = {site->listener, -1};
    struct raw raw;
    assert_true(await(site->world.loop, accepted, &accepting));
    raw_open(&raw, accepting.fd);
    return raw;
}

/* --- tests --- */

static void connections_are_kept(void **state)
{
    (void)state;
    struct site site;
    struct talk talk;
    site_open(&site, (struct http_client_options){0});
    talk_open(&talk, &site);
    talk_ask(&talk, "GET", "/a", 0);
    struct raw raw = site_accept(&site);
    raw_await(&site.world, &raw, "GET /a HTTP/1.1\r\nHost: app\r\n\r\n");
    raw_send(&site.world, &raw,
             "HTTP/1.1 103 E\r\nLink: x\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\n"
             "Content-Length: 5\r\n\r\nhel");
    await_count(&site.world, &talk.body.len, 3);
    assert_int_equal(talk.ends, 0);
    raw_send(&site.world, &raw, "lo");
    talk_await(&talk);
    assert_string_equal(talk.interims.data, "103;100;");
    assert_string_equal(talk.body.data, "hello");
    talk_close(&talk);

    /* The second one comes on the same connection, and its response has trailers. */
    talk_open(&talk, &site);
    talk_ask(&talk, "GET", "/b", 0);
    raw_await(&site.world, &raw, "GET /b HTTP/1.1\r\nHost: app\r\n\r\n");
    raw_send(&site.world, &raw,
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nSum: 1\r\n\r\n");
    talk_await(&talk);
    assert_string_equal(talk.body.data, "hi");
    assert_string_equal(talk.trailers.data, "Sum=1;");
    talk_close(&talk);

    /* The third one's server closes by saying so. */
    talk_open(&talk, &site);
    talk_ask(&talk, "HEAD", "/c", 0);
    raw_await(&site.world, &raw, "HEAD /c HTTP/1.1\r\n");
    raw_send(&site.world, &raw,
             "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\n");
    talk_await(&talk);
    raw_await_end(&site.world, &raw);
    raw_close(&raw);
    talk_close(&talk);
    site_close(&site);
}

static void a_body_may_last_until_the_end(void **state)
{
    (void)state;
    struct site site;
    struct talk talk;
    site_open(&site, (struct http_client_options){0});
    talk_open(&talk, &site);
    talk_ask(&talk, "GET", "/", 0);
    struct raw raw = site_accept(&site);
    raw_await(&site.world, &raw, "\r\n\r\n"); /* or the kernel sends a reset */
    raw_send(&site.world, &raw, "HTTP/1.1 200 OK\r\n\r\nall of it");
    raw_close(&raw);
    talk_await(&talk);
    assert_string_equal(talk.body.data, "all of it");
    talk_close(&talk);
    site_close(&site);
}

/* What a caller has to know in order to try again, or not. */
static void failures_are_told_apart(void **state)
{
    static const struct {
        const char *response; /* NULL: closed without one */
        enum http_end end;
        enum http_fault fault;
        bool answered;
    } CASES[] = {
        {NULL, HTTP_END_CLOSED, 0, false},
        {"HTTP/1.1 20", HTTP_END_CLOSED, HTTP_FAULT_CUT, true},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", HTTP_END_CLOSED, HTTP_FAULT_CUT, true},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", HTTP_END_CLOSED,
         HTTP_FAULT_CUT, true},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello", HTTP_END_CLOSED, HTTP_FAULT_LENGTH,
         true},
        {"HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", HTTP_END_CLOSED,
         HTTP_FAULT_STATUS, true},
    };
    (void)state;
    struct site site;
    struct talk talk;
    site_open(&site, (struct http_client_options){0});
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        talk_open(&talk, &site);
        talk_ask(&talk, "GET", "/", 0);
        struct raw raw = site_accept(&site);
        raw_await(&site.world, &raw, "\r\n\r\n");
        if (CASES[i].response)
            raw_send(&site.world, &raw, CASES[i].response);
        raw_close(&raw);
        await_count(&site.world, &talk.failures, 1);
        assert_int_equal(talk.failure.end, CASES[i].end);
        assert_int_equal(talk.failure.fault, CASES[i].fault);
        assert_int_equal(talk.failure.answered, CASES[i].answered);
        assert_true(talk.failure.sent);
        assert_false(talk.failure.reused);
        assert_int_equal(talk.ends, 0);
        talk_close(&talk);
    }
    site_close(&site);
}

/* A server that closes a kept connection at the very moment in which it is used again. */
static void a_stale_connection_is_told_of(void **state)
{
    (void)state;
    struct site site;
    struct talk talk;
    site_open(&site, (struct http_client_options){0});
    talk_open(&talk, &site);
    talk_ask(&talk, "GET", "/", 0);
    struct raw raw = site_accept(&site);
    raw_send(&site.world, &raw, "HTTP/1.1 204 N\r\n\r\n");
    talk_await(&talk);
    talk_close(&talk);
    talk_open(&talk, &site);
    raw_close(&raw); /* the loop has not run since, so the client cannot know */
    talk_ask(&talk, "GET", "/", 0);
    await_count(&site.world, &talk.failures, 1);
    assert_true(talk.failure.reused);
    assert_false(talk.failure.answered);
    talk_close(&talk);
    /* One that it could know of is not used. */
    talk_open(&talk, &site);
    talk_ask(&talk, "GET", "/", 0);
    raw = site_accept(&site);
    raw_send(&site.world, &raw, "HTTP/1.1 204 N\r\n\r\n");
    talk_await(&talk);
    raw_close(&raw);
    turns(&site.world);
    talk_close(&talk);
    talk_open(&talk, &site);
    talk_ask(&talk, "GET", "/", 0);
    raw = site_accept(&site);
    raw_send(&site.world, &raw, "HTTP/1.1 204 N\r\n\r\n");
    talk_await(&talk);
    talk_close(&talk);
    raw_close(&raw);
    site_close(&site);
}

static void nobody_listening_is_told_of(void **state)
{
    (void)state;
    struct site site;
    struct talk talk;
    struct err err = {0};
    site_open(&site, (struct http_client_options){.connect_timeout_ms = 300});
    fs_fd_close(&site.listener);
    talk_open(&talk, &site);
    talk_ask(&talk, "GET", "/", 0);
    assert_int_equal(talk.failures, 0); /* never inside the call */
    await_count(&site.world, &talk.failures, 1);
    assert_int_equal(talk.failure.end, HTTP_END_REFUSED);
    assert_false(talk.failure.sent);
    assert_int_equal(tcp_address_local(&site.address, "/nonexistent/app.sock", &err), 0);
    talk.failures = 0;
    talk_ask(&talk, "GET", "/", 0);
    await_count(&site.world, &talk.failures, 1);
    assert_int_equal(talk.failure.end, HTTP_END_UNREACHABLE);
    talk_close(&talk);
    site_close(&site);
}

/* A listener whose queue is full does not answer at all. */
static void a_connection_that_takes_too_long_is_given_up(void **state)
{
    (void)state;
    struct site site;
    struct talk talk;
    site_open(&site, (struct http_client_options){.connect_timeout_ms = 300});
    assert_int_equal(listen(site.listener, 0), 0);
    struct raw full[2] = {raw_connect(&site.address), raw_connect(&site.address)};
    talk_open(&talk, &site);
    talk_ask(&talk, "GET", "/", 0);
    await_count(&site.world, &talk.failures, 1);
    assert_int_equal(talk.failure.end, HTTP_END_TIMEOUT);
    assert_false(talk.failure.sent);
    raw_close(&full[0]);
    raw_close(&full[1]);
    talk_close(&talk);
    site_close(&site);
}

static void a_silent_server_is_given_up(void **state)
{
    (void)state;
    struct site site;
    struct talk talk;
    site_open(&site, (struct http_client_options){.head_timeout_ms = 300, .body_timeout_ms = 300});
    talk_open(&talk, &site);
    talk_ask(&talk, "GET", "/", 0);
    struct raw raw = site_accept(&site);
    await_count(&site.world, &talk.failures, 1);
    assert_int_equal(talk.failure.end, HTTP_END_TIMEOUT);
    assert_false(talk.failure.answered);
    raw_close(&raw);
    talk.failures = 0;
    talk_ask(&talk, "GET", "/", 0);
    raw = site_accept(&site);
    raw_send(&site.world, &raw, "HTTP/1.1 200 OK\r\n\r\nsome");
    await_count(&site.world, &talk.failures, 1);
    assert_int_equal(talk.failure.end, HTTP_END_TIMEOUT);
    assert_true(talk.failure.answered);
    raw_close(&raw);
    talk_close(&talk);
    site_close(&site);
}

/* A Unix socket, and a request body of unknown length with trailers. */
static void a_body_is_sent(void **state)
{
    (void)state;
    struct site site;
    struct talk talk;
    struct err err = {0};
    char path[] = "/tmp/zonda-http-XXXXXX", socket_path[64];
    site_open(&site, (struct http_client_options){0});
    fs_fd_close(&site.listener);
    assert_non_null(mkdtemp(path));
    (void)snprintf(socket_path, sizeof socket_path, "%s/app.sock", path);
    assert_int_equal(tcp_address_local(&site.address, socket_path, &err), 0);
    site.listener = tcp_listen(&site.address, NULL, &err);
    assert_true(site.listener >= 0);
    talk_open(&talk, &site);
    talk_ask(&talk, "POST", "/", HTTP_LENGTH_UNKNOWN);
    assert_true(http_call_write(talk.call, "hello", 5));
    struct raw raw = site_accept(&site);
    raw_await(&site.world, &raw, "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    static const struct http_field SUM = {HTTP_TEXT("Sum"), HTTP_TEXT("1")};
    http_call_end(talk.call, &SUM, 1);
    raw_await(&site.world, &raw, "0\r\nSum: 1\r\n\r\n");
    raw_send(&site.world, &raw, "HTTP/1.1 204 N\r\n\r\n");
    talk_await(&talk);
    talk_close(&talk);
    talk_open(&talk, &site);
    talk_ask(&talk, "POST", "/", 3);
    (void)http_call_write(talk.call, "abc", 3);
    http_call_end(talk.call, NULL, 0);
    raw_await(&site.world, &raw, "Content-Length: 3\r\n\r\nabc");
    raw_send(&site.world, &raw, "HTTP/1.1 204 N\r\n\r\n");
    talk_await(&talk);
    talk_close(&talk);
    raw_close(&raw);
    assert_int_equal(unlink(socket_path), 0);
    assert_int_equal(rmdir(path), 0);
    site_close(&site);
}

/* A server that refuses a body and closes: what it said is heard, although writing fails. */
static void an_early_answer_is_heard(void **state)
{
    (void)state;
    static char block[65536];
    struct site site;
    struct talk talk;
    site_open(&site, (struct http_client_options){0});
    talk_open(&talk, &site);
    talk_ask(&talk, "POST", "/", (int64_t)BIG_BYTES);
    while (http_call_write(talk.call, block, sizeof block)) {
        if (http_call_ended(talk.call))
            break;
    }
    struct raw raw = site_accept(&site);
    raw_send(&site.world, &raw, "HTTP/1.1 413 C\r\nContent-Length: 3\r\n\r\nbig");
    raw_close(&raw); /* with the request unread: a reset */
    talk_await(&talk);
    assert_int_equal(talk.status, 413);
    assert_string_equal(talk.body.data, "big");
    talk_close(&talk);
    site_close(&site);
}

struct flood {
    struct raw *raw;
    size_t left, idle;
};

static bool flooded(void *data)
{
    static char block[65536];
    struct flood *flood = data;
    size_t len = flood->left < sizeof block ? flood->left : sizeof block;
    size_t sent = raw_try(flood->raw, block, len);
    flood->idle = sent ? 0 : flood->idle + 1;
    flood->left -= sent;
    return !flood->left || flood->idle > 50;
}

static void a_reader_that_waits_holds_up_the_server(void **state)
{
    (void)state;
    struct site site;
    struct talk talk;
    site_open(&site, (struct http_client_options){.body_timeout_ms = 300});
    talk_open(&talk, &site);
    talk.pause = true;
    talk_ask(&talk, "GET", "/", 0);
    struct raw raw = site_accept(&site);
    char *head = mem_format("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", BIG_BYTES);
    raw_send(&site.world, &raw, head);
    free(head);
    struct flood flood = {&raw, BIG_BYTES, 0};
    assert_true(await(site.world.loop, flooded, &flood));
    assert_true(flood.left > 0);
    assert_int_equal(talk.body.len, 0);
    assert_int_equal(talk.failures, 0); /* who is held up is not slow */
    http_call_resume(talk.call);
    flood.idle = 0;
    assert_true(await(site.world.loop, flooded, &flood));
    assert_int_equal(flood.left, 0);
    talk_await(&talk);
    assert_int_equal(talk.body.len, BIG_BYTES);
    talk_close(&talk);
    raw_close(&raw);
    site_close(&site);
}

static void a_server_that_waits_holds_up_the_writer(void **state)
{
    (void)state;
    static char block[16384];
    struct site site;
    struct talk talk;
    site_open(&site, (struct http_client_options){0});
    talk_open(&talk, &site);
    talk_ask(&talk, "POST", "/", (int64_t)BIG_BYTES);
    size_t written = 0;
    struct raw raw = site_accept(&site);
    turns(&site.world);
    while (http_call_write(talk.call, block, sizeof block))
        written += sizeof block;
    written += sizeof block;
    assert_true(written < BIG_BYTES);
    turns(&site.world);
    assert_int_equal(talk.drained, 0);
    raw.from = written - sizeof block; /* nothing is wanted but that it is read */
    while (written < BIG_BYTES) {
        size_t before = talk.drained;
        raw_read(&raw);
        turns(&site.world);
        if (talk.drained == before)
            continue;
        bool more = true;
        while (more && written < BIG_BYTES) {
            more = http_call_write(talk.call, block, sizeof block);
            written += sizeof block;
        }
    }
    http_call_end(talk.call, NULL, 0);
    while (raw.got.len < BIG_BYTES) {
        raw_read(&raw);
        turns(&site.world);
    }
    raw_send(&site.world, &raw, "HTTP/1.1 204 N\r\n\r\n");
    talk_await(&talk);
    talk_close(&talk);
    raw_close(&raw);
    site_close(&site);
}

static void calls_can_be_cancelled(void **state)
{
    (void)state;
    struct site site;
    struct talk talk;
    site_open(&site, (struct http_client_options){0});
    talk_open(&talk, &site);
    talk_ask(&talk, "GET", "/", 0);
    struct raw raw = site_accept(&site);
    raw_await(&site.world, &raw, "\r\n\r\n");
    http_call_cancel(talk.call);
    raw_await_end(&site.world, &raw);
    assert_int_equal(talk.ends + talk.failures, 0);
    raw_close(&raw);
    talk_ask(&talk, "GET", "/", 0); /* and by freeing the client, before it is connected */
    site_close(&site);
    assert_int_equal(talk.ends + talk.failures, 0);
    talk_close(&talk);
}

static void no_second_request_is_smuggled(void **state)
{
    static const char *const TARGETS[] = {"/a b", "/\r\nX: y", "/\n", "", "/\xc3\xa4"};
    (void)state;
    struct site site;
    struct talk talk;
    site_open(&site, (struct http_client_options){0});
    for (size_t i = 0; i < sizeof TARGETS / sizeof *TARGETS; i++) {
        talk_open(&talk, &site);
        talk_ask(&talk, "GET", TARGETS[i], 0);
        await_count(&site.world, &talk.failures, 1);
        assert_int_equal(talk.failure.end, HTTP_END_SYSTEM);
        assert_false(talk.failure.sent);
        talk_close(&talk);
    }
    site_close(&site);
}

static void an_app_that_was_replaced_is_left(void **state)
{
    (void)state;
    struct site site;
    struct talk talk, other;
    site_open(&site, (struct http_client_options){0});
    talk_open(&talk, &site);
    talk_open(&other, &site);
    talk_ask(&talk, "GET", "/idle", 0);
    struct raw idle = site_accept(&site);
    raw_send(&site.world, &idle, "HTTP/1.1 204 N\r\n\r\n");
    talk_await(&talk);
    struct http_call_request request = {
        .method = HTTP_TEXT("GET"), .target = HTTP_TEXT("/busy"), .fresh = true};
    other.call = http_call_new(site.client, &site.address, &request, &HANDLER, &other);
    http_call_end(other.call, NULL, 0);
    struct raw busy = site_accept(&site);
    http_client_drop_idle(site.client, &site.address);
    raw_await_end(&site.world, &idle);
    raw_send(&site.world, &busy, "HTTP/1.1 204 N\r\n\r\n");
    talk_await(&other);
    raw_await_end(&site.world, &busy);
    raw_close(&idle);
    raw_close(&busy);
    talk_close(&talk);
    talk_close(&other);
    site_close(&site);
}

/* --- upgrades: client, tunnel and server together --- */

struct bridge {
    struct site site;
    struct http_server *server;
    struct tcp_address front;
    struct http_exchange *exchange;
    struct talk talk;
    struct http_tunnel *tunnel;
    size_t done;
};

static void tunnel_done(void *data)
{
    struct bridge *bridge = data;
    bridge->tunnel = NULL;
    bridge->done++;
}

static void bridge_head(void *data, struct http_call *call, const struct http_head *head)
{
    struct bridge *bridge = data;
    assert_int_equal(head->status, 101);
    static const struct http_field UPGRADE = {HTTP_TEXT("Upgrade"), HTTP_TEXT("echo")};
    struct http_conn *behind = http_call_take(call);
    struct http_conn *before = http_exchange_take(bridge->exchange, &UPGRADE, 1);
    assert_non_null(before);
    bridge->tunnel = http_tunnel_new(before, behind, tunnel_done, bridge);
}

static void bridge_gone(void *data, struct http_exchange *exchange)
{
    (void)data;
    (void)exchange;
}

static void bridge_failed(void *data, struct http_call *call, const struct http_failure *failure)
{
    (void)data;
    (void)call;
    (void)failure;
    fail_msg("the call of the bridge failed");
}

static void bridge_request(void *data, struct http_exchange *exchange)
{
    static const struct http_call_handler CALL = {.on_head = bridge_head,
                                                  .on_failed = bridge_failed};
    static const struct http_handler EXCHANGE = {.on_gone = bridge_gone};
    struct bridge *bridge = data;
    bridge->exchange = exchange;
    http_exchange_handle(exchange, &EXCHANGE, bridge);
    const struct http_call_request request = {
        .method = HTTP_TEXT("GET"), .target = HTTP_TEXT("/"), .upgrade = HTTP_TEXT("echo")};
    struct http_call *call =
        http_call_new(bridge->site.client, &bridge->site.address, &request, &CALL, bridge);
    http_call_end(call, NULL, 0);
}

static void bridge_open(struct bridge *bridge, struct raw *front, struct raw *back)
{
    struct err err = {0};
    *bridge = (struct bridge){0};
    site_open(&bridge->site, (struct http_client_options){0});
    struct world *world = &bridge->site.world;
    struct http_server_options options = {.on_request = bridge_request, .data = bridge};
    bridge->server = http_server_new(world->worker, &options);
    assert_int_equal(tcp_address_parse(&bridge->front, "::1", 0, &err), 0);
    assert_int_equal(http_server_listen(bridge->server, &bridge->front, &bridge->front, &err), 0);
    *front = raw_connect(&bridge->front);
    raw_send(world, front,
             "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly");
    *back = site_accept(&bridge->site);
    raw_await(world, back, "GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
    raw_send(world, back, "HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nsoon");
    raw_await(
        world, front,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\nsoon");
    raw_await(world, back, "early");
}

static void bridge_close(struct bridge *bridge)
{
    http_tunnel_close(bridge->tunnel);
    http_server_close(bridge->server, 0, NULL, NULL);
    site_close(&bridge->site);
}

static void an_upgrade_is_a_tunnel(void **state)
{
    (void)state;
    struct bridge bridge;
    struct raw front, back;
    bridge_open(&bridge, &front, &back);
    struct world *world = &bridge.site.world;
    raw_send(world, &front, "to the app");
    raw_await(world, &back, "to the app");
    raw_send(world, &back, "to the client");
    raw_await(world, &front, "to the client");
    assert_int_equal(shutdown(front.fd, SHUT_WR), 0);
    raw_await_end(world, &back); /* one way only */
    raw_send(world, &back, "last words");
    raw_await(world, &front, "last words");
    raw_close(&back);
    raw_await_end(world, &front);
    await_count(world, &bridge.done, 1);
    raw_close(&front);
    assert_int_equal(http_server_connections(bridge.server), 0);
    bridge_close(&bridge);
}

static void a_tunnel_has_back_pressure(void **state)
{
    (void)state;
    struct bridge bridge;
    struct raw front, back;
    bridge_open(&bridge, &front, &back);
    struct world *world = &bridge.site.world;
    struct flood flood = {&back, BIG_BYTES, 0};
    assert_true(await(world->loop, flooded, &flood));
    assert_true(flood.left > 0);
    size_t before = front.got.len;
    while (front.got.len - before < BIG_BYTES) {
        raw_read(&front);
        flood.idle = 49;
        (void)await(world->loop, flooded, &flood);
    }
    assert_int_equal(flood.left, 0);
    raw_close(&front);
    raw_await_end(world, &back);
    raw_close(&back);
    await_count(world, &bridge.done, 1);
    bridge_close(&bridge);
}

/* The server's end is the tunnel's, too. */
static void a_tunnel_ends_with_its_server(void **state)
{
    (void)state;
    struct bridge bridge;
    struct raw front, back;
    bridge_open(&bridge, &front, &back);
    http_server_close(bridge.server, 0, NULL, NULL);
    assert_int_equal(bridge.done, 1);
    raw_await_end(&bridge.site.world, &front);
    raw_await_end(&bridge.site.world, &back);
    raw_close(&front);
    raw_close(&back);
    site_close(&bridge.site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_are_kept),
        cmocka_unit_test(a_body_may_last_until_the_end),
        cmocka_unit_test(failures_are_told_apart),
        cmocka_unit_test(a_stale_connection_is_told_of),
        cmocka_unit_test(nobody_listening_is_told_of),
        cmocka_unit_test(a_connection_that_takes_too_long_is_given_up),
        cmocka_unit_test(a_silent_server_is_given_up),
        cmocka_unit_test(a_body_is_sent),
        cmocka_unit_test(an_early_answer_is_heard),
        cmocka_unit_test(a_reader_that_waits_holds_up_the_server),
        cmocka_unit_test(a_server_that_waits_holds_up_the_writer),
        cmocka_unit_test(calls_can_be_cancelled),
        cmocka_unit_test(no_second_request_is_smuggled),
        cmocka_unit_test(an_app_that_was_replaced_is_left),
        cmocka_unit_test(an_upgrade_is_a_tunnel),
        cmocka_unit_test(a_tunnel_has_back_pressure),
        cmocka_unit_test(a_tunnel_ends_with_its_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
