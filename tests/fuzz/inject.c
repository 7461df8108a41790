/* Any document: nothing is lost, the text comes in at most once, and the sizes of the pieces in
   which it arrives make no difference. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "browser/inject.h"

#define TEXT  "\x01\x02zonda\x02\x01"
#define BOUND ((size_t)1 << 24)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void run(const char *bytes, size_t len, size_t piece, struct buf *out)
{
    struct injector injector;
    inject_init(&injector, TEXT, strlen(TEXT));
    for (size_t at = 0; at < len; at += piece) {
        size_t before = out->len, some = len - at < piece ? len - at : piece;
        inject_feed(&injector, bytes + at, some, out);
        if (out->len > before + some + INJECT_HELD_MAX + strlen(TEXT))
            abort();
    }
    inject_end(&injector, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct buf whole = BUF_INIT(BOUND), pieces = BUF_INIT(BOUND);
    const char *bytes = (const char *)data;
    if (len == 0 || memchr(bytes, 1, len))
        return 0;
    run(bytes, len, len, &whole);
    run(bytes, len, 1 + data[0] % 13, &pieces);
    if (whole.len != pieces.len || memcmp(buf_text(&whole), buf_text(&pieces), whole.len) != 0)
        abort();
    const char *at = memchr(buf_text(&whole), 1, whole.len);
    if (at) {
        size_t before = (size_t)(at - whole.data);
        if (whole.len != len + strlen(TEXT) || memcmp(at, TEXT, strlen(TEXT)) != 0 ||
            memcmp(whole.data, bytes, before) != 0 ||
            memcmp(at + strlen(TEXT), bytes + before, len - before) != 0)
            abort();
    } else if (whole.len != len || memcmp(buf_text(&whole), bytes, len) != 0) {
        abort();
    }
    buf_fini(&whole);
    buf_fini(&pieces);
    return 0;
}
