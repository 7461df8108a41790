/*
 * A Go source file as its tokens: enough of the language (The Go Programming Language
 * Specification, "Lexical elements") to say what an edit has changed. Pure functions over text.
 *
 * Comments that the toolchain reads (//go:…, //line, // +build, //export) are tokens; all others
 * are not there. A file that does not scan (an unfinished string) is not sound: nothing is
 * concluded from it.
 */
#ifndef ZONDA_BUILD_GOLANG_TOKENS_H
#define ZONDA_BUILD_GOLANG_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/vec.h"

enum gotokens_kind { GOTOKEN_WORD, GOTOKEN_NUMBER, GOTOKEN_TEXT, GOTOKEN_SIGN, GOTOKEN_DIRECTIVE };

struct gotoken {
    uint32_t at, len;      /* bytes */
    uint32_t line, column; /* from 1; columns in bytes */
    uint32_t last_line;    /* of a raw string */
    enum gotokens_kind kind;
};

struct gotokens {
    const char *text; /* borrowed */
    size_t len;
    VEC(struct gotoken) tokens;
    size_t header; /* tokens up to the end of the last import declaration */
    bool sound;
    bool moves_lines; /* it has a //line directive */
};

void gotokens_init(struct gotokens *scan, const char *text, size_t len);
void gotokens_fini(struct gotokens *scan);

/* Every token and its line: equal where only spaces and comments at the ends of lines differ. */
struct digest gotokens_digest(const struct gotokens *scan);
/* The package clause, the imports, and every directive: where it changes, the graph may change. */
struct digest gotokens_header_digest(const struct gotokens *scan);

bool gotokens_is(const struct gotokens *scan, size_t token, const char *text);
/* Does a newline after the token end a statement (the specification's semicolon rule)? */
bool gotokens_ends_statement(const struct gotokens *scan, size_t token);

/* A declaration at the top level, after the imports. */
struct gotokens_decl {
    size_t first, last; /* tokens; first includes the directives before it */
    size_t open;        /* of a function with a body: the token "{"; else 0 */
};
typedef VEC(struct gotokens_decl) gotokens_decls;
void gotokens_decls_of(const struct gotokens *scan, gotokens_decls *decls);

#endif
