/*
 * WebSocket frames as a server reads and writes them: RFC 6455 §5. No connection is known here.
 *
 * The reader takes whatever pieces come and gives the same events wherever they were cut.
 */
#ifndef ZONDA_HTTP_WS_FRAME_H
#define ZONDA_HTTP_WS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum ws_opcode { WS_MORE = 0, WS_TEXT = 1, WS_BINARY = 2, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };

#define WS_CONTROL_BYTES_MAX 125
#define WS_HEAD_BYTES_MAX    14

struct ws_event {
    bool any;
    enum ws_opcode opcode; /* WS_TEXT, WS_BINARY: a whole message */
    const char *bytes;     /* borrowed until the next call; followed by a NUL */
    size_t len;
    unsigned code; /* of WS_CLOSE; bytes are its reason */
};

struct ws_reader {
    unsigned char head[WS_HEAD_BYTES_MAX];
    unsigned head_len;
    bool in_payload, fin;
    enum ws_opcode opcode;  /* of the frame */
    enum ws_opcode message; /* of the message that is not complete; WS_MORE: none is */
    unsigned char mask[4];
    uint64_t left, taken; /* of the frame's payload */
    unsigned utf8;        /* state of the check */
    char control[WS_CONTROL_BYTES_MAX + 1];
    struct buf content;
};

void ws_reader_init(struct ws_reader *reader, size_t message_max);
void ws_reader_fini(struct ws_reader *reader);
/* Takes from data: the bytes used, or minus the close code (http/ws.h) of what is wrong. Call again
   while bytes are left. */
long ws_reader_next(struct ws_reader *reader, const char *data, size_t len, struct ws_event *event);

/* The head of an unmasked frame; its length. */
size_t ws_frame_head(unsigned char head[WS_HEAD_BYTES_MAX], enum ws_opcode opcode, uint64_t len);
bool ws_code_ok(unsigned code); /* may stand in a close frame, §7.4 */

#endif
