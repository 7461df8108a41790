/* A chunked body with its trailers: the same content wherever it was cut. */
#include "http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void read_chunked(const char *data, size_t len, size_t step, struct buf *out)
{
    struct http_body body;
    struct http_field fields[HTTP_FIELDS_MAX];
    long used = 0;
    http_body_init(&body, HTTP_BODY_CHUNKED, 0);
    for (size_t at = 0; at < len && !body.done && used >= 0; at += used > 0 ? (size_t)used : 0)
        used = fuzz_body(&body, data + at, step < len - at ? step : len - at, out);
    fuzz_fields(out, fields, http_body_trailers(&body, fields));
    (void)buf_printf(out, " %ld %d", used < 0 ? used : 0, body.done);
    http_body_fini(&body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct buf whole = BUF_INIT(HTTP_FUZZ_OUT);
    read_chunked((const char *)data, len, len ? len : 1, &whole);
    for (size_t step = 1; step < 10; step++) {
        struct buf pieces = BUF_INIT(HTTP_FUZZ_OUT);
        read_chunked((const char *)data, len, step, &pieces);
        if (whole.len != pieces.len || memcmp(whole.data, pieces.data, whole.len) != 0)
            abort();
        buf_fini(&pieces);
    }
    buf_fini(&whole);
    return 0;
}
