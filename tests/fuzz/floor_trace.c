/* What `go build -x` writes: the package, a newline, the trace. Both steps are found, or none is.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "measure/bench/floor_trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(const struct floor_step *step, bool found, const char *tool)
{
    if (!found && (step->argv.len || step->env.len || step->dir))
        abort();
    if (found && (step->argv.len < 2 || strcmp(path_base(step->argv.at[0]), tool) != 0 ||
                  !path_is_absolute(step->dir)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *package = mem_string_n((const char *)data, len);
    char *text = strchr(package, '\n');
    struct floor_step compile = {0}, link = {0};
    struct buf out = BUF_INIT((size_t)1 << 20);
    if (text) {
        *text++ = '\0';
        floor_put_work(text, "/work", &out);
        if (strstr(buf_text(&out), "$WORK") && !out.truncated)
            abort();
        bool found = floor_read_trace(text, package, "/src/app", &compile, &link);
        check(&compile, found, "compile");
        check(&link, found, "link");
    }
    floor_step_fini(&compile);
    floor_step_fini(&link);
    buf_fini(&out);
    free(package);
    return 0;
}
