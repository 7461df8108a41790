/* The first line is a path, what follows are the rules: matching ends, says the same twice, and
   keeps to what gitignore(5) promises of the last rule. */
#include <stdlib.h>
#include <string.h>

#include "base/glob.h"
#include "base/mem.h"
#include "watch/ignore.h"

#define PATH_MAX_BYTES 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const char *text = (const char *)data;
    const char *newline = len ? memchr(text, '\n', len) : NULL;
    size_t path_len = newline ? (size_t)(newline - text) : len;
    if (path_len == 0 || path_len > PATH_MAX_BYTES || memchr(text, '\0', path_len))
        return 0;
    char *path = mem_string_n(text, path_len);
    const char *rules = newline ? newline + 1 : "";
    size_t rules_len = newline ? len - path_len - 1 : 0;

    bool file = ignore_text_matches(rules, rules_len, path, false);
    bool dir = ignore_text_matches(rules, rules_len, path, true);
    if (file != ignore_text_matches(rules, rules_len, path, false))
        abort();

    /* Without '!' in the rules whatever leaves out a file leaves out a directory of its name. */
    if (file && !dir && !memchr(rules, '!', rules_len))
        abort();

    /* A last rule that lets everything in lets it in, unless a directory above is left out. */
    struct buf more = BUF_INIT(len + 16);
    (void)buf_append(&more, rules, rules_len);
    (void)buf_puts(&more, "\n!**\n");
    bool above = strchr(path, '/') != NULL;
    if (!above && ignore_text_matches(more.data, more.len, path, false))
        abort();
    buf_fini(&more);

    char *pattern = mem_string_n(rules, rules_len < GLOB_BYTES_MAX ? rules_len : GLOB_BYTES_MAX);
    struct err err = {0};
    bool wrong = glob_check(pattern, &err) != 0;
    if (glob_match(pattern, path) && wrong)
        abort(); /* a malformed pattern matches nothing */
    (void)glob_match_git(pattern, path);
    free(pattern);
    free(path);
    return 0;
}
