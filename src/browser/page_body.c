#include <stdlib.h>

#include "browser/page.h"

#define PIECE_BYTES ((size_t)16 << 10) /* of what is decoded at a time */
#define LEFT_MAX    ((size_t)1 << 20)  /* input that waits: a connection's buffer at most */

void page_fini(struct page *page)
{
    coder_free(page->coder);
    buf_fini(&page->in);
    *page = (struct page){0};
}

/* Text of the page through the injector into the sink. */
static bool pass(struct page *page, const char *bytes, size_t len, bool end, page_sink_fn *sink,
                 void *data)
{
    bool room = true;
    if (inject_done(&page->injector))
        return len ? sink(data, bytes, len) : true;
    struct buf out = BUF_INIT(len + INJECT_HELD_MAX + PAGE_SNIPPET_BYTES);
    inject_feed(&page->injector, bytes, len, &out);
    if (end)
        inject_end(&page->injector, &out);
    if (out.len)
        room = sink(data, out.data, out.len);
    buf_fini(&out);
    return room;
}

/* Decodes until the input is used up or the sink is full. Moves on *bytes and *len. */
static enum page_result decode(struct page *page, const char **bytes, size_t *len,
                               page_sink_fn *sink, void *data)
{
    char piece[PIECE_BYTES];
    for (;;) {
        struct coding_step step = {.in = *bytes,
                                   .in_len = *len,
                                   .out = piece,
                                   .out_len = sizeof piece,
                                   .finish = page->in_ended};
        if (page->decoded)
            return PAGE_GOES_ON; /* what follows the end of the stream means nothing */
        enum coding_result result = coder_step(page->coder, &step);
        size_t made = sizeof piece - step.out_len;
        *bytes = step.in;
        *len = step.in_len;
        if (result == CODING_BAD)
            return PAGE_BROKEN;
        page->decoded = result == CODING_DONE;
        if (!pass(page, piece, made, page->decoded, sink, data))
            return PAGE_FULL;
        if (!page->decoded && step.out_len > 0 && !page->in_ended)
            return PAGE_GOES_ON; /* it waits for more input; at the end the coder says what it is */
    }
}

enum page_result page_more(struct page *page, page_sink_fn *sink, void *data)
{
    if (!page->coder)
        return PAGE_GOES_ON;
    const char *bytes = buf_text(&page->in);
    size_t len = page->in.len;
    enum page_result result = decode(page, &bytes, &len, sink, data);
    buf_consume(&page->in, page->in.len - len);
    return result;
}

enum page_result page_feed(struct page *page, const char *bytes, size_t len, bool end,
                           page_sink_fn *sink, void *data)
{
    enum page_result result = PAGE_FULL;
    page->in_began |= len > 0;
    page->in_ended |= end;
    if (!page->in_began)
        return PAGE_GOES_ON;
    if (!page->coder)
        return pass(page, bytes, len, end, sink, data) ? PAGE_GOES_ON : PAGE_FULL;
    if (!page->in.len)
        result = decode(page, &bytes, &len, sink, data);
    page->in.max = LEFT_MAX;
    if (result == PAGE_FULL && buf_append(&page->in, bytes, len) != 0)
        return PAGE_BROKEN;
    return result;
}
