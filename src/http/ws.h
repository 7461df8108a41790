/*
 * WebSocket, the server's side: RFC 6455, without extensions.
 *
 * Life-cycle: ws_accept inside on_request (or before the exchange is over), messages, on_closed;
 * ws_close asks for the end. The socket owns its connection. Pings are answered here. A peer that
 * breaks the protocol is told the close code and let go.
 */
#ifndef ZONDA_HTTP_WS_H
#define ZONDA_HTTP_WS_H

#include "http/server.h"

enum ws_code { /* RFC 6455 §7.4.1 */
               WS_CODE_NORMAL = 1000,
               WS_CODE_GOING_AWAY = 1001,
               WS_CODE_PROTOCOL = 1002,
               WS_CODE_KIND = 1003,
               WS_CODE_NONE = 1005, /* never sent: a close frame without a code */
               WS_CODE_LOST = 1006, /* never sent: the connection broke */
               WS_CODE_TEXT = 1007, /* not UTF-8 */
               WS_CODE_POLICY = 1008,
               WS_CODE_LARGE = 1009,
};

struct ws;
struct ws_handler { /* constant */
    /* A whole message; text is valid UTF-8 and followed by a NUL. */
    void (*on_message)(void *data, struct ws *ws, bool text, const char *bytes, size_t len);
    /* The peer closed, broke the protocol, was lost, or ws_close has run its course. ws is freed
     * after it. */
    void (*on_closed)(void *data, struct ws *ws, unsigned code);
};

/* Answers the handshake. NULL where it is none: then 400 or 426 was answered. protocol: the
   subprotocol that is agreed to, or NULL. message_max: bytes of a message, 1009 beyond. */
struct ws *ws_accept(struct http_exchange *exchange, const char *protocol, size_t message_max,
                     const struct ws_handler *handler, void *data);
/* false: the peer does not keep up, HTTP_OUTPUT_LOW bytes wait. */
bool ws_send_text(struct ws *ws, const char *text, size_t len);
/* Sends a close frame, waits up to 3 s for the peer's; on_closed follows. reason: at most 123
 * bytes, or NULL. */
void ws_close(struct ws *ws, unsigned code, const char *reason);
void ws_abort(struct ws *ws); /* at once, without on_closed; NULL is allowed */

#endif
