/*
 * Content codings, RFC 9110 §8.4.1: gzip and br are decoded, as a stream. zlib is known to
 * coding_gzip.c only, Brotli to coding_br.c only.
 *
 * Life-cycle: new, step until it says done, free. No call gives more than the room that it is
 * given, so a small body that unfolds into a huge one (a bomb) is bounded by what the caller goes
 * on taking; output_max bounds the whole.
 */
#ifndef ZONDA_HTTP_CODING_H
#define ZONDA_HTTP_CODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/parser.h"

enum coding { CODING_IDENTITY, CODING_GZIP, CODING_BR, CODING_UNKNOWN };
/* The coding of a Content-Encoding value: none and "identity" are CODING_IDENTITY; a list, or what
   is not known here, is CODING_UNKNOWN. */
enum coding coding_of(struct http_text value);

struct coding_step {
    const char *in; /* moved on by what was used */
    size_t in_len;
    char *out; /* moved on by what was written */
    size_t out_len;
    bool finish; /* no input follows: an unfinished stream fails */
};
enum coding_result {
    CODING_MORE, /* in is used up, or out is full: call again with more of what is 0 */
    CODING_DONE, /* the stream is complete; input that is left does not belong to it */
    CODING_BAD,  /* malformed, cut, or longer than output_max */
};

struct coder;
struct coder *coder_decode_new(enum coding coding, uint64_t output_max); /* GZIP or BR */
enum coding_result coder_step(struct coder *coder, struct coding_step *step);
void coder_free(struct coder *coder); /* NULL is allowed */

#endif
