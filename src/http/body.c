/* Bodies: RFC 9112 §6 and §7. */
#include <string.h>

#include "http/chars.h"
#include "http/fields.h"
#include "http/head.h"

/* chunk = chunk-size [chunk-ext] CRLF chunk-data CRLF, §7.1; one state for each place in it. */
enum state {
    SIZE, /* digits of the size */
    /* chunk-ext, §7.1.1: read over, as it is not known, within a bound and without its blanks */
    NAME,
    VALUE,
    QUOTED,
    ESCAPED,
    QUOTED_END,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILERS,
    PLAIN, /* not chunked */
};

#define SIZE_DIGITS_MAX     15 /* below 2^60 */
#define EXTENSION_BYTES_MAX 1024

void http_body_init(struct http_body *body, enum http_framing framing, uint64_t length)
{
    *body = (struct http_body){
        .framing = framing,
        .done = framing == HTTP_BODY_NONE || (framing == HTTP_BODY_LENGTH && length == 0),
        .state = framing == HTTP_BODY_CHUNKED ? SIZE : PLAIN,
        .left = framing == HTTP_BODY_LENGTH ? length : 0,
        .trailers = BUF_INIT(HTTP_TRAILER_BYTES_MAX),
    };
}

void http_body_fini(struct http_body *body)
{
    buf_fini(&body->trailers);
}

static int hex_of(char character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    char lower = (char)(character | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* *( ";" token [ "=" ( token / quoted-string ) ] ), then CR. body->word counts the bytes of a
 * token. */
static int extension_byte(struct http_body *body, char character)
{
    bool printable = http_is(character, HTTP_CLASS_VALUE) && (unsigned char)character < 0x80;
    if (++body->extension > EXTENSION_BYTES_MAX)
        return HTTP_FAULT_CHUNK;
    switch (body->state) {
    case QUOTED:
        body->state = character == '"' ? QUOTED_END : character == '\\' ? ESCAPED : QUOTED;
        return printable ? 0 : HTTP_FAULT_CHUNK;
    case ESCAPED:
        body->state = QUOTED;
        return printable ? 0 : HTTP_FAULT_CHUNK;
    case VALUE:
        if (character == '"' && !body->word) {
            body->state = QUOTED;
            return 0;
        }
        break;
    default:
        break;
    }
    bool token = body->state != QUOTED_END && http_is(character, HTTP_CLASS_TOKEN);
    if (token) {
        body->word = 1;
        return 0;
    }
    if (!body->word && body->state != QUOTED_END)
        return HTTP_FAULT_CHUNK;
    if (character == '=' && body->state == NAME)
        body->state = VALUE;
    else if (character == ';')
        body->state = NAME;
    else if (character == '\r')
        body->state = SIZE_LF;
    else
        return HTTP_FAULT_CHUNK;
    body->word = 0;
    return 0;
}

/* One byte of what stands between contents. 0, or a fault. */
static int frame_byte(struct http_body *body, char character)
{
    int digit;
    switch (body->state) {
    case SIZE:
        digit = hex_of(character);
        if (digit >= 0) {
            if (body->digits++ == SIZE_DIGITS_MAX)
                return HTTP_FAULT_CHUNK;
            body->left = body->left << 4 | (unsigned)digit;
            return 0;
        }
        if (!body->digits)
            return HTTP_FAULT_CHUNK;
        body->digits = 0;
        if (character == '\r')
            body->state = SIZE_LF;
        else if (character == ';')
            body->state = NAME;
        else
            return HTTP_FAULT_CHUNK;
        return 0;
    case NAME:
    case VALUE:
    case QUOTED:
    case ESCAPED:
    case QUOTED_END:
        return extension_byte(body, character);
    case SIZE_LF:
        body->extension = body->word = 0;
        body->state = body->left ? DATA : TRAILERS;
        return character == '\n' ? 0 : HTTP_FAULT_CHUNK;
    case DATA_CR:
        body->state = DATA_LF;
        return character == '\r' ? 0 : HTTP_FAULT_CHUNK;
    default: /* DATA_LF */
        body->state = SIZE;
        return character == '\n' ? 0 : HTTP_FAULT_CHUNK;
    }
}

static long take_content(struct http_body *body, const char *data, size_t len,
                         struct http_text *piece)
{
    if (body->framing != HTTP_BODY_UNTIL_CLOSE) {
        if (len > body->left)
            len = (size_t)body->left;
        body->left -= len;
        if (!body->left && body->state == DATA)
            body->state = DATA_CR;
        else if (!body->left)
            body->done = true;
    }
    *piece = (struct http_text){data, len};
    return (long)len;
}

/* May a trailer say this? Not what frames or routes the message, which has been acted on long ago:
   RFC 9110 §6.5.1. */
static bool may_trail(struct http_text name)
{
    static const char *const NOT[] = {"content-length", "transfer-encoding", "host", "trailer",
                                      "connection"};
    for (size_t i = 0; i < sizeof NOT / sizeof *NOT; i++)
        if (http_text_equal_case(name, NOT[i]))
            return false;
    return true;
}

static bool trailers_ok(const struct buf *kept)
{
    struct http_field fields[HTTP_FIELDS_MAX];
    long count = http_fields_parse(fields, kept->data, kept->data + kept->len);
    for (long i = 0; i < count; i++)
        if (!may_trail(fields[i].name))
            return false;
    return count >= 0;
}

/* trailer-section CRLF, §7.1.2: lines up to an empty one, kept until it is there. */
static long take_trailers(struct http_body *body, const char *data, size_t len)
{
    struct buf *kept = &body->trailers;
    if (!kept->len && len >= 2 && data[0] == '\r' && data[1] == '\n') { /* none, as mostly */
        body->done = true;
        return 2;
    }
    size_t taken = 0;
    while (taken < len && !body->done) {
        const char *end = memchr(data + taken, '\n', len - taken);
        size_t piece = end ? (size_t)(end - data) + 1 - taken : len - taken;
        if (buf_append(kept, data + taken, piece) != 0)
            return HTTP_FAULT_TRAILER;
        taken += piece;
        if (!end)
            break;
        size_t line = kept->len - body->scan.line;
        if (line < 2 || kept->data[kept->len - 2] != '\r')
            return HTTP_FAULT_TRAILER;
        body->done = line == 2;
        body->scan.line = kept->len;
    }
    if (body->done && !trailers_ok(kept)) {
        body->done = false;
        return HTTP_FAULT_TRAILER;
    }
    return (long)taken;
}

long http_body_next(struct http_body *body, const char *data, size_t len, struct http_text *piece)
{
    *piece = (struct http_text){0};
    if (body->done || !len)
        return 0;
    if (body->state == PLAIN)
        return take_content(body, data, len, piece);
    size_t taken = 0;
    while (body->state != DATA && body->state != TRAILERS) {
        if (taken == len)
            return (long)taken;
        int fault = frame_byte(body, data[taken++]);
        if (fault)
            return fault;
    }
    if (taken == len)
        return (long)taken;
    long more = body->state == DATA ? take_content(body, data + taken, len - taken, piece)
                                    : take_trailers(body, data + taken, len - taken);
    return more < 0 ? more : (long)taken + more;
}

int http_body_end(struct http_body *body)
{
    if (body->framing == HTTP_BODY_UNTIL_CLOSE)
        body->done = true;
    return body->done ? 0 : HTTP_FAULT_CUT;
}

size_t http_body_trailers(const struct http_body *body, struct http_field *fields)
{
    const struct buf *kept = &body->trailers;
    if (!body->done || kept->len <= 2)
        return 0;
    return (size_t)http_fields_parse(fields, kept->data, kept->data + kept->len);
}
