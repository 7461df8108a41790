/* Any answer to the health request: a status, or the word that there is none; and the same however
   much has come already. */
#include <stdint.h>
#include <stdlib.h>

#include "run/health.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    int whole = health_status((const char *)data, len);
    if (whole < -1 || (whole > 0 && whole < 100) || whole > 999)
        abort();
    for (size_t part = 0; part < len; part++) {
        int status = health_status((const char *)data, part);
        if (status != 0 && status != whole)
            abort();
    }
    return 0;
}
