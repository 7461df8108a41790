/* Any output of `go list`: which packages a change reaches. */
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "build/golang/affected.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct affected found = {0};
    struct strs changed = {0};
    struct err err = {0};
    char *text = mem_string_n((const char *)data, len);
    strs_push(&changed, "/shop/store/store.go");
    strs_push(&changed, "/shop/web/web_test.go");
    strs_push(&changed, "/shop/web/testdata/a.json");
    if (affected_parse(text, &changed, &found, &err) != 0 && !*err.message)
        abort();
    if (found.packages.len != found.dirs.len)
        abort();
    affected_fini(&found);
    strs_fini(&changed);
    free(text);
    return 0;
}
