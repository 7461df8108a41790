/* Any Set-Cookie values, a line each: what is kept is bounded, and what is sent is one line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "measure/cookies.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const char *const TARGETS[] = {"/", "/a/b?c", "/a/b/c", "*"};
    struct cookies cookies = {0};
    const char *at = (const char *)data, *end = at + len;
    for (size_t line = 0; at < end; line++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop : end;
        cookies_take(&cookies, at, (size_t)(stop - at), TARGETS[line % 4], line % 2);
        at = stop < end ? stop + 1 : end;
    }
    if (cookies.list.len > COOKIES_MAX)
        abort();
    for (size_t i = 0; i < 4; i++) {
        struct buf out = BUF_INIT(2 * (size_t)COOKIES_MAX * COOKIE_BYTES_MAX);
        cookies_write(&cookies, TARGETS[i], &out);
        const char *newline = strchr(buf_text(&out), '\n');
        if (out.truncated || (newline && newline[1]))
            abort();
        buf_fini(&out);
    }
    cookies_fini(&cookies);
    return 0;
}
