#include "build/golang/scan.h"

#include <ctype.h>
#include <string.h>

static bool is_letter(char character)
{
    return isalnum((unsigned char)character) || character == '_' ||
           (unsigned char)character >= 0x80;
}

static void pass(struct scan *scan)
{
    scan->line_begins =
        *scan->at == '\n' || (scan->line_begins && isspace((unsigned char)*scan->at));
    scan->line += *scan->at == '\n';
    scan->at++;
}

/* Over a block comment. */
static void skip_comment(struct scan *scan)
{
    for (scan->at += 2; scan->at < scan->end; pass(scan)) {
        if (*scan->at == '*' && scan->at + 1 < scan->end && scan->at[1] == '/') {
            scan->at += 2;
            break;
        }
    }
    scan->line_begins = false;
}

/* "…", '…' and `…`, at the quote. One that has no end on its line ends there; a raw one goes to the
   end of the text. */
static void take_quoted(struct scan *scan, struct token *token)
{
    char quote = *scan->at;
    scan->at++;
    token->text = scan->at;
    while (scan->at < scan->end && *scan->at != quote && (quote == '`' || *scan->at != '\n')) {
        if (*scan->at == '\\' && quote != '`' && scan->at + 1 < scan->end && scan->at[1] != '\n')
            scan->at++;
        pass(scan);
    }
    token->len = (size_t)(scan->at - token->text);
    if (scan->at < scan->end && *scan->at == quote)
        scan->at++;
    scan->line_begins = false;
    token->kind = quote == '\'' ? SCAN_OTHER : SCAN_STRING;
}

static void take_while(struct scan *scan, struct token *token, bool (*fn)(char))
{
    do
        scan->at++;
    while (scan->at < scan->end && fn(*scan->at));
    token->len = (size_t)(scan->at - token->text);
    scan->line_begins = false;
}

static bool is_in_line(char character)
{
    return character != '\n' && character != '\r';
}

static bool is_number(char character)
{
    return isalnum((unsigned char)character) || character == '_' || character == '.';
}

static bool is_nothing(char character)
{
    (void)character;
    return false;
}

enum scan_kind scan_next(struct scan *scan, struct token *token)
{
    for (;;) {
        while (scan->at < scan->end && isspace((unsigned char)*scan->at))
            pass(scan);
        *token = (struct token){.kind = SCAN_END,
                                .text = scan->at,
                                .line = scan->line,
                                .line_begins = scan->line_begins};
        if (scan->at == scan->end)
            return SCAN_END;
        char first = *scan->at, second = scan->at + 1 < scan->end ? scan->at[1] : '\0';
        if (first == '/' && second == '*') {
            skip_comment(scan);
            continue;
        }
        if (first == '"' || first == '\'' || first == '`') {
            take_quoted(scan, token);
        } else if (first == '/' && second == '/') {
            token->kind = SCAN_COMMENT;
            take_while(scan, token, is_in_line);
        } else if (isdigit((unsigned char)first)) {
            token->kind = SCAN_OTHER;
            take_while(scan, token, is_number);
        } else {
            token->kind = is_letter(first) ? SCAN_WORD : SCAN_OTHER;
            take_while(scan, token, is_letter(first) ? is_letter : is_nothing);
        }
        return token->kind;
    }
}

enum scan_kind scan_code(struct scan *scan, struct token *token)
{
    while (scan_next(scan, token) == SCAN_COMMENT)
        ;
    return token->kind;
}

bool token_is(const struct token *token, const char *text)
{
    return token->kind != SCAN_STRING && token->len == strlen(text) &&
           memcmp(token->text, text, token->len) == 0;
}

bool token_begins(const struct token *token, const char *prefix)
{
    size_t len = strlen(prefix);
    return token->len >= len && memcmp(token->text, prefix, len) == 0;
}
