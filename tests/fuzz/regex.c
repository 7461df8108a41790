/* The first line is a pattern, the rest a text: compiling and matching end soon. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/regex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct err err = {0};
    char *pattern = mem_string_n((const char *)data, len < 4096 ? len : 4096);
    char *newline = strchr(pattern, '\n');
    if (newline)
        *newline = '\0';
    struct regex *regex = regex_new(pattern, &err);
    if (regex)
        (void)regex_match(regex, newline ? newline + 1 : "/src/a_gen.go");
    else if (err.code != ERR_CONFIG || !*err.message)
        abort();
    regex_free(regex);
    free(pattern);
    return 0;
}
