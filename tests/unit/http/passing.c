/* A client, a server that passes requests on, and an app behind it, with clients that break off in
   every way at any time: nothing is lost of what is whole, nothing is kept of what is broken. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "http/client.h"
#include "http/server.h"

#define CLIENTS    16
#define ROUNDS     600
#define BODY_BYTES ((size_t)300000)

static char block[BODY_BYTES];

struct stand {
    struct world world;
    struct http_server *app, *front;
    struct tcp_address app_address, front_address;
    struct http_client *client;
    size_t passing;
};

/* --- the app: what it is sent, or a page --- */

static void app_gone(void *data, struct http_exchange *exchange)
{
    (void)data;
    (void)exchange;
}

static void app_body(void *data, struct http_exchange *exchange, const char *bytes, size_t len)
{
    (void)data;
    if (!http_respond_write(exchange, bytes, len))
        http_request_pause(exchange);
}

static void app_drained(void *data, struct http_exchange *exchange)
{
    (void)data;
    http_request_resume(exchange);
}

static void app_end(void *data, struct http_exchange *exchange)
{
    (void)data;
    http_respond_end(exchange, NULL, 0);
}

static void on_app_request(void *data, struct http_exchange *exchange)
{
    static const struct http_handler ECHO = {app_body, app_end, app_drained, app_gone, false};
    const struct http_head *head = http_exchange_head(exchange);
    if (http_text_equal(head->path, "/cut")) {
        http_respond_begin(exchange, 200, (struct http_text){0}, NULL, 0, HTTP_LENGTH_UNKNOWN);
        (void)http_respond_write(exchange, block, 1000);
        http_respond_abort(exchange);
    } else if (head->framing == HTTP_BODY_NONE || http_text_equal(head->path, "/early")) {
        http_respond(exchange, 200, NULL, NULL, 0, block, head->path.len * 1000);
    } else {
        http_exchange_handle(exchange, &ECHO, data);
        http_respond_begin(exchange, 200, (struct http_text){0}, NULL, 0, HTTP_LENGTH_UNKNOWN);
    }
}

/* --- what passes requests on --- */

struct passing {
    struct stand *stand;
    struct http_exchange *exchange;
    struct http_call *call; /* NULL: over */
};

static void over(struct passing *passing)
{
    passing->stand->passing--;
    free(passing);
}

static void front_gone(void *data, struct http_exchange *exchange)
{
    (void)exchange;
    struct passing *passing = data;
    if (passing->call)
        http_call_cancel(passing->call);
    over(passing);
}

static void front_body(void *data, struct http_exchange *exchange, const char *bytes, size_t len)
{
    struct passing *passing = data;
    if (!http_call_write(passing->call, bytes, len))
        http_request_pause(exchange);
}

static void front_body_end(void *data, struct http_exchange *exchange)
{
    (void)exchange;
    http_call_end(((struct passing *)data)->call, NULL, 0);
}

static void front_drained(void *data, struct http_exchange *exchange)
{
    (void)exchange;
    http_call_resume(((struct passing *)data)->call);
}

static void call_head(void *data, struct http_call *call, const struct http_head *head)
{
    (void)call;
    int64_t length = head->has_length ? (int64_t)head->length : HTTP_LENGTH_UNKNOWN;
    http_respond_begin(((struct passing *)data)->exchange, head->status, head->reason, head->fields,
                       head->field_count, length);
}

static void call_body(void *data, struct http_call *call, const char *bytes, size_t len)
{
    if (!http_respond_write(((struct passing *)data)->exchange, bytes, len))
        http_call_pause(call);
}

static void call_end(void *data, struct http_call *call, const struct http_field *trailers,
                     size_t count)
{
    (void)call;
    struct passing *passing = data;
    http_respond_end(passing->exchange, trailers, count);
    over(passing);
}

static void call_drained(void *data, struct http_call *call)
{
    (void)call;
    http_request_resume(((struct passing *)data)->exchange);
}

static void call_failed(void *data, struct http_call *call, const struct http_failure *failure)
{
    (void)call;
    (void)failure;
    struct passing *passing = data;
    if (http_respond_begun(passing->exchange))
        http_respond_abort(passing->exchange);
    else
        http_respond(passing->exchange, 502, NULL, NULL, 0, NULL, 0);
    over(passing);
}

static void on_front_request(void *data, struct http_exchange *exchange)
{
    static const struct http_handler HANDLER = {front_body, front_body_end, front_drained,
                                                front_gone, false};
    static const struct http_call_handler CALL = {.on_head = call_head,
                                                  .on_body = call_body,
                                                  .on_end = call_end,
                                                  .on_drained = call_drained,
                                                  .on_failed = call_failed};
    struct stand *stand = data;
    const struct http_head *head = http_exchange_head(exchange);
    struct passing *passing = mem_new(1, sizeof *passing);
    passing->stand = stand;
    passing->exchange = exchange;
    stand->passing++;
    http_exchange_handle(exchange, &HANDLER, passing);
    const struct http_call_request request = {
        .method = head->method_text,
        .target = head->target,
        .fields = head->fields,
        .field_count = head->field_count,
        .length = head->framing == HTTP_BODY_CHUNKED ? HTTP_LENGTH_UNKNOWN : (int64_t)head->length,
    };
    passing->call = http_call_new(stand->client, &stand->app_address, &request, &CALL, passing);
}

/* --- clients --- */

/* The same numbers each time. */
static unsigned next_random(unsigned *state, unsigned below)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % below;
}

/* Begins a request of some kind, of which as much is sent as is taken at once. */
static void begin(struct raw *raw, unsigned *random)
{
    static const char *const REQUESTS[] = {
        "GET /page HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /ab HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /cut HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /hal",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nx",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n",
        "POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n",
        "\x16\x03\x01 no HTTP at all",
    };
    const char *request = REQUESTS[next_random(random, sizeof REQUESTS / sizeof *REQUESTS)];
    (void)raw_try(raw, request, strlen(request));
    if (strstr(request, "300000"))
        (void)raw_try(raw, block, next_random(random, BODY_BYTES + 1));
}

static void leave(struct raw *raw, unsigned *random)
{
    static const struct linger RESET = {.l_onoff = 1};
    unsigned how = next_random(random, 3);
    if (how == 0)
        (void)setsockopt(raw->fd, SOL_SOCKET, SO_LINGER, &RESET, sizeof RESET);
    else if (how == 1)
        (void)shutdown(raw->fd, SHUT_WR);
    raw_close(raw);
}

static bool one_turn(void *data)
{
    return (*(int *)data)++ > 0;
}

static bool nothing_is_left(void *data)
{
    struct stand *stand = data;
    return !stand->passing && http_server_connections(stand->front) == 0;
}

static void start(struct http_server **server, struct stand *stand, http_request_fn *fn,
                  struct tcp_address *address)
{
    struct err err = {0};
    struct http_server_options options = {.on_request = fn, .data = stand};
    *server = http_server_new(stand->world.worker, &options);
    assert_int_equal(tcp_address_parse(address, "127.0.0.1", 0, &err), 0);
    assert_int_equal(http_server_listen(*server, address, address, &err), 0);
}

static void whatever_breaks_is_let_go(void **state)
{
    (void)state;
    struct stand stand = {0};
    struct raw raws[CLIENTS];
    bool open[CLIENTS] = {false};
    unsigned random = 1;
    memset(block, 'b', sizeof block);
    world_open(&stand.world);
    start(&stand.app, &stand, on_app_request, &stand.app_address);
    start(&stand.front, &stand, on_front_request, &stand.front_address);
    stand.client = http_client_new(stand.world.worker, &(struct http_client_options){0});
    for (int round = 0; round < ROUNDS; round++) {
        unsigned at = next_random(&random, CLIENTS);
        if (!open[at]) {
            raws[at] = raw_connect(&stand.front_address);
            assert_int_equal(await(stand.world.loop, one_turn, &(int){0}), true);
        }
        open[at] = true;
        if (next_random(&random, 3))
            begin(&raws[at], &random);
        for (unsigned turn = next_random(&random, 6); turn; turn--)
            assert_int_equal(await(stand.world.loop, one_turn, &(int){0}), true);
        if (next_random(&random, 2))
            raw_read(&raws[at]);
        if (next_random(&random, 3) == 0) {
            leave(&raws[at], &random);
            open[at] = false;
        }
    }
    for (size_t i = 0; i < CLIENTS; i++)
        if (open[i])
            leave(&raws[i], &random);
    assert_true(await(stand.world.loop, nothing_is_left, &stand));

    /* And it works as on the first day: a body that goes there and comes back whole. */
    struct raw raw = raw_connect(&stand.front_address);
    raw_send(&stand.world, &raw,
             "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 12\r\n\r\nthere");
    raw_await(&stand.world, &raw, "there");
    raw_send(&stand.world, &raw, "and ba\n");
    raw_await(&stand.world, &raw, "and ba\n");
    raw_await_end(&stand.world, &raw);
    raw_close(&raw);
    http_server_close(stand.front, 0, NULL, NULL);
    http_client_free(stand.client);
    http_server_close(stand.app, 0, NULL, NULL);
    world_close(&stand.world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_breaks_is_let_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
