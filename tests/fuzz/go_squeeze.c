/* Two versions of a Go file, parted by a NUL; or one that is both. */
#include <stdint.h>
#include <string.h>

#include "build/golang/squeeze.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const char *text = (const char *)data;
    const char *middle = len ? memchr(text, '\0', len) : NULL;
    size_t before_len = middle ? (size_t)(middle - text) : len;
    size_t now_len = middle ? len - before_len - 1 : len;
    struct buf out = BUF_INIT((size_t)1 << 24);
    struct gotokens before, now;
    gotokens_init(&before, text, before_len);
    gotokens_init(&now, middle ? middle + 1 : text, now_len);
    (void)gotokens_digest(&before);
    (void)squeeze(&before, &now, &out);
    gotokens_fini(&before);
    gotokens_fini(&now);
    buf_fini(&out);
    return 0;
}
