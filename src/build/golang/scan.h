/*
 * The tokens of a Go source file, one at a time, with its comments: as much of the language's
 * lexical grammar (The Go Programming Language Specification, "Lexical elements") as finding
 * imports, directives and calls needs.
 *
 * Life-cycle: {.at = text, .end = text + len, .line = 1}, scan_next until it gives SCAN_END.
 * Nothing is allocated: tokens are borrowed from the text, which need not end with a NUL. Text that
 * is no Go gives some tokens, and always an end.
 */
#ifndef ZONDA_BUILD_GOLANG_SCAN_H
#define ZONDA_BUILD_GOLANG_SCAN_H

#include <stdbool.h>
#include <stddef.h>

enum scan_kind {
    SCAN_END,
    SCAN_WORD,    /* an identifier or a keyword */
    SCAN_STRING,  /* "…" or `…`; the token is what stands between the quotes, not unescaped */
    SCAN_OTHER,   /* one byte of an operator; a whole number or rune */
    SCAN_COMMENT, /* a comment that began with two slashes, with these and without the newline */
};

struct scan {
    const char *at, *end;
    int line;         /* from 1, of at */
    bool line_begins; /* nothing but blanks stands between the line's begin and at */
};

struct token {
    enum scan_kind kind;
    const char *text;
    size_t len;
    int line;         /* where it begins */
    bool line_begins; /* it is the first one of its line */
};

enum scan_kind scan_next(struct scan *scan, struct token *token);

/* The same without comments. */
enum scan_kind scan_code(struct scan *scan, struct token *token);

bool token_is(const struct token *token, const char *text);       /* of any kind but SCAN_STRING */
bool token_begins(const struct token *token, const char *prefix); /* of any kind */

#endif
