#include "http/ws.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http/fields.h"
#include "http/tls.h"
#include "http/ws_frame.h"

#define KEY_BYTES     24                                     /* base64 of 16 */
#define GUID          "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" /* RFC 6455 §1.3 */
#define CLOSE_WAIT_MS 3000

struct ws {
    struct http_conn *conn;
    const struct ws_handler *handler;
    void *data;
    struct ws_reader reader;
    unsigned code; /* of our close frame, 0: none was sent */
    bool reading;  /* on_input is under way: freed afterwards */
    bool dead;
};

/* --- the handshake, §4.2 --- */

static bool is_key(struct http_text key)
{
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (key.len != KEY_BYTES || key.at[22] != '=' || key.at[23] != '=')
        return false;
    for (size_t i = 0; i < 22; i++)
        if (!key.at[i] || !strchr(DIGITS, key.at[i]))
            return false;
    return true;
}

static void refuse(struct http_exchange *exchange, unsigned status, const char *text)
{
    static const struct http_field FIELDS[] = {
        {HTTP_TEXT("Upgrade"), HTTP_TEXT("websocket")},
        {HTTP_TEXT("Sec-WebSocket-Version"), HTTP_TEXT("13")},
    };
    http_respond(exchange, status, "text/plain; charset=utf-8", FIELDS, status == 426 ? 2 : 0, text,
                 strlen(text));
}

/* Answers what is no handshake; false: it was answered. */
static bool check_handshake(struct http_exchange *exchange)
{
    const struct http_head *head = http_exchange_head(exchange);
    if (head->method != HTTP_GET || !head->upgrade || !http_request_complete(exchange) ||
        !http_head_list_has(head, "Upgrade", "websocket")) {
        refuse(exchange, 426, "a WebSocket is wanted here\n");
        return false;
    }
    if (!http_text_equal(http_head_value(head, "Sec-WebSocket-Version"), "13")) {
        refuse(exchange, 426, "version 13 of WebSocket is wanted\n");
        return false;
    }
    if (http_head_count(head, "Sec-WebSocket-Key") != 1 ||
        !is_key(http_head_value(head, "Sec-WebSocket-Key"))) {
        refuse(exchange, 400, "the key of the WebSocket is malformed\n");
        return false;
    }
    return true;
}

static int accept_key(struct http_text key, char text[32])
{
    char joined[KEY_BYTES + sizeof GUID];
    uint8_t digest[20];
    memcpy(joined, key.at, KEY_BYTES);
    memcpy(joined + KEY_BYTES, GUID, sizeof GUID);
    if (tls_sha1(joined, sizeof joined - 1, digest) != 0)
        return -1;
    return tls_base64(digest, sizeof digest, text) < 0 ? -1 : 0;
}

/* --- sending --- */

static bool send_frame(struct ws *ws, enum ws_opcode opcode, const void *bytes, size_t len)
{
    unsigned char head[WS_HEAD_BYTES_MAX];
    const struct tcp_piece pieces[] = {{head, ws_frame_head(head, opcode, len)}, {bytes, len}};
    if (ws->code || ws->dead)
        return true; /* nothing comes after a close frame, §5.5.1 */
    return http_conn_write_pieces(ws->conn, pieces, len ? 2 : 1);
}

static void send_close(struct ws *ws, unsigned code, const char *reason)
{
    char payload[WS_CONTROL_BYTES_MAX];
    size_t len = 0;
    if (ws->code)
        return;
    if (code != WS_CODE_NONE) {
        size_t reason_len = reason ? strnlen(reason, sizeof payload - 2) : 0;
        payload[0] = (char)(code >> 8);
        payload[1] = (char)code;
        if (reason_len)
            memcpy(payload + 2, reason, reason_len);
        len = 2 + reason_len;
    }
    (void)send_frame(ws, WS_CLOSE, payload, len);
    ws->code = code;
}

bool ws_send_text(struct ws *ws, const char *text, size_t len)
{
    return send_frame(ws, WS_TEXT, text, len);
}

void ws_close(struct ws *ws, unsigned code, const char *reason)
{
    if (ws->code || ws->dead)
        return;
    send_close(ws, code, reason);
    http_conn_deadline(ws->conn, CLOSE_WAIT_MS);
}

/* --- ends --- */

static void ws_free(struct ws *ws)
{
    ws_reader_fini(&ws->reader);
    free(ws);
}

void ws_abort(struct ws *ws)
{
    if (!ws || ws->dead)
        return;
    http_conn_close(ws->conn);
    ws->dead = true;
    if (!ws->reading)
        ws_free(ws);
}

/* Whoever calls this frees ws, sooner or later. */
static void closed(struct ws *ws, unsigned code)
{
    ws->dead = true; /* for what is called below */
    ws->handler->on_closed(ws->data, ws, code);
}

/* --- reading --- */

static void on_close_frame(struct ws *ws, const struct ws_event *event)
{
    send_close(ws, event->code, NULL); /* unless ours was first */
    http_conn_finish(ws->conn);
    closed(ws, event->code);
}

static void on_event(struct ws *ws, const struct ws_event *event)
{
    switch (event->opcode) {
    case WS_TEXT:
    case WS_BINARY:
        if (!ws->code) /* we have said goodbye */
            ws->handler->on_message(ws->data, ws, event->opcode == WS_TEXT, event->bytes,
                                    event->len);
        break;
    case WS_PING:
        (void)send_frame(ws, WS_PONG, event->bytes, event->len);
        break;
    case WS_CLOSE:
        on_close_frame(ws, event);
        break;
    default: /* a pong */
        break;
    }
}

static void on_input(void *data, struct http_conn *conn)
{
    struct ws *ws = data;
    ws->reading = true;
    while (!ws->dead) {
        struct http_text input = http_conn_input(conn);
        struct ws_event event;
        if (!input.len)
            break;
        long used = ws_reader_next(&ws->reader, input.at, input.len, &event);
        if (used < 0) {
            send_close(ws, (unsigned)-used, NULL);
            http_conn_finish(conn);
            closed(ws, (unsigned)-used);
            break;
        }
        http_conn_consume(conn, (size_t)used);
        if (event.any)
            on_event(ws, &event);
    }
    ws->reading = false;
    if (ws->dead)
        ws_free(ws);
}

static void lost(struct ws *ws)
{
    http_conn_close(ws->conn);
    closed(ws, WS_CODE_LOST);
    ws_free(ws);
}

static void on_input_end(void *data, struct http_conn *conn)
{
    (void)conn;
    lost(data);
}

static void on_broken(void *data, struct http_conn *conn, enum http_end end)
{
    (void)conn;
    (void)end;
    lost(data);
}

struct ws *ws_accept(struct http_exchange *exchange, const char *protocol, size_t message_max,
                     const struct ws_handler *handler, void *data)
{
    static const struct http_conn_handler HANDLER = {
        .on_input = on_input, .on_input_end = on_input_end, .on_broken = on_broken};
    char accept[32];
    if (!check_handshake(exchange))
        return NULL;
    if (accept_key(http_head_value(http_exchange_head(exchange), "Sec-WebSocket-Key"), accept)) {
        refuse(exchange, 500, "OpenSSL is not installed here, and WebSockets need it\n");
        return NULL;
    }
    const struct http_field fields[] = {
        {HTTP_TEXT("Upgrade"), HTTP_TEXT("websocket")},
        {HTTP_TEXT("Sec-WebSocket-Accept"), http_text_of(accept)},
        {HTTP_TEXT("Sec-WebSocket-Protocol"), http_text_of(protocol)},
    };
    struct http_conn *conn = http_exchange_take(exchange, fields, protocol ? 3 : 2);
    struct ws *ws = mem_new(1, sizeof *ws);
    ws->conn = conn;
    ws->handler = handler;
    ws->data = data;
    ws_reader_init(&ws->reader, message_max);
    http_conn_hand_over(conn, &HANDLER, ws);
    return ws;
}
