/* An app's last words: whatever they are, the places found lie below root. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "browser/panic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diagnostics found = {0};
    int count = panic_find((const char *)data, size, "/app", &found);
    if (count < 0 || count > PANIC_FRAMES_MAX || (size_t)count != found.list.len)
        abort();
    VEC_EACH (struct diagnostic, one, &found.list)
        if (strncmp(one->file, "/app/", 5) != 0 || one->line < 1 || !one->message)
            abort();
    diagnostics_fini(&found);
    return 0;
}
