/* Any output of `go test`, line by line; a line that begins with '!' comes from stderr. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "build/golang/test_output.h"

#define SHOWN_MAX 1000000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void show(void *data, const char *line)
{
    if (!line || ++*(int *)data > SHOWN_MAX)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    int shown = 0;
    struct affected packages = {0};
    char *text = mem_string_n((const char *)data, len);
    strs_push(&packages.packages, "a/b");
    strs_push(&packages.dirs, "/a/b");
    struct test_output output = {.packages = &packages, .root = "/a", .show = show, .data = &shown};
    for (char *line = text; *line;) {
        size_t line_len = strcspn(line, "\n");
        char *next = line + line_len + (line[line_len] == '\n');
        line[line_len] = '\0';
        test_output_line(&output, line + (*line == '!'), *line == '!');
        line = next;
    }
    test_output_end(&output);
    if (output.diagnostics.list.len > DIAGNOSTICS_MAX || output.failed < 0)
        abort();
    test_output_fini(&output);
    affected_fini(&packages);
    free(text);
    return 0;
}
