#include "build/golang/source.h"

#include <ctype.h>
#include <string.h>

#include "base/digest.h"
#include "base/path.h"
#include "build/golang/graph.h"
#include "build/golang/scan.h"
#include "platform/fs.h"

static struct scan scan_of(const char *text, size_t len)
{
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) { /* a byte order mark */
        text += 3;
        len -= 3;
    }
    return (struct scan){.at = text, .end = text + len, .line = 1, .line_begins = true};
}

bool source_is_test(const char *path)
{
    return path_ends(path, "_test.go");
}

/* The name of the package clause; false where the file begins with anything else. */
static bool package_clause(struct scan *scan, struct token *name)
{
    return scan_code(scan, name) == SCAN_WORD && token_is(name, "package") &&
           scan_code(scan, name) == SCAN_WORD;
}

bool source_is_package(const char *text, size_t len, const char *name)
{
    struct scan scan = scan_of(text, len);
    struct token token;
    return package_clause(&scan, &token) && token_is(&token, name);
}

bool source_has_package(const char *text, size_t len)
{
    struct scan scan = scan_of(text, len);
    struct token token;
    return package_clause(&scan, &token);
}

/* --- the header --- */

static bool is_constraint(const struct token *token)
{
    size_t skip = 2;
    if (token_begins(token, "//go:build"))
        return true;
    while (skip < token->len && isblank((unsigned char)token->text[skip]))
        skip++;
    return token->len - skip > 6 && memcmp(token->text + skip, "+build", 6) == 0;
}

static void put(struct buf *out, const char *what, const struct token *token)
{
    (void)buf_puts(out, what);
    (void)buf_append(out, token->text, token->len);
    (void)buf_putc(out, '\n');
}

/* Comments on the way are taken where they are directives. */
static enum scan_kind next(struct scan *scan, struct token *token, bool before_package,
                           struct buf *out)
{
    while (scan_next(scan, token) == SCAN_COMMENT)
        if (before_package ? is_constraint(token)
                           : token->line_begins && token_begins(token, "//go:"))
            put(out, "", token);
    return token->kind;
}

/* After the word import: one specification or a list in brackets; up to the token behind it. */
static void take_import(struct scan *scan, struct token *token, struct buf *out)
{
    bool list = false;
    while (next(scan, token, false, out) != SCAN_END) {
        if (token_is(token, "(")) {
            list = true;
        } else if (token->kind == SCAN_STRING) {
            put(out, "import ", token);
            if (!list)
                break;
        } else if (token_is(token, ")")) {
            break;
        } else if (!list && token_is(token, "import")) {
            continue; /* an unfinished one before it */
        } else if (token->kind == SCAN_WORD || token_is(token, ".")) {
            put(out, "as ", token);
        }
    }
    (void)next(scan, token, false, out);
}

void source_header(const char *text, size_t len, struct buf *out)
{
    struct scan scan = scan_of(text, len);
    struct token token;
    if (next(&scan, &token, true, out) == SCAN_WORD && token_is(&token, "package") &&
        next(&scan, &token, false, out) == SCAN_WORD)
        put(out, "package ", &token);
    (void)next(&scan, &token, false, out);
    while (token_is(&token, ";"))
        (void)next(&scan, &token, false, out);
    while (token.kind == SCAN_WORD && token_is(&token, "import")) {
        take_import(&scan, &token, out);
        while (token_is(&token, ";"))
            (void)next(&scan, &token, false, out);
    }
    while (token.kind != SCAN_END)
        (void)next(&scan, &token, false, out);
}

bool source_imports(const char *text, size_t len, const char *path)
{
    struct scan scan = scan_of(text, len);
    struct token token;
    if (!package_clause(&scan, &token))
        return false;
    while (scan_code(&scan, &token) != SCAN_END) {
        if (token.kind == SCAN_STRING) {
            if (token.len == strlen(path) && memcmp(token.text, path, token.len) == 0)
                return true;
        } else if (token_is(&token, "func") || token_is(&token, "var") ||
                   token_is(&token, "const") || token_is(&token, "type")) {
            return false;
        }
    }
    return false;
}

unsigned long long graph_header_digest_of(const char *text, size_t len)
{
    struct buf header = BUF_INIT(SOURCE_BYTES_MAX);
    source_header(text, len, &header);
    unsigned long long digest = digest_of(buf_text(&header), header.len).low;
    buf_fini(&header);
    return digest ? digest : 1;
}

unsigned long long graph_header_digest(const char *path)
{
    struct buf text = BUF_INIT(SOURCE_BYTES_MAX);
    struct err ignored;
    unsigned long long digest =
        fs_read(path, &text, &ignored) == 0 ? graph_header_digest_of(buf_text(&text), text.len) : 0;
    buf_fini(&text);
    return digest;
}
