/* WebSocket: frames wherever they are cut, then a handshake and messages over a real socket. */
#include "world.h"

#include <stdlib.h>

#include "http/server.h"
#include "http/ws.h"
#include "http/ws_frame.h"

#define MASK "\x01\x02\x03\x04"

/* --- frames --- */

/* What a reader makes of bytes that come in steps, as text; the fault at the end, or 0. */
static long read_all(const char *bytes, size_t len, size_t step, struct buf *out)
{
    struct ws_reader reader;
    long fault = 0;
    ws_reader_init(&reader, 300);
    for (size_t at = 0; at < len && !fault; at += step) {
        size_t piece = step < len - at ? step : len - at, used = 0;
        char *copy = mem_string_n(bytes + at, piece);
        memcpy(copy, bytes + at, piece);
        while (used < piece && !fault) {
            struct ws_event event;
            long took = ws_reader_next(&reader, copy + used, piece - used, &event);
            if (took < 0)
                fault = took;
            else
                used += (size_t)took;
            if (took >= 0 && event.any)
                (void)buf_printf(out, "%d:%u:%zu:%.20s|", (int)event.opcode, event.code, event.len,
                                 event.bytes);
        }
        free(copy);
    }
    ws_reader_fini(&reader);
    return fault;
}

/* One masked frame. */
static void put_frame(struct buf *out, unsigned first, const char *payload, size_t len)
{
    unsigned char head[WS_HEAD_BYTES_MAX];
    size_t head_len = ws_frame_head(head, WS_TEXT, len);
    head[0] = (unsigned char)first;
    head[1] |= 0x80;
    (void)buf_append(out, head, head_len);
    (void)buf_append(out, MASK, 4);
    for (size_t i = 0; i < len; i++)
        (void)buf_putc(out, (char)(payload[i] ^ MASK[i & 3]));
}

static void assert_frames(struct buf *frames, const char *events, long fault)
{
    for (size_t step = 1; step <= frames->len; step++) {
        struct buf out = BUF_INIT(10000);
        assert_int_equal(read_all(frames->data, frames->len, step, &out), fault);
        assert_string_equal(buf_text(&out), events);
        buf_fini(&out);
    }
    buf_reset(frames);
}

static void frames_become_messages(void **state)
{
    (void)state;
    struct buf frames = BUF_INIT(10000);
    put_frame(&frames, 0x81, "hello", 5);
    put_frame(&frames, 0x82, "\0\1", 2);
    put_frame(&frames, 0x81, "", 0);
    put_frame(&frames, 0x01, "a\xc3", 2); /* in pieces, cut inside a character */
    put_frame(&frames, 0x89, "ping", 4);  /* with one for the connection between them */
    put_frame(&frames, 0x00, "\xa4", 1);
    put_frame(&frames, 0x80, "z", 1);
    put_frame(&frames, 0x8a, "", 0);
    put_frame(&frames, 0x88,
              "\x03\xe8"
              "bye",
              5);
    assert_frames(&frames,
                  "1:0:5:hello|2:0:2:|1:0:0:|9:0:4:ping|1:0:4:a\xc3\xa4z|10:0:0:|8:1000:3:bye|", 0);
    char text[301] = "";
    memset(text, 'x', 300);
    put_frame(&frames, 0x81, text, 200);
    put_frame(&frames, 0x81, text, 300);
    assert_frames(&frames, "1:0:200:xxxxxxxxxxxxxxxxxxxx|1:0:300:xxxxxxxxxxxxxxxxxxxx|", 0);
    put_frame(&frames, 0x88, "", 0);
    assert_frames(&frames, "8:1005:0:|", 0);
    buf_fini(&frames);
}

static void wrong_frames_are_refused(void **state)
{
    (void)state;
    static const struct {
        unsigned first;
        const char *payload;
        size_t len;
        long fault;
    } CASES[] = {
        {0xc1, "a", 1, -WS_CODE_PROTOCOL}, /* a bit of an extension */
        {0x83, "a", 1, -WS_CODE_PROTOCOL}, /* an opcode that is none */
        {0x8b, "a", 1, -WS_CODE_PROTOCOL},
        {0x80, "a", 1, -WS_CODE_PROTOCOL},        /* goes on with nothing */
        {0x09, "a", 1, -WS_CODE_PROTOCOL},        /* a ping in pieces */
        {0x88, "\x03", 1, -WS_CODE_PROTOCOL},     /* half a code */
        {0x88, "\x03\xed", 2, -WS_CODE_PROTOCOL}, /* 1005 is never sent */
        {0x88, "\x03\xe8\xff", 3, -WS_CODE_TEXT},
        {0x81, "\xff", 1, -WS_CODE_TEXT},
        {0x81, "\xc3", 1, -WS_CODE_TEXT},     /* cut */
        {0x81, "\xc0\x80", 2, -WS_CODE_TEXT}, /* overlong */
        {0x81, "\xe0\x9f\xbf", 3, -WS_CODE_TEXT},
        {0x81, "\xed\xa0\x80", 3, -WS_CODE_TEXT}, /* a surrogate */
        {0x81, "\xf4\x90\x80\x80", 4, -WS_CODE_TEXT},
    };
    struct buf frames = BUF_INIT(10000);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        put_frame(&frames, CASES[i].first, CASES[i].payload, CASES[i].len);
        assert_frames(&frames, "", CASES[i].fault);
    }
    static char text[400];
    put_frame(&frames, 0x82, text, 301);
    assert_frames(&frames, "", -WS_CODE_LARGE);
    put_frame(&frames, 0x02, text, 200);
    put_frame(&frames, 0x80, text, 101);
    assert_frames(&frames, "", -WS_CODE_LARGE);
    put_frame(&frames, 0x89, text, 126);
    assert_frames(&frames, "", -WS_CODE_PROTOCOL);
    put_frame(&frames, 0x01, "a", 1);
    put_frame(&frames, 0x81, "b", 1); /* a new message inside one */
    assert_frames(&frames, "", -WS_CODE_PROTOCOL);
    (void)buf_append(&frames,
                     "\x81\x01"
                     "a",
                     3); /* not masked */
    assert_frames(&frames, "", -WS_CODE_PROTOCOL);
    (void)buf_append(&frames, "\x81\xfe\0\1" MASK "a", 9); /* a length in more bytes than needed */
    assert_frames(&frames, "", -WS_CODE_PROTOCOL);
    (void)buf_append(&frames, "\x81\xff\x80\0\0\0\0\0\0\0" MASK, 14);
    assert_frames(&frames, "", -WS_CODE_PROTOCOL);
    buf_fini(&frames);
}

/* --- over a socket --- */

struct site {
    struct world world;
    struct http_server *server;
    struct tcp_address address;
    struct ws *ws;
    struct buf messages;
    size_t closes;
    unsigned code;
};

static void on_message(void *data, struct ws *ws, bool text, const char *bytes, size_t len)
{
    struct site *site = data;
    (void)buf_printf(&site->messages, "%s|", bytes);
    if (strcmp(bytes, "abort") == 0) {
        ws_abort(ws);
        site->ws = NULL;
    } else if (text) {
        (void)ws_send_text(ws, bytes, len);
    }
}

static void on_closed(void *data, struct ws *ws, unsigned code)
{
    struct site *site = data;
    assert_ptr_equal(site->ws, ws);
    site->ws = NULL;
    site->closes++;
    site->code = code;
}

static void on_request(void *data, struct http_exchange *exchange)
{
    static const struct ws_handler HANDLER = {on_message, on_closed};
    struct site *site = data;
    site->ws = ws_accept(exchange, "chat", 1000, &HANDLER, site);
}

static void site_open(struct site *site)
{
    struct err err = {0};
    *site = (struct site){.messages = BUF_INIT(1000)};
    world_open(&site->world);
    struct http_server_options options = {.on_request = on_request, .data = site};
    site->server = http_server_new(site->world.worker, &options);
    assert_int_equal(tcp_address_parse(&site->address, "localhost", 0, &err), 0);
    assert_int_equal(http_server_listen(site->server, &site->address, &site->address, &err), 0);
}

static void site_close(struct site *site)
{
    http_server_close(site->server, 0, NULL, NULL);
    buf_fini(&site->messages);
    world_close(&site->world);
}

#define ASK                                                                                        \
    "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n"                 \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

static struct raw connect_ws(struct site *site)
{
    struct raw raw = raw_connect(&site->address);
    raw_send(&site->world, &raw, ASK);
    raw_await(&site->world, &raw,
              "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
              "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" /* RFC 6455 §1.3 */
              "Sec-WebSocket-Protocol: chat\r\nConnection: upgrade\r\n\r\n");
    return raw;
}

static void send_frame(struct raw *raw, unsigned first, const char *payload)
{
    struct buf frame = BUF_INIT(1000);
    put_frame(&frame, first, payload, strlen(payload));
    assert_int_equal(raw_try(raw, frame.data, frame.len), frame.len);
    buf_fini(&frame);
}

static void messages_go_both_ways(void **state)
{
    (void)state;
    struct site site;
    site_open(&site);
    struct raw raw = connect_ws(&site);
    send_frame(&raw, 0x81, "hello");
    raw_await(&site.world, &raw, "\x81\x05hello");
    send_frame(&raw, 0x89, "are you there");
    raw_await(&site.world, &raw,
              "\x8a\x0d"
              "are you there");
    send_frame(&raw, 0x88, "\x03\xe9");
    raw_await(&site.world, &raw, "\x88\x02\x03\xe9");
    raw_await_end(&site.world, &raw);
    assert_int_equal(site.closes, 1);
    assert_int_equal(site.code, WS_CODE_GOING_AWAY);
    raw_close(&raw);

    raw = connect_ws(&site); /* closed from this side */
    ws_close(site.ws, WS_CODE_NORMAL, "bye");
    raw_await(&site.world, &raw,
              "\x88\x05\x03\xe8"
              "bye");
    send_frame(&raw, 0x81, "not heard");
    send_frame(&raw, 0x88, "\x03\xe8");
    raw_await_end(&site.world, &raw);
    assert_int_equal(site.closes, 2);
    assert_string_equal(site.messages.data, "hello|");
    raw_close(&raw);

    raw = connect_ws(&site); /* one that never answers it */
    ws_close(site.ws, WS_CODE_NORMAL, NULL);
    await_count(&site.world, &site.closes, 3);
    assert_int_equal(site.code, WS_CODE_LOST);
    raw_close(&raw);
    site_close(&site);
}

static void sockets_end_in_every_way(void **state)
{
    (void)state;
    struct site site;
    site_open(&site);
    struct raw raw = connect_ws(&site);
    raw_close(&raw);
    await_count(&site.world, &site.closes, 1);
    assert_int_equal(site.code, WS_CODE_LOST);

    raw = connect_ws(&site);
    send_frame(&raw, 0x83, "");
    raw_await(&site.world, &raw, "\x88\x02\x03\xea");
    raw_await_end(&site.world, &raw);
    assert_int_equal(site.code, WS_CODE_PROTOCOL);
    raw_close(&raw);

    raw = connect_ws(&site);
    send_frame(&raw, 0x81, "abort"); /* inside its own callback */
    raw_await_end(&site.world, &raw);
    assert_int_equal(site.closes, 2);
    raw_close(&raw);

    raw = connect_ws(&site);
    site_close(&site); /* with its server */
    assert_int_equal(site.closes, 3);
    raw_close(&raw);
}

static void no_handshake_is_refused(void **state)
{
    static const struct {
        const char *request, *status;
    } CASES[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "426 Upgrade Required\r\n"},
        {"POST / HTTP/1.1\r\nHost: a\r\nConnection: close, upgrade\r\nUpgrade: websocket\r\n\r\n",
         "426 Upgrade Required\r\n"},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close, upgrade\r\nUpgrade: h2c\r\n\r\n",
         "426 Upgrade Required\r\n"},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close, upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n\r\n",
         "426 Upgrade Required\r\n"},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close, upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=\r\nSec-WebSocket-Version: 13\r\n\r\n",
         "400 Bad Request\r\n"},
    };
    (void)state;
    struct site site;
    site_open(&site);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct raw raw = raw_connect(&site.address);
        raw_send(&site.world, &raw, CASES[i].request);
        raw_await(&site.world, &raw, CASES[i].status);
        raw_await_end(&site.world, &raw);
        assert_null(site.ws);
        raw_close(&raw);
    }
    site_close(&site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_become_messages),  cmocka_unit_test(wrong_frames_are_refused),
        cmocka_unit_test(messages_go_both_ways),   cmocka_unit_test(sockets_end_in_every_way),
        cmocka_unit_test(no_handshake_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
