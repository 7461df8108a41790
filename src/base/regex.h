/*
 * Regular expressions: PCRE2 with its match and depth limits set, so that no pattern of a user can
 * hold up the loop. The only file that knows PCRE2 is regex.c.
 *
 * Life-cycle: regex_new, regex_match any number of times, regex_free.
 */
#ifndef ZONDA_BASE_REGEX_H
#define ZONDA_BASE_REGEX_H

#include <stdbool.h>

#include "base/err.h"

struct regex;

/* NULL and ERR_CONFIG with PCRE2's message and the offset where the pattern is wrong. */
struct regex *regex_new(const char *pattern, struct err *err);
bool regex_match(const struct regex *regex, const char *text); /* anywhere in text */
void regex_free(struct regex *regex);

#endif
