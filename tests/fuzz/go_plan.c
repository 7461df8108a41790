/* What the go command says: `go list` before a NUL, `go build -n` after it. */
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "build/golang/plan_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const char *text = (const char *)data;
    const char *middle = len ? memchr(text, '\0', len) : NULL;
    size_t list_len = middle ? (size_t)(middle - text) : len;
    struct goplan *plan = mem_new(1, sizeof *plan);
    struct err err = {0};
    plan->dir = mem_string("/src/app");
    plan->work = mem_string("/work");
    if (goplan_read_list(plan, text, list_len, "/mod", &err) == 0 && middle)
        (void)goplan_read_lines(plan, middle + 1, len - list_len - 1, &err);
    goplan_free(plan);
    return 0;
}
