/*
 * HTTP/1.1 messages, read strictly: RFC 9112 (syntax, framing) and RFC 9110 (fields).
 *
 * A head is parsed once it is there whole, out of one stretch of memory that stays its owner's: a
 * struct http_head only points into it. The body that follows is a state machine that takes
 * whatever pieces come and gives slices of them. Both give the same result wherever the input was
 * cut. Nothing here reads, allocates (but for trailers) or knows a connection.
 *
 * Strict means that what two implementations might read differently is refused, not repaired: bare
 * CR or LF, folded lines, blanks before a colon, Transfer-Encoding beside Content-Length, more than
 * one of either, any transfer coding but chunked, a missing, doubled or malformed Host. Whatever
 * llhttp refuses in its strict mode is refused here; tests/http/oracle.py holds that.
 */
#ifndef ZONDA_HTTP_PARSER_H
#define ZONDA_HTTP_PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define HTTP_HEAD_BYTES_MAX    ((size_t)64 * 1024)
#define HTTP_FIELDS_MAX        128
#define HTTP_TARGET_BYTES_MAX  ((size_t)16 * 1024)
#define HTTP_METHOD_BYTES_MAX  32
#define HTTP_TRAILER_BYTES_MAX ((size_t)8 * 1024)
#define HTTP_LENGTH_MAX        (UINT64_MAX >> 1)

/* Of a body that is sent: chunked, or until the end of the connection for HTTP/1.0. */
#define HTTP_LENGTH_UNKNOWN (-1)

/* Bytes of somebody else, without a NUL at their end. at is NULL where there are none at all. */
struct http_text {
    const char *at;
    size_t len;
};
#define HTTP_TEXT(literal) ((struct http_text){(literal), sizeof(literal) - 1})

struct http_field {
    struct http_text name, value; /* as sent, without the blanks around the value */
};

enum http_kind { HTTP_REQUEST, HTTP_RESPONSE };

/* The methods that change how a message is read or answered; the rest is HTTP_METHOD_OTHER. */
enum http_method {
    HTTP_METHOD_OTHER,
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_OPTIONS,
    HTTP_CONNECT,
};

enum http_framing {
    HTTP_BODY_NONE,        /* also for a length of 0 */
    HTTP_BODY_LENGTH,      /* Content-Length */
    HTTP_BODY_CHUNKED,     /* Transfer-Encoding: chunked */
    HTTP_BODY_UNTIL_CLOSE, /* responses only */
};

/* Why a message is refused. Negative; 0 is none. */
enum http_fault {
    HTTP_FAULT_LINE = -1,   /* bare LF or CR, NUL, another control character */
    HTTP_FAULT_METHOD = -2, /* no token, or too long */
    HTTP_FAULT_TARGET = -3, /* a character or form that is not allowed there */
    HTTP_FAULT_TARGET_LONG = -4,
    HTTP_FAULT_VERSION = -5,     /* no HTTP/1.0 or HTTP/1.1, but HTTP/digit.digit */
    HTTP_FAULT_START = -6,       /* a start line that is none */
    HTTP_FAULT_STATUS = -7,      /* not 100 to 599, or 101 without an upgrade */
    HTTP_FAULT_NAME = -8,        /* a field name that is no token, or blanks before the colon */
    HTTP_FAULT_VALUE = -9,       /* a control character in a value */
    HTTP_FAULT_FOLD = -10,       /* a line that goes on (obs-fold) */
    HTTP_FAULT_HEAD_LARGE = -11, /* too many bytes or fields */
    HTTP_FAULT_HOST = -12,       /* missing, doubled or malformed */
    HTTP_FAULT_LENGTH = -13,     /* Content-Length: doubled, a list, no number, too large */
    HTTP_FAULT_CODING = -14,  /* Transfer-Encoding: other than chunked, doubled, or in HTTP/1.0 */
    HTTP_FAULT_BOTH = -15,    /* Content-Length and Transfer-Encoding */
    HTTP_FAULT_CHUNK = -16,   /* a chunk's size, extension or end */
    HTTP_FAULT_TRAILER = -17, /* too large, or a field that may not stand there */
    HTTP_FAULT_CUT = -18,     /* the connection ended inside the message */
};

/* One sentence for a person, without a full stop; constant. */
const char *http_fault_text(enum http_fault fault);
/* The status that a server answers with: 400, 414, 431, 501 or 505. */
unsigned http_fault_status(enum http_fault fault);

/* --- the head --- */
struct http_head {
    enum http_kind kind;
    unsigned minor; /* HTTP/1.minor: 0 or 1 */

    /* Request line. path and query are parts of target; an absolute target has its authority in
       host, and "/" as path where it has none of its own. */
    enum http_method method;
    struct http_text method_text, target, path, query; /* query without its '?', at NULL if none */

    /* Status line. */
    unsigned status;
    struct http_text reason;

    struct http_field *fields; /* in the order in which they came; the caller's array */
    size_t field_count;

    /* What the fields say, RFC 9112 §6 and §9.3. */
    enum http_framing framing;
    uint64_t length;       /* of HTTP_BODY_LENGTH. With HTTP_BODY_NONE what Content-Length says */
    bool has_length;       /* there is a Content-Length, also where no body comes (HEAD, 304) */
    bool keep_alive;       /* as far as this side of the connection says */
    bool upgrade;          /* Connection: upgrade, and an Upgrade field; or CONNECT */
    bool expects_continue; /* Expect: 100-continue, RFC 9110 §10.1.1 */
    struct http_text host; /* Host, or the authority of the target; with its port */
};

/* For pieces of a head that come one by one: where to look on. Zeroed before the first piece. */
struct http_scan {
    size_t line;   /* where the line begins that has no end yet */
    size_t looked; /* up to where there is no further end of line */
};

/* Is the head whole in data? Its length with the empty line, 0 where more is needed, or a fault.
   data is what came since the head's first byte, all of it at each call. */
long http_head_length(struct http_scan *scan, const char *data, size_t len);

/* Parses the head of exactly len bytes (as http_head_length says). fields: room for
   HTTP_FIELDS_MAX; it and data must outlive head. For a response, request is the method that it
   answers: HEAD has no body, nor has CONNECT that succeeds. 0, or a fault; head is undefined then.
 */
int http_head_parse(struct http_head *head, enum http_kind kind, enum http_method request,
                    struct http_field *fields, const char *data, size_t len);

/* --- the body --- */
struct http_body {
    enum http_framing framing;
    bool done;
    unsigned char state;   /* body.c */
    unsigned char digits;  /* of the chunk's size */
    unsigned char word;    /* a token of its extension has begun */
    uint16_t extension;    /* bytes of this chunk's extension so far */
    uint64_t left;         /* of the length, or of the chunk */
    struct buf trailers;   /* their lines, as sent; empty for most */
    struct http_scan scan; /* in trailers */
};

/* Life-cycle: init, next until done, fini. */
void http_body_init(struct http_body *body, enum http_framing framing, uint64_t length);
void http_body_fini(struct http_body *body);

/* Takes from data: the bytes used (0 only where done or len is 0), or a fault. piece is content,
   borrowed from data, or empty where only framing was read. Call again while bytes are left and
   body->done is false; what is left then belongs to the next message. */
long http_body_next(struct http_body *body, const char *data, size_t len, struct http_text *piece);

/* The connection ended: 0 where the body is complete by that, else HTTP_FAULT_CUT. */
int http_body_end(struct http_body *body);

/* The trailer fields of a body that is done: how many (at most HTTP_FIELDS_MAX, the room of
   fields), borrowed from body. */
size_t http_body_trailers(const struct http_body *body, struct http_field *fields);

#endif
