#include "build/golang/tokens.h"

#include <ctype.h>
#include <string.h>

/* The longest first: the scanner takes the first that fits. */
static const char *const SIGNS[] = {"<<=", ">>=", "&^=", "...", "<<", ">>", "&^", "+=", "-=",
                                    "*=",  "/=",  "%=",  "&=",  "|=", "^=", "&&", "||", "<-",
                                    "++",  "--",  "==",  "!=",  "<=", ">=", ":="};

struct reader {
    struct gotokens *scan;
    size_t at, line_start;
    uint32_t line;
};

static bool starts(const struct reader *reader, const char *text)
{
    size_t len = strlen(text);
    return reader->scan->len - reader->at >= len &&
           memcmp(reader->scan->text + reader->at, text, len) == 0;
}

static bool is_letter(unsigned char byte)
{
    return isalnum(byte) || byte == '_' || byte >= 0x80;
}

/* Moves to end, counting lines. */
static void move_to(struct reader *reader, size_t end)
{
    for (; reader->at < end; reader->at++) {
        if (reader->scan->text[reader->at] == '\n') {
            reader->line++;
            reader->line_start = reader->at + 1;
        }
    }
}

static void take(struct reader *reader, enum gotokens_kind kind, size_t end)
{
    struct gotoken *token = vec_add(&reader->scan->tokens);
    *token = (struct gotoken){.at = (uint32_t)reader->at,
                              .len = (uint32_t)(end - reader->at),
                              .line = reader->line,
                              .column = (uint32_t)(reader->at - reader->line_start) + 1,
                              .kind = kind};
    move_to(reader, end);
    token->last_line = reader->line;
}

static bool is_directive(const struct reader *reader)
{
    static const char *const MARKS[] = {"//go:",     "//line ",   "/*line ",
                                        "//export ", "//extern ", "//+build"};
    for (size_t i = 0; i < sizeof MARKS / sizeof MARKS[0]; i++)
        if (starts(reader, MARKS[i]))
            return true;
    if (!starts(reader, "//"))
        return false;
    const char *text = reader->scan->text + reader->at + 2;
    size_t left = reader->scan->len - reader->at - 2, blanks = 0;
    while (blanks < left && (text[blanks] == ' ' || text[blanks] == '\t'))
        blanks++;
    return left - blanks >= 6 && memcmp(text + blanks, "+build", 6) == 0;
}

static bool read_comment(struct reader *reader)
{
    const char *text = reader->scan->text;
    size_t len = reader->scan->len, end = reader->at + 2;
    if (text[reader->at + 1] == '/') {
        while (end < len && text[end] != '\n')
            end++;
    } else {
        while (end + 1 < len && !(text[end] == '*' && text[end + 1] == '/'))
            end++;
        if (end + 1 >= len)
            return false;
        end += 2;
    }
    if (!is_directive(reader)) {
        move_to(reader, end);
        return true;
    }
    if (starts(reader, "//line ") || starts(reader, "/*line "))
        reader->scan->moves_lines = true;
    size_t bare = end;
    while (text[bare - 1] == '\r' || text[bare - 1] == ' ' || text[bare - 1] == '\t')
        bare--;
    take(reader, GOTOKEN_DIRECTIVE, bare);
    return true;
}

static bool read_quoted(struct reader *reader, char quote)
{
    const char *text = reader->scan->text;
    size_t end = reader->at + 1;
    for (; end < reader->scan->len && text[end] != quote; end++) {
        if (quote != '`' && text[end] == '\n')
            return false;
        if (quote != '`' && text[end] == '\\')
            end++;
    }
    if (end >= reader->scan->len)
        return false;
    take(reader, GOTOKEN_TEXT, end + 1);
    return true;
}

static void read_number(struct reader *reader)
{
    const char *text = reader->scan->text;
    size_t end = reader->at;
    bool hex = starts(reader, "0x") || starts(reader, "0X");
    for (; end < reader->scan->len; end++) {
        unsigned char byte = (unsigned char)text[end];
        char before = end > reader->at ? (char)tolower((unsigned char)text[end - 1]) : '\0';
        bool sign = (byte == '+' || byte == '-') && before == (hex ? 'p' : 'e');
        if (!is_letter(byte) && byte != '.' && !sign)
            break;
    }
    take(reader, GOTOKEN_NUMBER, end);
}

static void read_sign(struct reader *reader)
{
    for (size_t i = 0; i < sizeof SIGNS / sizeof SIGNS[0]; i++) {
        if (starts(reader, SIGNS[i])) {
            take(reader, GOTOKEN_SIGN, reader->at + strlen(SIGNS[i]));
            return;
        }
    }
    take(reader, GOTOKEN_SIGN, reader->at + 1);
}

static bool read_one(struct reader *reader)
{
    const char *text = reader->scan->text;
    unsigned char byte = (unsigned char)text[reader->at];
    unsigned char next =
        reader->at + 1 < reader->scan->len ? (unsigned char)text[reader->at + 1] : 0;
    if (byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n') {
        move_to(reader, reader->at + 1);
    } else if (byte == '/' && (next == '/' || next == '*')) {
        return read_comment(reader);
    } else if (byte == '"' || byte == '\'' || byte == '`') {
        return read_quoted(reader, (char)byte);
    } else if (isdigit(byte) || (byte == '.' && isdigit(next))) {
        read_number(reader);
    } else if (is_letter(byte)) {
        size_t end = reader->at;
        while (end < reader->scan->len && is_letter((unsigned char)text[end]))
            end++;
        take(reader, GOTOKEN_WORD, end);
    } else if (byte < ' ' || byte == 0x7f) {
        return false;
    } else {
        read_sign(reader);
    }
    return true;
}

static size_t skip_directives(const struct gotokens *scan, size_t at)
{
    while (at < scan->tokens.len && scan->tokens.at[at].kind == GOTOKEN_DIRECTIVE)
        at++;
    return at;
}

/* Past `package name` and every import declaration. */
static size_t header_end(const struct gotokens *scan)
{
    size_t at = skip_directives(scan, 0), end;
    if (!gotokens_is(scan, at, "package"))
        return 0;
    end = at + 2;
    for (;;) {
        at = end < scan->tokens.len && gotokens_is(scan, end, ";") ? end + 1 : end;
        at = skip_directives(scan, at);
        if (!gotokens_is(scan, at, "import"))
            return end < scan->tokens.len ? end : scan->tokens.len;
        at = skip_directives(scan, at + 1);
        if (gotokens_is(scan, at, "(")) {
            while (at < scan->tokens.len && !gotokens_is(scan, at, ")"))
                at++;
        } else {
            while (at < scan->tokens.len && scan->tokens.at[at].kind != GOTOKEN_TEXT)
                at++;
        }
        end = at + 1;
    }
}

void gotokens_init(struct gotokens *scan, const char *text, size_t len)
{
    *scan = (struct gotokens){.text = text, .len = len, .sound = len < UINT32_MAX};
    struct reader reader = {.scan = scan, .line = 1};
    while (scan->sound && reader.at < len)
        scan->sound = read_one(&reader);
    scan->header = header_end(scan);
    scan->sound = scan->sound && scan->header > 0;
}

void gotokens_fini(struct gotokens *scan)
{
    vec_fini(&scan->tokens);
}

bool gotokens_is(const struct gotokens *scan, size_t token, const char *text)
{
    if (token >= scan->tokens.len)
        return false;
    const struct gotoken *found = &scan->tokens.at[token];
    return found->kind != GOTOKEN_TEXT && found->len == strlen(text) &&
           memcmp(scan->text + found->at, text, found->len) == 0;
}

static void add_token(struct digest_state *state, const struct gotokens *scan, size_t token,
                      bool line)
{
    const struct gotoken *found = &scan->tokens.at[token];
    uint32_t facts[3] = {(uint32_t)found->kind, found->len, line ? found->line : 0};
    digest_state_add(state, facts, sizeof facts);
    digest_state_add(state, scan->text + found->at, found->len);
}

struct digest gotokens_digest(const struct gotokens *scan)
{
    struct digest_state *state = digest_state_new();
    for (size_t i = 0; i < scan->tokens.len; i++)
        add_token(state, scan, i, true);
    return digest_state_free(state);
}

struct digest gotokens_header_digest(const struct gotokens *scan)
{
    struct digest_state *state = digest_state_new();
    for (size_t i = 0; i < scan->tokens.len; i++)
        if (i < scan->header || scan->tokens.at[i].kind == GOTOKEN_DIRECTIVE)
            add_token(state, scan, i, false);
    return digest_state_free(state);
}

bool gotokens_ends_statement(const struct gotokens *scan, size_t token)
{
    static const char *const SIGNS_THAT_END[] = {"++", "--", ")", "]", "}"};
    static const char *const KEYWORDS[] = {
        "case",    "chan",  "const",  "default", "defer",  "else",      "for",
        "func",    "go",    "goto",   "if",      "import", "interface", "map",
        "package", "range", "select", "struct",  "switch", "type",      "var"};
    enum gotokens_kind kind = scan->tokens.at[token].kind;
    if (kind == GOTOKEN_SIGN) {
        for (size_t i = 0; i < sizeof SIGNS_THAT_END / sizeof SIGNS_THAT_END[0]; i++)
            if (gotokens_is(scan, token, SIGNS_THAT_END[i]))
                return true;
        return false;
    }
    if (kind == GOTOKEN_WORD)
        for (size_t i = 0; i < sizeof KEYWORDS / sizeof KEYWORDS[0]; i++)
            if (gotokens_is(scan, token, KEYWORDS[i]))
                return false;
    return kind != GOTOKEN_DIRECTIVE;
}

static int depth_change(const struct gotokens *scan, size_t token)
{
    const struct gotoken *found = &scan->tokens.at[token];
    if (found->kind != GOTOKEN_SIGN || found->len != 1)
        return 0;
    char sign = scan->text[found->at];
    return (sign == '(' || sign == '[' || sign == '{') -
           (sign == ')' || sign == ']' || sign == '}');
}

/* The declaration that begins at first: its last token, and where a function's body opens. */
static struct gotokens_decl decl_at(const struct gotokens *scan, size_t first)
{
    struct gotokens_decl decl = {.first = first};
    size_t at = skip_directives(scan, first), brace = 0;
    bool func = gotokens_is(scan, at, "func");
    int depth = 0;
    for (decl.last = at; at < scan->tokens.len; at++) {
        if (depth == 0 && gotokens_is(scan, at, ";"))
            break;
        if (depth == 0 && gotokens_is(scan, at, "{"))
            brace = at;
        depth += depth_change(scan, at);
        decl.last = at;
        bool newline = at + 1 >= scan->tokens.len ||
                       scan->tokens.at[at + 1].line > scan->tokens.at[at].last_line;
        if (depth <= 0 && newline && gotokens_ends_statement(scan, at))
            break;
    }
    if (func && brace && gotokens_is(scan, decl.last, "}"))
        decl.open = brace;
    return decl;
}

void gotokens_decls_of(const struct gotokens *scan, gotokens_decls *decls)
{
    for (size_t at = scan->header; at < scan->tokens.len;) {
        if (gotokens_is(scan, at, ";")) {
            at++;
            continue;
        }
        struct gotokens_decl decl = decl_at(scan, at);
        if (decl.last >= scan->tokens.len)
            break;
        vec_push(decls, decl);
        at = decl.last + 1;
    }
}
