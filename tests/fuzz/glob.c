/* The first line is a pattern, the second one a path: matching ends, a wrong pattern matches
 * nothing. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/glob.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct err err = {0};
    char *pattern = mem_string_n((const char *)data, len);
    char *newline = strchr(pattern, '\n');
    const char *path = newline ? newline + 1 : "a/b.go";
    if (newline)
        *newline = '\0';
    bool wrong = glob_check(pattern, &err) != 0;
    if (wrong && (!*err.message || glob_match(pattern, path)))
        abort();
    (void)glob_match(pattern, path);
    (void)glob_match_git(pattern, path);
    free(pattern);
    return 0;
}
