/* Any answer of a debugger: what is taken over is a call that reads back. */
#include <stdlib.h>
#include <string.h>

#include "run/breakpoints.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct err err = {0};
    struct breakpoints breakpoints = {0};
    struct json *root = json_parse((const char *)data, len, &err);
    for (int round = 0; round < 2; round++) {
        breakpoints_read(&breakpoints, root);
        if (breakpoints.list.len > BREAKPOINTS_MAX || breakpoints.ids.len > BREAKPOINTS_MAX)
            abort();
        VEC_EACH (struct breakpoint, one, &breakpoints.list) {
            struct json *params = json_parse(one->params, strlen(one->params), &err);
            if (!params || json_number(json_get(json_get(params, "Breakpoint"), "line"), 0) <= 0)
                abort();
            json_free(params);
            one->unset = true;
        }
    }
    breakpoints_fini(&breakpoints);
    json_free(root);
    return 0;
}
