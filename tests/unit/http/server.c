/* A server over real loopback sockets. */
#include "world.h"

#include <stdlib.h>

#include "http/server.h"

#define BIG_BYTES ((size_t)24 << 20)

struct site {
    struct world world;
    struct http_server *server;
    struct tcp_address address;
    struct http_exchange *held; /* by /hold and /upload */
    size_t holds, gone, closed, body_bytes, body_ends, drained;
    size_t big_left, pending_most;
    struct http_tunnel *tunnel;
    struct buf trailers;
};

/* --- what the server does --- */

static void fill_big(struct site *site, struct http_exchange *exchange)
{
    static char block[16384];
    memset(block, 'b', sizeof block);
    bool more = true;
    while (more && site->big_left) {
        size_t len = site->big_left < sizeof block ? site->big_left : sizeof block;
        site->big_left -= len;
        more = http_respond_write(exchange, block, len);
        if (http_respond_pending(exchange) > site->pending_most)
            site->pending_most = http_respond_pending(exchange);
    }
    if (!site->big_left)
        http_respond_end(exchange, NULL, 0);
}

static void on_gone(void *data, struct http_exchange *exchange)
{
    struct site *site = data;
    if (site->held == exchange)
        site->held = NULL;
    site->gone++;
}

static void big_drained(void *data, struct http_exchange *exchange)
{
    struct site *site = data;
    site->drained++;
    fill_big(site, exchange);
}

static void echo_body(void *data, struct http_exchange *exchange, const char *bytes, size_t len)
{
    struct site *site = data;
    site->body_bytes += len;
    (void)http_respond_write(exchange, bytes, len);
}

static void echo_end(void *data, struct http_exchange *exchange)
{
    struct site *site = data;
    struct http_field fields[HTTP_FIELDS_MAX];
    size_t count = http_request_trailers(exchange, fields);
    site->body_ends++;
    http_respond_end(exchange, fields, count);
}

static void upload_body(void *data, struct http_exchange *exchange, const char *bytes, size_t len)
{
    (void)exchange;
    (void)bytes;
    ((struct site *)data)->body_bytes += len;
}

static void upload_end(void *data, struct http_exchange *exchange)
{
    ((struct site *)data)->held = NULL;
    http_respond(exchange, 200, "text/plain", NULL, 0, "taken", 5);
}

static const char FLOOD[16384];
static const struct http_handler HOLD = {.on_gone = on_gone};
static const struct http_handler BIG = {.on_drained = big_drained, .on_gone = on_gone};
static const struct http_handler ECHO = {echo_body, echo_end, NULL, on_gone, false};
static const struct http_handler UPLOAD = {upload_body, upload_end, NULL, on_gone, false};

static void on_request(void *data, struct http_exchange *exchange)
{
    struct site *site = data;
    const struct http_head *head = http_exchange_head(exchange);
    struct http_text path = head->path;
    static const struct http_field EVIL = {HTTP_TEXT("X-Evil"), HTTP_TEXT("a\r\nB: c")};
    if (http_text_equal(path, "/hello")) {
        http_respond(exchange, 200, "text/plain", &EVIL, 1, "hello", 5);
    } else if (http_text_equal(path, "/empty")) {
        http_respond(exchange, 204, NULL, NULL, 0, NULL, 0);
    } else if (http_text_equal(path, "/same")) {
        http_respond_begin(exchange, 304, HTTP_TEXT("Still"), NULL, 0, 77);
        (void)http_respond_write(exchange, "x", 1);
        http_respond_end(exchange, NULL, 0);
    } else if (http_text_equal(path, "/stream")) {
        http_respond_begin(exchange, 200, (struct http_text){0}, NULL, 0, HTTP_LENGTH_UNKNOWN);
        (void)http_respond_write(exchange, "one", 3);
        (void)http_respond_write(exchange, "twenty-three bytes long", 23);
        http_respond_end(exchange, NULL, 0);
    } else if (http_text_equal(path, "/short")) {
        http_respond_begin(exchange, 200, (struct http_text){0}, NULL, 0, 10);
        (void)http_respond_write(exchange, "half", 4);
        http_respond_end(exchange, NULL, 0);
    } else if (http_text_equal(path, "/long")) {
        http_exchange_handle(exchange, &HOLD, site);
        http_respond_begin(exchange, 200, (struct http_text){0}, NULL, 0, 3);
        (void)http_respond_write(exchange, "four", 4);
    } else if (http_text_equal(path, "/abort")) {
        http_respond_begin(exchange, 200, (struct http_text){0}, NULL, 0, HTTP_LENGTH_UNKNOWN);
        (void)http_respond_write(exchange, "half", 4);
        http_respond_abort(exchange);
    } else if (http_text_equal(path, "/hold")) {
        http_exchange_handle(exchange, &HOLD, site);
        site->held = exchange;
        site->holds++;
    } else if (http_text_equal(path, "/big")) {
        http_exchange_handle(exchange, &BIG, site);
        site->big_left = BIG_BYTES;
        http_respond_begin(exchange, 200, (struct http_text){0}, NULL, 0, (int64_t)BIG_BYTES);
        fill_big(site, exchange);
    } else if (http_text_equal(path, "/flood")) {
        http_exchange_handle(exchange, &HOLD, site);
        http_respond_begin(exchange, 200, (struct http_text){0}, NULL, 0, HTTP_LENGTH_UNKNOWN);
        for (int i = 0; i < 10000; i++) { /* "full" is not listened to */
            (void)http_respond_write(exchange, FLOOD, sizeof FLOOD);
            if (http_respond_pending(exchange) > site->pending_most)
                site->pending_most = http_respond_pending(exchange);
        }
    } else if (http_text_equal(path, "/echo")) {
        http_exchange_handle(exchange, &ECHO, site);
        http_respond_begin(exchange, 200, (struct http_text){0}, NULL, 0, HTTP_LENGTH_UNKNOWN);
    } else if (http_text_equal(path, "/upload")) {
        http_exchange_handle(exchange, &UPLOAD, site);
        site->held = exchange;
        if (http_text_equal(head->query, "pause"))
            http_request_pause(exchange);
    } else {
        http_respond(exchange, 404, "text/plain", NULL, 0, "none", 4);
    }
}

static void site_open(struct site *site, struct http_server_options options)
{
    struct err err = {0};
    *site = (struct site){.trailers = BUF_INIT(1000)};
    world_open(&site->world);
    options.on_request = on_request;
    options.data = site;
    site->server = http_server_new(site->world.worker, &options);
    assert_int_equal(tcp_address_parse(&site->address, "127.0.0.1", 0, &err), 0);
    assert_int_equal(http_server_listen(site->server, &site->address, &site->address, &err), 0);
    assert_true(site->address.port > 0);
}

static void on_closed(void *data)
{
    ((struct site *)data)->closed++;
}

static void site_close(struct site *site)
{
    if (site->server)
        http_server_close(site->server, 0, on_closed, site);
    assert_int_equal(site->closed, 1);
    buf_fini(&site->trailers);
    world_close(&site->world);
}

/* Sends one request on a connection of its own and gives all that comes back until its end. */
static void assert_answer(struct site *site, const char *request, const char *answer)
{
    struct raw raw = raw_connect(&site->address);
    raw_send(&site->world, &raw, request);
    raw_await_end(&site->world, &raw);
    assert_string_equal(buf_text(&raw.got), answer);
    raw_close(&raw);
}

/* --- tests --- */

static void requests_are_answered_in_turn(void **state)
{
    (void)state;
    struct site site;
    site_open(&site, (struct http_server_options){0});
    struct raw raw = raw_connect(&site.address);
    raw_send(&site.world, &raw, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    raw_await(&site.world, &raw, "\r\n\r\nhello");
    /* Three at once, the last of them in two halves. */
    raw_send(
        &site.world, &raw,
        "GET /hello HTTP/1.1\r\nHost: a\r\n\r\nHEAD /hello HTTP/1.1\r\nHost: a\r\n\r\nGET /st");
    raw_await(&site.world, &raw, "\r\n\r\nhello");
    raw_await(&site.world, &raw, "Content-Length: 5\r\n\r\n");
    raw_send(&site.world, &raw, "ream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    raw_await_end(&site.world, &raw);
    assert_string_equal(
        buf_text(&raw.got),
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n"
        "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\none\r\n17\r\ntwenty-three bytes long\r\n0\r\n\r\n");
    raw_close(&raw);
    site_close(&site);
}

/* A pipelined request waits until the one before it was answered, and that is long after it came.
 */
static void a_pipelined_request_waits(void **state)
{
    (void)state;
    struct site site;
    site_open(&site, (struct http_server_options){0});
    struct raw raw = raw_connect(&site.address);
    raw_send(&site.world, &raw,
             "GET /hold HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    await_count(&site.world, &site.holds, 1);
    turns(&site.world);
    raw_read(&raw);
    assert_int_equal(raw.got.len, 0);
    http_respond(site.held, 200, NULL, NULL, 0, "held", 4);
    raw_await(&site.world, &raw, "\r\n\r\nheld");
    raw_await(&site.world, &raw, "\r\n\r\nhello");
    raw_close(&raw);
    site_close(&site);
}

static void responses_without_a_body_have_none(void **state)
{
    (void)state;
    struct site site;
    site_open(&site, (struct http_server_options){0});
    assert_answer(&site, "GET /same HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                  "HTTP/1.1 304 Still\r\nConnection: close\r\nContent-Length: 77\r\n\r\n");
    assert_answer(&site, "GET /empty HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                  "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    assert_answer(&site, "HEAD /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                  "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    site_close(&site);
}

static void clients_of_http_1_0_are_served(void **state)
{
    (void)state;
    struct site site;
    site_open(&site, (struct http_server_options){0});
    assert_answer(&site, "GET /stream HTTP/1.0\r\n\r\n",
                  "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nonetwenty-three bytes long");
    struct raw raw = raw_connect(&site.address);
    raw_send(&site.world, &raw, "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    raw_await(&site.world, &raw, "Connection: keep-alive\r\nContent-Length: 5\r\n\r\nhello");
    raw_send(&site.world, &raw, "GET /hello HTTP/1.0\r\n\r\n");
    raw_await_end(&site.world, &raw);
    raw_close(&raw);
    site_close(&site);
}

static void a_body_is_streamed_with_its_trailers(void **state)
{
    (void)state;
    struct site site;
    site_open(&site, (struct http_server_options){0});
    struct raw raw = raw_connect(&site.address);
    raw_send(&site.world, &raw,
             "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc");
    raw_await(&site.world, &raw, "3\r\nabc\r\n"); /* before the rest is sent */
    raw_send(&site.world, &raw, "de\r\n0\r\nX-Sum: 7\r\n\r\n");
    raw_await(&site.world, &raw, "2\r\nde\r\n0\r\nX-Sum: 7\r\n\r\n");
    raw_send(&site.world, &raw,
             "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
             "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
    raw_await(&site.world, &raw, "\r\n\r\n0\r\n\r\n");
    raw_await(&site.world, &raw, "\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
    raw_await_end(&site.world, &raw);
    assert_int_equal(site.body_ends, 3);
    raw_close(&raw);
    site_close(&site);
}

static void a_client_is_told_to_continue(void **state)
{
    (void)state;
    struct site site;
    site_open(&site, (struct http_server_options){0});
    struct raw raw = raw_connect(&site.address);
    raw_send(
        &site.world, &raw,
        "POST /upload HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    raw_await(&site.world, &raw, "HTTP/1.1 100 Continue\r\n\r\n");
    raw_send(&site.world, &raw, "abc");
    raw_await(&site.world, &raw, "taken");
    raw_close(&raw);
    /* Nobody wants that one: it is not to be sent, and the connection cannot be used again. */
    assert_answer(
        &site,
        "POST /none HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nConnection: close\r\n"
        "Content-Length: 4\r\n\r\nnone");
    site_close(&site);
}

/* A short body that nobody reads does not cost the connection, a long one does. */
static void an_unwanted_body_is_read_over(void **state)
{
    (void)state;
    struct site site;
    site_open(&site, (struct http_server_options){0});
    struct raw raw = raw_connect(&site.address);
    raw_send(&site.world, &raw, "POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
    raw_await(&site.world, &raw, "none");
    raw_send(&site.world, &raw, "abcGET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    raw_await(&site.world, &raw, "hello");
    raw_send(&site.world, &raw, "POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
    raw_await(&site.world, &raw, "Connection: close\r\n");
    raw_await_end(&site.world, &raw);
    raw_close(&raw);
    site_close(&site);
}

static void what_is_malformed_is_answered_and_closed(void **state)
{
    static const struct {
        const char *request, *status;
    } CASES[] = {
        {"GET / HTTP/1.1\r\n\r\n", "400 Bad Request"},
        {"GET / HTTP/1.1\nHost: a\n\n", "400 Bad Request"},
        {"\x16\x03\x01\x02", "400 Bad Request"},
        {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505 HTTP Version Not Supported"},
        {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", "501 Not Implemented"},
        {"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", "501 Not Implemented"},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n", "413 Content Too Large"},
        {"POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx",
         "400 Bad Request"},
        {"GET /none HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost : a\r\n\r\n",
         "400 Bad Request"},
    };
    (void)state;
    struct site site;
    site_open(&site, (struct http_server_options){.body_max = 1000});
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct raw raw = raw_connect(&site.address);
        raw_send(&site.world, &raw, CASES[i].request);
        char *line = mem_format("HTTP/1.1 %s\r\nConnection: close\r\n", CASES[i].status);
        raw_await(&site.world, &raw, line);
        raw_await_end(&site.world, &raw);
        assert_false(raw.reset);
        free(line);
        raw_close(&raw);
    }
    struct buf long_target = BUF_INIT(100000);
    (void)buf_puts(&long_target, "GET /");
    while (long_target.len < HTTP_HEAD_BYTES_MAX)
        (void)buf_putc(&long_target, 'x');
    struct raw raw = raw_connect(&site.address);
    raw_send(&site.world, &raw, long_target.data);
    raw_await(&site.world, &raw, "HTTP/1.1 414 ");
    raw_close(&raw);
    buf_fini(&long_target);
    site_close(&site);
}

/* A body that turns out malformed or too large when its exchange is under way. */
static void a_spoilt_body_ends_the_exchange(void **state)
{
    (void)state;
    struct site site;
    site_open(&site, (struct http_server_options){.body_max = 10});
    struct raw raw = raw_connect(&site.address);
    raw_send(&site.world, &raw,
             "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    raw_send(&site.world, &raw, "b\r\n12345678901\r\n");
    raw_await(&site.world, &raw, "HTTP/1.1 413 ");
    raw_await_end(&site.world, &raw);
    assert_int_equal(site.gone, 1);
    raw_close(&raw);
    raw = raw_connect(&site.address);
    raw_send(&site.world, &raw,
             "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabcd");
    raw_await_end(&site.world, &raw); /* begun already: cut */
    assert_int_equal(site.gone, 2);
    assert_null(strstr(buf_text(&raw.got), "0\r\n\r\n"));
    raw_close(&raw);
    site_close(&site);
}

static void a_wrong_length_cuts_the_connection(void **state)
{
    (void)state;
    struct site site;
    site_open(&site, (struct http_server_options){0});
    static const char *const PATHS[] = {"/short", "/long", "/abort"};
    for (size_t i = 0; i < 3; i++) {
        struct raw raw = raw_connect(&site.address);
        char *request = mem_format("GET %s HTTP/1.1\r\nHost: a\r\n\r\n", PATHS[i]);
        raw_send(&site.world, &raw, request);
        raw_await_end(&site.world, &raw);
        assert_null(strstr(buf_text(&raw.got), "four"));
        assert_null(strstr(buf_text(&raw.got), "0\r\n\r\n"));
        free(request);
        raw_close(&raw);
    }
    assert_int_equal(site.gone, 1); /* /long has a handler */
    /* Where only the end of the connection ends the body, a cut is to be seen as one. */
    struct raw raw = raw_connect(&site.address);
    raw_send(&site.world, &raw, "GET /abort HTTP/1.0\r\n\r\n");
    raw_await_end(&site.world, &raw);
    assert_true(raw.reset);
    raw_close(&raw);
    site_close(&site);
}

static void slow_clients_are_let_go(void **state)
{
    (void)state;
    struct site site;
    site_open(&site, (struct http_server_options){
                         .head_timeout_ms = 300, .idle_timeout_ms = 300, .body_timeout_ms = 300});
    struct raw silent = raw_connect(&site.address), head = raw_connect(&site.address),
               body = raw_connect(&site.address), idle = raw_connect(&site.address);
    raw_send(&site.world, &head, "GET / HT");
    raw_send(&site.world, &body, "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na");
    raw_send(&site.world, &idle, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    raw_await(&site.world, &idle, "hello");
    raw_await(&site.world, &head, "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n");
    raw_await_end(&site.world, &head);
    raw_await(&site.world, &body, "HTTP/1.1 408 ");
    raw_await_end(&site.world, &body);
    raw_await_end(&site.world, &silent);
    raw_await_end(&site.world, &idle);
    assert_int_equal(silent.got.len, 0);
    assert_int_equal(site.gone, 1);
    raw_close(&silent);
    raw_close(&head);
    raw_close(&body);
    raw_close(&idle);
    site_close(&site);
}

/* Dripping does not help: the time of a head counts from its beginning. */
struct drip {
    struct raw *raw;
    size_t sent;
};

static bool dripped(void *data)
{
    struct drip *drip = data;
    drip->sent += raw_try(drip->raw, "x", 1);
    raw_read(drip->raw);
    return drip->raw->ended;
}

static void a_dripping_client_is_let_go(void **state)
{
    (void)state;
    struct site site;
    site_open(&site, (struct http_server_options){.head_timeout_ms = 500});
    struct raw raw = raw_connect(&site.address);
    raw_send(&site.world, &raw, "GET /");
    struct drip drip = {&raw, 0};
    assert_true(await(site.world.loop, dripped, &drip));
    assert_true(drip.sent > 10);
    assert_non_null(strstr(buf_text(&raw.got), "408"));
    raw_close(&raw);
    site_close(&site);
}

static void a_reader_that_waits_holds_up_the_writer(void **state)
{
    (void)state;
    struct site site;
    site_open(&site, (struct http_server_options){0});
    struct raw raw = raw_connect(&site.address);
    raw_send(&site.world, &raw, "GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    await_count(&site.world, &site.pending_most, HTTP_OUTPUT_LOW);
    turns(&site.world);
    size_t left = site.big_left;
    assert_true(left > 0); /* the kernel's buffers are smaller than the response */
    turns(&site.world);
    assert_int_equal(site.big_left, left);
    raw_await_end(&site.world, &raw);
    assert_true(site.pending_most <= HTTP_OUTPUT_LOW + 16384);
    const char *body = strstr(raw.got.data, "\r\n\r\n") + 4;
    size_t len = raw.got.len - (size_t)(body - raw.got.data);
    assert_int_equal(len, BIG_BYTES);
    for (size_t i = 0; i < len; i++)
        if (body[i] != 'b')
            fail_msg("byte %zu is wrong", i);
    raw_close(&raw);
    site_close(&site);
}

static void a_reader_that_stops_is_let_go(void **state)
{
    (void)state;
    struct site site;
    site_open(&site, (struct http_server_options){.stall_timeout_ms = 300});
    struct raw raw = raw_connect(&site.address);
    raw_send(&site.world, &raw, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    await_count(&site.world, &site.gone, 1);
    raw_close(&raw);
    site_close(&site);
}

struct flood {
    struct raw *raw;
    size_t left, sent, idle;
};

/* Sends until nothing has been taken for a while. */
static bool flooded(void *data)
{
    static char block[65536];
    struct flood *flood = data;
    size_t len = flood->left < sizeof block ? flood->left : sizeof block;
    size_t sent = raw_try(flood->raw, block, len);
    flood->idle = sent ? 0 : flood->idle + 1;
    flood->sent += sent;
    flood->left -= sent;
    return !flood->left || flood->idle > 50;
}

static void a_handler_that_waits_holds_up_the_sender(void **state)
{
    (void)state;
    struct site site;
    site_open(&site, (struct http_server_options){0});
    struct raw raw = raw_connect(&site.address);
    char *head = mem_format("POST /upload?pause HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n",
                            BIG_BYTES);
    raw_send(&site.world, &raw, head);
    free(head);
    struct flood flood = {&raw, BIG_BYTES, 0, 0};
    assert_true(await(site.world.loop, flooded, &flood));
    assert_true(flood.left > 0); /* the rest does not fit into the kernel's buffers */
    assert_int_equal(site.body_bytes, 0);
    http_request_resume(site.held);
    flood.idle = 0;
    assert_true(await(site.world.loop, flooded, &flood));
    assert_int_equal(flood.left, 0);
    raw_await(&site.world, &raw, "taken");
    assert_int_equal(site.body_bytes, BIG_BYTES);
    raw_close(&raw);
    site_close(&site);
}

static void a_writer_that_does_not_stop_is_cut(void **state)
{
    (void)state;
    struct site site;
    site_open(&site, (struct http_server_options){0});
    struct raw raw = raw_connect(&site.address);
    raw_send(&site.world, &raw, "GET /flood HTTP/1.1\r\nHost: a\r\n\r\n");
    await_count(&site.world, &site.gone, 1);
    assert_true(site.pending_most > HTTP_OUTPUT_MAX);
    assert_true(site.pending_most <= HTTP_OUTPUT_MAX + sizeof FLOOD + 10);
    raw_close(&raw);
    site_close(&site);
}

static void a_client_that_leaves_is_told_of(void **state)
{
    (void)state;
    struct site site;
    site_open(&site, (struct http_server_options){0});
    struct raw raw = raw_connect(&site.address);
    raw_send(&site.world, &raw, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    await_count(&site.world, &site.holds, 1);
    raw_close(&raw);
    await_count(&site.world, &site.gone, 1);
    assert_int_equal(http_server_connections(site.server), 0);
    site_close(&site);
}

static void connections_are_bounded(void **state)
{
    (void)state;
    struct site site;
    site_open(&site, (struct http_server_options){.connections_max = 2});
    struct raw first = raw_connect(&site.address), second = raw_connect(&site.address);
    raw_send(&site.world, &first, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    raw_send(&site.world, &second, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    raw_await(&site.world, &first, "hello");
    raw_await(&site.world, &second, "hello");
    struct raw third = raw_connect(&site.address);
    raw_send(&site.world, &third, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    turns(&site.world);
    raw_read(&third);
    assert_int_equal(third.got.len, 0);
    assert_int_equal(http_server_connections(site.server), 2);
    raw_close(&first);
    raw_await(&site.world, &third, "hello"); /* it was waiting, not refused */
    raw_close(&second);
    raw_close(&third);
    site_close(&site);
}

static void a_server_closes_in_order(void **state)
{
    (void)state;
    struct site site;
    site_open(&site, (struct http_server_options){0});
    struct raw idle = raw_connect(&site.address), busy = raw_connect(&site.address);
    raw_send(&site.world, &idle, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    raw_await(&site.world, &idle, "hello");
    raw_send(&site.world, &busy, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    await_count(&site.world, &site.holds, 1);
    http_server_close(site.server, 20000, on_closed, &site);
    site.server = NULL;
    raw_await_end(&site.world, &idle);
    raw_close(&idle);
    assert_int_equal(site.closed, 0);
    http_respond(site.held, 200, NULL, NULL, 0, "held", 4);
    raw_await(&site.world, &busy, "Connection: close\r\nContent-Length: 4\r\n\r\nheld");
    raw_await_end(&site.world, &busy);
    raw_close(&busy);
    await_count(&site.world, &site.closed, 1);
    site_close(&site);
}

static void a_server_closes_at_once(void **state)
{
    (void)state;
    struct site site;
    site_open(&site, (struct http_server_options){0});
    struct raw raw = raw_connect(&site.address);
    raw_send(&site.world, &raw, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    await_count(&site.world, &site.holds, 1);
    site_close(&site);
    assert_int_equal(site.gone, 1);
    raw_close(&raw);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_answered_in_turn),
        cmocka_unit_test(a_pipelined_request_waits),
        cmocka_unit_test(responses_without_a_body_have_none),
        cmocka_unit_test(clients_of_http_1_0_are_served),
        cmocka_unit_test(a_body_is_streamed_with_its_trailers),
        cmocka_unit_test(a_client_is_told_to_continue),
        cmocka_unit_test(an_unwanted_body_is_read_over),
        cmocka_unit_test(what_is_malformed_is_answered_and_closed),
        cmocka_unit_test(a_spoilt_body_ends_the_exchange),
        cmocka_unit_test(a_wrong_length_cuts_the_connection),
        cmocka_unit_test(slow_clients_are_let_go),
        cmocka_unit_test(a_dripping_client_is_let_go),
        cmocka_unit_test(a_reader_that_waits_holds_up_the_writer),
        cmocka_unit_test(a_reader_that_stops_is_let_go),
        cmocka_unit_test(a_handler_that_waits_holds_up_the_sender),
        cmocka_unit_test(a_writer_that_does_not_stop_is_cut),
        cmocka_unit_test(a_client_that_leaves_is_told_of),
        cmocka_unit_test(connections_are_bounded),
        cmocka_unit_test(a_server_closes_in_order),
        cmocka_unit_test(a_server_closes_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
