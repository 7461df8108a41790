#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/regex.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Enough for any honest pattern on a path; a hostile one ends within a few milliseconds. */
#define MATCH_LIMIT    100000
#define DEPTH_LIMIT    1000
#define HEAP_LIMIT_KIB 1024

struct regex {
    pcre2_code *code;
    pcre2_match_context *limits;
};

struct regex *regex_new(const char *pattern, struct err *err)
{
    int code = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code *compiled =
        pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                      PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY, &code, &offset, NULL);
    if (!compiled) {
        PCRE2_UCHAR text[256] = "";
        (void)pcre2_get_error_message(code, text, sizeof text);
        err_set(err, ERR_CONFIG, "the regular expression '%.200s' is wrong at offset %zu: %s",
                pattern, (size_t)offset, (const char *)text);
        return NULL;
    }
    struct regex *regex = mem_new(1, sizeof *regex);
    regex->code = compiled;
    regex->limits = pcre2_match_context_create(NULL);
    if (!regex->limits)
        abort(); /* out of memory: as mem_new */
    (void)pcre2_set_match_limit(regex->limits, MATCH_LIMIT);
    (void)pcre2_set_depth_limit(regex->limits, DEPTH_LIMIT);
    (void)pcre2_set_heap_limit(regex->limits, HEAP_LIMIT_KIB);
    return regex;
}

bool regex_match(const struct regex *regex, const char *text)
{
    /* Its own for each call, so that one regex can be used by several threads. */
    pcre2_match_data *match = pcre2_match_data_create(1, NULL);
    if (!match)
        abort();
    int result =
        pcre2_match(regex->code, (PCRE2_SPTR)text, strlen(text), 0, 0, match, regex->limits);
    pcre2_match_data_free(match);
    return result >= 0; /* a limit that was hit is no match */
}

void regex_free(struct regex *regex)
{
    if (!regex)
        return;
    pcre2_match_context_free(regex->limits);
    pcre2_code_free(regex->code);
    free(regex);
}
