#include "http/ws_frame.h"

#include <string.h>

#include "http/ws.h"

#define FIN    0x80u
#define RSV    0x70u
#define OPCODE 0x0fu
#define MASKED 0x80u
#define LENGTH 0x7fu

#define UTF8_FINE 0u

void ws_reader_init(struct ws_reader *reader, size_t message_max)
{
    *reader = (struct ws_reader){.content = BUF_INIT(message_max)};
}

void ws_reader_fini(struct ws_reader *reader)
{
    buf_fini(&reader->content);
}

/* UTF-8 byte by byte, RFC 3629 §4: without overlong forms, surrogates, and what is above U+10FFFF.
   The state: how many bytes are to follow (bits 0 to 7), and the bounds of the next one (bits 8 to
   15 and 16 to 23). Below 0: malformed. */
static int utf8_next(unsigned *state, unsigned char byte)
{
    unsigned follow = *state & 0xff, least = *state >> 8 & 0xff, most = *state >> 16 & 0xff;
    if (follow) {
        if (byte < least || byte > most)
            return -1;
        *state = --follow ? follow | 0x80u << 8 | 0xbfu << 16 : UTF8_FINE;
        return 0;
    }
    if (byte < 0x80)
        return 0;
    if (byte < 0xc2 || byte > 0xf4)
        return -1;
    follow = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    least = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
    most = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
    *state = follow | least << 8 | most << 16;
    return 0;
}

static int check_utf8(unsigned *state, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (utf8_next(state, (unsigned char)bytes[i]) != 0)
            return -WS_CODE_TEXT;
    return 0;
}

bool ws_code_ok(unsigned code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1011) ||
           (code >= 3000 && code <= 4999);
}

/* --- heads --- */

/* Length of a head as far as its first two bytes say, §5.2; a client masks always. */
static unsigned head_bytes(const struct ws_reader *reader)
{
    if (reader->head_len < 2)
        return 2;
    unsigned length = reader->head[1] & LENGTH;
    return 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + 4;
}

/* What is wrong is said at the byte that is wrong: the first two. */
static int check_start(struct ws_reader *reader)
{
    unsigned opcode = reader->head[0] & OPCODE, length = reader->head[1] & LENGTH;
    reader->fin = reader->head[0] & FIN;
    reader->opcode = opcode;
    if (reader->head[0] & RSV || !(reader->head[1] & MASKED))
        return -WS_CODE_PROTOCOL;
    if (opcode >= WS_CLOSE)
        return opcode > WS_PONG || !reader->fin || length > WS_CONTROL_BYTES_MAX ? -WS_CODE_PROTOCOL
                                                                                 : 0;
    /* A message goes on with WS_MORE, and with nothing else, §5.4. */
    if (opcode > WS_BINARY || (opcode == WS_MORE) != (reader->message != WS_MORE))
        return -WS_CODE_PROTOCOL;
    return 0;
}

static int finish_head(struct ws_reader *reader)
{
    unsigned char *at = reader->head + 2;
    unsigned length = reader->head[1] & LENGTH, extra = length == 126 ? 2 : length == 127 ? 8 : 0;
    reader->left = extra ? 0 : length;
    for (unsigned i = 0; i < extra; i++)
        reader->left = reader->left << 8 | *at++;
    /* The shortest form is a must, §5.2. */
    if ((extra == 2 && reader->left < 126) ||
        (extra == 8 && (reader->left <= UINT16_MAX || reader->left >> 63)))
        return -WS_CODE_PROTOCOL;
    memcpy(reader->mask, at, sizeof reader->mask);
    reader->taken = 0;
    reader->head_len = 0;
    reader->in_payload = true;
    if (reader->opcode < WS_CLOSE) {
        if (reader->left > reader->content.max - reader->content.len)
            return -WS_CODE_LARGE;
        if (reader->opcode != WS_MORE) {
            reader->message = reader->opcode;
            reader->utf8 = UTF8_FINE;
        }
    }
    return 0;
}

/* --- payloads --- */

static void unmask(const struct ws_reader *reader, char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)((unsigned char)bytes[i] ^ reader->mask[(reader->taken + i) & 3]);
}

static int take_payload(struct ws_reader *reader, const char *data, size_t len)
{
    if (reader->opcode >= WS_CLOSE) {
        char *to = reader->control + reader->taken;
        memcpy(to, data, len);
        unmask(reader, to, len);
    } else if (len) {
        struct buf *content = &reader->content;
        if (buf_append(content, data, len) != 0)
            return -WS_CODE_LARGE;
        char *to = content->data + content->len - len;
        unmask(reader, to, len);
        if (reader->message == WS_TEXT && check_utf8(&reader->utf8, to, len) != 0)
            return -WS_CODE_TEXT;
    }
    reader->taken += len;
    reader->left -= len;
    return 0;
}

static int finish_close(struct ws_reader *reader, struct ws_event *event)
{
    unsigned utf8 = UTF8_FINE;
    event->code = WS_CODE_NONE;
    if (!event->len)
        return 0;
    if (event->len == 1)
        return -WS_CODE_PROTOCOL;
    event->code = (unsigned char)reader->control[0] << 8 | (unsigned char)reader->control[1];
    event->bytes += 2;
    event->len -= 2;
    if (!ws_code_ok(event->code))
        return -WS_CODE_PROTOCOL;
    return check_utf8(&utf8, event->bytes, event->len) != 0 || utf8 != UTF8_FINE ? -WS_CODE_TEXT
                                                                                 : 0;
}

static int finish_frame(struct ws_reader *reader, struct ws_event *event)
{
    reader->in_payload = false;
    if (reader->opcode >= WS_CLOSE) {
        reader->control[reader->taken] = '\0';
        *event = (struct ws_event){true, reader->opcode, reader->control, (size_t)reader->taken, 0};
        return reader->opcode == WS_CLOSE ? finish_close(reader, event) : 0;
    }
    if (!reader->fin)
        return 0;
    if (reader->message == WS_TEXT && reader->utf8 != UTF8_FINE)
        return -WS_CODE_TEXT;
    *event = (struct ws_event){true, reader->message, buf_text(&reader->content),
                               reader->content.len, 0};
    reader->message = WS_MORE;
    return 0;
}

long ws_reader_next(struct ws_reader *reader, const char *data, size_t len, struct ws_event *event)
{
    size_t used = 0;
    int fault = 0;
    *event = (struct ws_event){0};
    if (reader->message == WS_MORE && !reader->in_payload && reader->content.len)
        buf_reset(&reader->content); /* the message before was borrowed until now */
    while (!reader->in_payload && used < len && !fault) {
        reader->head[reader->head_len++] = (unsigned char)data[used++];
        if (reader->head_len == 2)
            fault = check_start(reader);
        if (!fault && reader->head_len == head_bytes(reader))
            fault = finish_head(reader);
    }
    if (reader->in_payload && !fault) {
        size_t piece = len - used < reader->left ? len - used : (size_t)reader->left;
        fault = take_payload(reader, data + used, piece);
        used += piece;
        if (!fault && !reader->left)
            fault = finish_frame(reader, event);
    }
    return fault ? fault : (long)used;
}

size_t ws_frame_head(unsigned char head[WS_HEAD_BYTES_MAX], enum ws_opcode opcode, uint64_t len)
{
    unsigned extra = len < 126 ? 0 : len <= UINT16_MAX ? 2 : 8;
    head[0] = (unsigned char)(FIN | opcode);
    head[1] = (unsigned char)(extra == 0 ? len : extra == 2 ? 126 : 127);
    for (unsigned i = 0; i < extra; i++)
        head[2 + i] = (unsigned char)(len >> 8 * (extra - 1 - i));
    return 2 + extra;
}
