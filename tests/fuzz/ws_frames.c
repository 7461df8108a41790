/* WebSocket frames of a client: the same events wherever they were cut. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http/ws_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void read_frames(const char *data, size_t len, size_t step, struct buf *out)
{
    struct ws_reader reader;
    long took = 0;
    ws_reader_init(&reader, 4096);
    for (size_t at = 0; at < len && took >= 0;) {
        size_t piece = step < len - at ? step : len - at;
        struct ws_event event;
        took = ws_reader_next(&reader, data + at, piece, &event);
        if (took == 0 || (took > 0 && (size_t)took > piece))
            abort();
        at += took > 0 ? (size_t)took : 0;
        if (took > 0 && event.any) {
            (void)buf_printf(out, "%d %u %zu ", (int)event.opcode, event.code, event.len);
            (void)buf_append(out, event.bytes, event.len);
        }
    }
    (void)buf_printf(out, " %ld", took < 0 ? took : 0);
    ws_reader_fini(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct buf whole = BUF_INIT((size_t)1 << 24);
    read_frames((const char *)data, len, len ? len : 1, &whole);
    for (size_t step = 1; step < 8; step += 2) {
        struct buf pieces = BUF_INIT((size_t)1 << 24);
        read_frames((const char *)data, len, step, &pieces);
        if (whole.len != pieces.len || memcmp(whole.data, pieces.data, whole.len) != 0)
            abort();
        buf_fini(&pieces);
    }
    buf_fini(&whole);
    return 0;
}
