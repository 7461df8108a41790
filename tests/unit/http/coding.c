/* Content codings, in pieces of every size, and what is too much of them; and events as text. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "http/coding.h"
#include "http/fields.h"
#include "http/gzip.h"
#include "http/sse.h"

/* "hello, hello, hello\n" by Brotli. */
static const unsigned char BR[] = {0x8b, 0x09, 0x80, 0x68, 0x65, 0x6c, 0x6c, 0x6f,
                                   0x2c, 0x20, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x2c,
                                   0x20, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x0a, 0x03};

/* Runs all of in through coder, in pieces; the last result. */
static enum coding_result run(struct coder *coder, const char *in, size_t len, size_t in_step,
                              size_t out_step, struct buf *out)
{
    char *room = mem_new(out_step, 1);
    enum coding_result result = CODING_MORE;
    size_t at = 0;
    for (int idle = 0; result == CODING_MORE && idle < 2;) {
        size_t piece = len - at < in_step ? len - at : in_step;
        char *copy = mem_new(piece + 1, 1); /* of the exact length, for ASan */
        memcpy(copy, in + at, piece);
        struct coding_step step = {copy, piece, room, out_step, at + piece == len};
        result = coder_step(coder, &step);
        at += piece - step.in_len;
        size_t made = out_step - step.out_len;
        assert_int_equal(buf_append(out, room, made), 0);
        idle = made || piece != step.in_len ? 0 : idle + 1;
        free(copy);
    }
    free(room);
    return result;
}

static void gzip_is_decoded(void **state)
{
    (void)state;
    struct buf text = BUF_INIT(1 << 20), packed = BUF_INIT(1 << 20);
    for (int i = 0; i < 2000; i++)
        (void)buf_printf(&text, "line %d of it\n", i * i);
    gzip(text.data, text.len, Z_FINISH, &packed);
    assert_true(packed.len < text.len / 2);
    for (size_t step = 1; step < 3000; step = step * 3 + 1) {
        struct buf out = BUF_INIT(1 << 20);
        struct coder *coder = coder_decode_new(CODING_GZIP, 1 << 20);
        assert_int_equal(run(coder, packed.data, packed.len, step, step, &out), CODING_DONE);
        assert_string_equal(out.data, text.data);
        coder_free(coder);
        /* Cut short, it is bad. */
        buf_reset(&out);
        coder = coder_decode_new(CODING_GZIP, 1 << 20);
        assert_int_equal(run(coder, packed.data, packed.len - 1, step, step, &out), CODING_BAD);
        coder_free(coder);
        buf_fini(&out);
    }
    buf_fini(&packed);
    buf_fini(&text);
}

static void what_has_come_is_given(void **state)
{
    (void)state;
    char text[100] = "";
    struct buf packed = BUF_INIT(1000);
    gzip("hello", 5, Z_SYNC_FLUSH, &packed);
    struct coder *decoder = coder_decode_new(CODING_GZIP, 1000);
    struct coding_step out = {packed.data, packed.len, text, sizeof text, false};
    assert_int_equal(coder_step(decoder, &out), CODING_MORE);
    assert_string_equal(text, "hello");
    coder_free(decoder);
    buf_fini(&packed);
}

static void br_is_decoded(void **state)
{
    (void)state;
    for (size_t step = 1; step < sizeof BR + 1; step++) {
        struct buf out = BUF_INIT(1000);
        struct coder *coder = coder_decode_new(CODING_BR, 1000);
        enum coding_result result = run(coder, (const char *)BR, sizeof BR, step, step, &out);
        coder_free(coder);
        assert_int_equal(result, CODING_DONE);
        assert_string_equal(buf_text(&out), "hello, hello, hello\n");
        buf_reset(&out);
        coder = coder_decode_new(CODING_BR, 1000);
        assert_int_equal(run(coder, (const char *)BR, sizeof BR - 1, step, step, &out), CODING_BAD);
        coder_free(coder);
        buf_fini(&out);
    }
}

static void a_bomb_is_bounded(void **state)
{
    (void)state;
    size_t len = (size_t)4 << 20;
    char *zeros = mem_new(len, 1);
    struct buf packed = BUF_INIT(1 << 20), out = BUF_INIT(1 << 20);
    gzip(zeros, len, Z_FINISH, &packed);
    assert_true(packed.len < 40000);
    struct coder *coder = coder_decode_new(CODING_GZIP, 100000);
    assert_int_equal(run(coder, packed.data, packed.len, 1000, 5000, &out), CODING_BAD);
    assert_int_equal(out.len, 100000);
    struct coding_step again = {"x", 1, zeros, 10, false};
    assert_int_equal(coder_step(coder, &again), CODING_BAD);
    coder_free(coder);
    /* Exactly as much as is allowed is not too much. */
    buf_reset(&packed);
    buf_reset(&out);
    gzip(zeros, 5000, Z_FINISH, &packed);
    coder = coder_decode_new(CODING_GZIP, 5000);
    enum coding_result result = run(coder, packed.data, packed.len, 1000, 1000, &out);
    assert_int_equal(result, CODING_DONE);
    coder_free(coder);
    buf_fini(&packed);
    buf_fini(&out);
    free(zeros);
}

static void garbage_is_bad(void **state)
{
    (void)state;
    struct buf out = BUF_INIT(1000);
    struct coder *coder = coder_decode_new(CODING_GZIP, 1000);
    assert_int_equal(run(coder, "<html>", 6, 3, 100, &out), CODING_BAD);
    coder_free(coder);
    coder = coder_decode_new(CODING_BR, 1000);
    assert_int_equal(run(coder, "\xff\xff\xff\xff", 4, 3, 100, &out), CODING_BAD);
    coder_free(coder);
    buf_fini(&out);
}

static void codings_are_named(void **state)
{
    (void)state;
    assert_int_equal(coding_of(http_text_of(NULL)), CODING_IDENTITY);
    assert_int_equal(coding_of(http_text_of("Identity")), CODING_IDENTITY);
    assert_int_equal(coding_of(http_text_of("GZIP")), CODING_GZIP);
    assert_int_equal(coding_of(http_text_of("br")), CODING_BR);
    assert_int_equal(coding_of(http_text_of("gzip, br")), CODING_UNKNOWN);
    assert_int_equal(coding_of(http_text_of("zstd")), CODING_UNKNOWN);
}

static void events_are_text(void **state)
{
    (void)state;
    struct buf out = BUF_INIT(200);
    assert_int_equal(sse_event(&out, "7", "reload", "one\ntwo\r\nthree\r\n"), 0);
    assert_string_equal(out.data,
                        "id: 7\nevent: reload\ndata: one\ndata: two\ndata: three\ndata: \n\n");
    buf_reset(&out);
    assert_int_equal(sse_event(&out, NULL, NULL, ""), 0);
    assert_string_equal(out.data, "data: \n\n");
    buf_reset(&out);
    assert_int_equal(sse_retry(&out, 1000), 0);
    assert_int_equal(sse_comment(&out, "here"), 0);
    assert_string_equal(out.data, "retry: 1000\n\n: here\n\n");
    assert_int_equal(sse_event(&out, "a\nb", NULL, ""), -1);
    assert_int_equal(sse_event(&out, NULL, "a\rb", ""), -1);
    assert_int_equal(sse_comment(&out, "a\nb"), -1);
    char long_text[300] = "";
    memset(long_text, 'x', sizeof long_text - 1);
    assert_int_equal(sse_event(&out, NULL, NULL, long_text), -1);
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gzip_is_decoded), cmocka_unit_test(what_has_come_is_given),
        cmocka_unit_test(br_is_decoded),   cmocka_unit_test(a_bomb_is_bounded),
        cmocka_unit_test(garbage_is_bad),  cmocka_unit_test(codings_are_named),
        cmocka_unit_test(events_are_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
