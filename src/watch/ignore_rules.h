/*
 * One ignore file as a list of rules; for the files of this room only.
 */
#ifndef ZONDA_WATCH_IGNORE_RULES_H
#define ZONDA_WATCH_IGNORE_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/vec.h"

enum ignore_kind { IGNORE_LITERAL, IGNORE_SUFFIX, IGNORE_GLOB };

struct ignore_rule {
    char *text; /* as written, for people */
    char *pattern;
    enum ignore_kind kind;
    bool negated, dir_only, braces;
    int line;
};

struct ignore_rules {
    VEC(struct ignore_rule) list;
};

/* Appends the rules of text, the content of an ignore file. */
void ignore_rules_parse(struct ignore_rules *rules, const char *text, size_t len);
/* Appends one rule; braces: {a,b} is an alternative. Blank lines and comments add none. */
void ignore_rules_add(struct ignore_rules *rules, const char *line, size_t len, int number,
                      bool braces);
void ignore_rules_fini(struct ignore_rules *rules);

/* The last rule that matches path (relative to the rules' directory), or NULL. */
const struct ignore_rule *ignore_rules_match(const struct ignore_rules *rules, const char *path,
                                             bool is_dir);

#endif
