/* The body of a page through decoder and injector, into a sink that is full now and then. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "browser/page.h"
#include "http/gzip.h"

#define RUN  "0123456789abcdef"
#define TEXT "<!doctype html><html><head><title>x</title>"
#define HERE strlen("<!doctype html><html><head>")

#define LARGE ((size_t)3 << 20)

struct reader {
    struct buf taken;
    size_t room; /* bytes until it says "full"; 0: never */
    size_t since, fulls;
};

static bool take(void *data, const char *bytes, size_t len)
{
    struct reader *reader = data;
    assert_int_equal(buf_append(&reader->taken, bytes, len), 0);
    reader->since += len;
    if (!reader->room || reader->since < reader->room)
        return true;
    reader->fulls++;
    return false;
}

static void begin(struct page *page, const char *coding)
{
    struct http_field fields[] = {{HTTP_TEXT("Content-Type"), HTTP_TEXT("text/html")},
                                  {HTTP_TEXT("Content-Encoding"), {coding, strlen(coding)}}};
    struct http_head head = {
        .kind = HTTP_RESPONSE, .status = 200, .fields = fields, .field_count = *coding ? 2 : 1};
    *page = (struct page){.candidate = true};
    page_response(page, &head, RUN);
    assert_true(page->is);
}

/* Feeds body in pieces and goes on whenever the reader has room again. */
static enum page_result feed(struct page *page, const char *body, size_t len, size_t piece,
                             struct reader *reader)
{
    for (size_t at = 0; at <= len; at += piece) {
        size_t some = len - at < piece ? len - at : piece;
        enum page_result result = page_feed(page, body + at, some, at + some == len, take, reader);
        while (result == PAGE_FULL && page->coder) {
            reader->since = 0;
            result = page_more(page, take, reader);
        }
        if (result == PAGE_FULL)
            reader->since = 0;
        if (result == PAGE_BROKEN)
            return result;
        if (at + some == len)
            break;
    }
    return PAGE_GOES_ON;
}

static char *large_page(size_t *len)
{
    char *page = mem_new(LARGE, 1);
    memset(page, ' ', LARGE);
    memcpy(page, TEXT, strlen(TEXT));
    *len = LARGE;
    return page;
}

static char *coded(const char *text, size_t len, size_t *coded_len)
{
    struct buf out = BUF_INIT(len + 1024);
    gzip(text, len, Z_FINISH, &out);
    *coded_len = out.len;
    return buf_steal(&out);
}

static void is_injected(const struct page *page, const struct reader *reader, const char *text,
                        size_t len)
{
    size_t script = strlen(page->snippet);
    assert_int_equal(reader->taken.len, len + script);
    assert_memory_equal(reader->taken.data, text, HERE);
    assert_memory_equal(reader->taken.data + HERE, page->snippet, script);
    assert_memory_equal(reader->taken.data + HERE + script, text + HERE, len - HERE);
}

static void run(const char *coding, size_t piece, size_t room)
{
    struct page page;
    struct reader reader = {.taken = BUF_INIT(2 * LARGE), .room = room};
    size_t len = 0, body_len = 0;
    char *text = large_page(&len);
    char *body = *coding ? coded(text, len, &body_len) : mem_string_n(text, len);
    begin(&page, coding);
    assert_int_equal(feed(&page, body, *coding ? body_len : len, piece, &reader), PAGE_GOES_ON);
    is_injected(&page, &reader, text, len);
    assert_true(!room || reader.fulls > 0);
    page_fini(&page);
    buf_fini(&reader.taken);
    free(body);
    free(text);
}

static void test_plain(void **state)
{
    (void)state;
    run("", 1 << 16, 0);
    run("", 1000, 1 << 16);
}

static void test_gzip(void **state)
{
    (void)state;
    run("gzip", 1 << 16, 0);
    run("gzip", 1 << 16, 1 << 15);
    run("gzip", 7, 1 << 12);
}

static void test_broken(void **state)
{
    struct page page;
    struct reader reader = {.taken = BUF_INIT(LARGE)};
    size_t len = 0;
    char *body = coded(TEXT, strlen(TEXT), &len);
    (void)state;
    begin(&page, "gzip"); /* cut */
    assert_int_equal(feed(&page, body, len - 9, 5, &reader), PAGE_BROKEN);
    page_fini(&page);
    begin(&page, "br"); /* no br at all */
    assert_int_equal(feed(&page, "\xff\xff\xff\xff", 4, 4, &reader), PAGE_BROKEN);
    page_fini(&page);
    begin(&page, "gzip"); /* no body: HEAD */
    assert_int_equal(page_feed(&page, "", 0, true, take, &reader), PAGE_GOES_ON);
    page_fini(&page);
    buf_fini(&reader.taken);
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_gzip),
        cmocka_unit_test(test_broken),
    };
    return cmocka_run_group_tests_name("browser/page", tests, NULL, NULL);
}
