#include "watch/ignore_rules.h"

#include <string.h>

#include "base/glob.h"
#include "base/path.h"
#include "watch/ignore.h"

/* Trailing blanks do not count, unless a backslash is before them. */
static size_t trimmed(const char *line, size_t len)
{
    size_t end = 0;
    for (size_t i = 0; i < len; i++) {
        if (line[i] == '\\' && i + 1 < len)
            end = ++i + 1;
        else if (line[i] != ' ')
            end = i + 1;
    }
    return end;
}

static enum ignore_kind kind_of(const char *pattern, bool braces)
{
    const char *special = braces ? "*?[\\/{" : "*?[\\/";
    if (!strpbrk(pattern, special))
        return IGNORE_LITERAL;
    if (pattern[0] == '*' && !strpbrk(pattern + 1, special))
        return IGNORE_SUFFIX;
    return IGNORE_GLOB;
}

void ignore_rules_add(struct ignore_rules *rules, const char *line, size_t len, int number,
                      bool braces)
{
    len -= len > 0 && line[len - 1] == '\r';
    size_t end = trimmed(line, len), begin = 0;
    if (end == 0 || line[0] == '#' || rules->list.len >= IGNORE_RULES_MAX)
        return;
    struct ignore_rule rule = {.line = number, .braces = braces};
    if (line[0] == '!') {
        rule.negated = true;
        begin = 1;
    }
    rule.text = mem_string_n(line, end);
    if (end > begin && line[end - 1] == '/') {
        rule.dir_only = true;
        end--;
    }
    if (end == begin) {
        free(rule.text);
        return;
    }
    rule.pattern = mem_string_n(line + begin, end - begin);
    rule.kind = kind_of(rule.pattern, braces);
    vec_push(&rules->list, rule);
}

void ignore_rules_parse(struct ignore_rules *rules, const char *text, size_t len)
{
    int number = 1;
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        len -= 3;
    }
    for (size_t at = 0; at < len; number++) {
        const char *newline = memchr(text + at, '\n', len - at);
        size_t line = newline ? (size_t)(newline - text) - at : len - at;
        /* What is behind a NUL is no text. */
        size_t part = strnlen(text + at, line);
        ignore_rules_add(rules, text + at, part, number, false);
        at += line + 1;
    }
}

void ignore_rules_fini(struct ignore_rules *rules)
{
    VEC_EACH (struct ignore_rule, rule, &rules->list) {
        free(rule->text);
        free(rule->pattern);
    }
    vec_fini(&rules->list);
}

static bool matches(const struct ignore_rule *rule, const char *path, const char *name)
{
    switch (rule->kind) {
    case IGNORE_LITERAL:
        return strcmp(rule->pattern, name) == 0;
    case IGNORE_SUFFIX:
        return path_ends(name, rule->pattern + 1);
    default:
        return rule->braces ? glob_match(rule->pattern, path) : glob_match_git(rule->pattern, path);
    }
}

const struct ignore_rule *ignore_rules_match(const struct ignore_rules *rules, const char *path,
                                             bool is_dir)
{
    const char *name = path_base(path);
    for (size_t i = rules->list.len; i-- > 0;) {
        const struct ignore_rule *rule = &rules->list.at[i];
        if ((is_dir || !rule->dir_only) && matches(rule, path, name))
            return rule;
    }
    return NULL;
}
