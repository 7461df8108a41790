/* gzip, RFC 1952, by zlib. */
#include <limits.h>
#include <stdlib.h>
#define ZLIB_CONST /* inputs are const */
#include <zlib.h>

#include "base/mem.h"
#include "http/coding_parts.h"

#define GZIP_ONLY (15 + 16) /* the window of 32 KiB, and no zlib header; zlib.h, inflateInit2 */

static unsigned at_most(size_t len)
{
    return len < UINT_MAX ? (unsigned)len : UINT_MAX;
}

static void *open_inflate(void)
{
    z_stream *stream = mem_new(1, sizeof *stream);
    if (inflateInit2(stream, GZIP_ONLY) != Z_OK)
        abort(); /* no memory, or another zlib than that of its header */
    return stream;
}

static enum coding_result step_inflate(void *state, struct coding_step *step)
{
    z_stream *stream = state;
    unsigned in_len = at_most(step->in_len), out_len = at_most(step->out_len);
    stream->next_in = (const unsigned char *)step->in;
    stream->avail_in = in_len;
    stream->next_out = (unsigned char *)step->out;
    stream->avail_out = out_len;
    int result = inflate(stream, Z_NO_FLUSH);
    step->in += in_len - stream->avail_in;
    step->in_len -= in_len - stream->avail_in;
    step->out += out_len - stream->avail_out;
    step->out_len -= out_len - stream->avail_out;
    if (result == Z_STREAM_END)
        return CODING_DONE;
    return result == Z_OK || result == Z_BUF_ERROR ? CODING_MORE : CODING_BAD;
}

static void close_inflate(void *state)
{
    (void)inflateEnd(state);
    free(state);
}

const struct coder_kind coder_gunzip = {open_inflate, step_inflate, close_inflate};
