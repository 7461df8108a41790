/* Any policy: what csp_allow makes of it allows the script, so that doing it again changes nothing.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "browser/csp.h"

#define BOUND ((size_t)1 << 24)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct csp csp = {0};
    struct buf once = BUF_INIT(BOUND), twice = BUF_INIT(BOUND);
    csp_look(&csp, (const char *)data, len);
    const char *nonce = *csp.nonce ? csp.nonce : csp.needs_nonce ? "bWluZQ" : "";
    csp_allow((const char *)data, len, nonce, &once);
    csp_allow(buf_text(&once), once.len, nonce, &twice);
    if (once.len != twice.len || memcmp(buf_text(&once), buf_text(&twice), once.len) != 0)
        abort();
    buf_fini(&once);
    buf_fini(&twice);
    return 0;
}
