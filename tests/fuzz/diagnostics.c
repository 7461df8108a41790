/* Any output of a build, line by line; then excerpts of the input itself at whatever place. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "build/diagnostics.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct diagnostics diagnostics = {0};
    char *text = mem_string_n((const char *)data, len);
    for (char *line = text; *line;) {
        size_t line_len = strcspn(line, "\n");
        char *next = line + line_len + (line[line_len] == '\n');
        line[line_len] = '\0';
        (void)diagnostics_line(&diagnostics, "/nowhere", line);
        line = next;
    }
    if (diagnostics.list.len > DIAGNOSTICS_MAX)
        abort();
    VEC_EACH (struct diagnostic, one, &diagnostics.list) {
        struct buf excerpt = BUF_INIT((size_t)1 << 16);
        if (*one->file != '/' || one->line < 0 || one->column < 0 ||
            strlen(one->message) > DIAGNOSTIC_MESSAGE_BYTES_MAX)
            abort();
        mem_replace(&one->file, "/proc/self/cmdline"); /* some bytes with no newline */
        diagnostic_excerpt(one, 2, 1, &excerpt);
        buf_fini(&excerpt);
    }
    diagnostics_fini(&diagnostics);
    free(text);
    return 0;
}
