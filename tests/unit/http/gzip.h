/* gzip as servers make it, for what decodes it. */
#ifndef ZONDA_TESTS_HTTP_GZIP_H
#define ZONDA_TESTS_HTTP_GZIP_H

#include "check.h"

#include <zlib.h>

#include "base/buf.h"

/* Appends text as gzip, RFC 1952. flush: Z_FINISH, or Z_SYNC_FLUSH for a stream that goes on. */
static inline void gzip(const char *text, size_t len, int flush, struct buf *out)
{
    z_stream stream = {0};
    unsigned char piece[4096];
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (unsigned char *)(uintptr_t)text;
    stream.avail_in = (unsigned)len;
    do {
        stream.next_out = piece;
        stream.avail_out = sizeof piece;
        (void)deflate(&stream, flush);
        assert_int_equal(buf_append(out, (char *)piece, sizeof piece - stream.avail_out), 0);
    } while (stream.avail_out == 0);
    assert_int_equal(stream.avail_in, 0);
    (void)deflateEnd(&stream);
}

#endif
