#include "config/toml.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define RECOVERIES_MAX 20

/* --- what toml++ 3.3 does not bear: it nests a table for each dot of a key and recurses on them,
   and it takes for granted that a name stands in a table's brackets --- */

struct lexer {
    const char *at, *end;
    int line, dots, depth; /* depth: of brackets that are open */
    const char *line_start;
};

static int refuse(const struct lexer *lexer, const char *at, struct toml_fault *fault,
                  const char *message)
{
    fault->line = lexer->line;
    fault->column = (int)(at - lexer->line_start) + 1;
    (void)snprintf(fault->message, sizeof fault->message, "%s", message);
    return -1;
}

/* Past the string that begins at lexer->at (a quote). */
static void skip_string(struct lexer *lexer)
{
    char quote = *lexer->at;
    bool three = lexer->end - lexer->at >= 3 && lexer->at[1] == quote && lexer->at[2] == quote;
    lexer->at += three ? 3 : 1;
    for (; lexer->at < lexer->end; lexer->at++) {
        if (*lexer->at == '\n') {
            if (!three)
                return; /* unfinished: the parser says so */
            lexer->line++;
            lexer->line_start = lexer->at + 1;
        } else if (*lexer->at == '\\' && quote == '"') {
            if (lexer->end - lexer->at > 1 && lexer->at[1] != '\n')
                lexer->at++;
        } else if (*lexer->at == quote) {
            if (!three) {
                lexer->at++;
                return;
            }
            if (lexer->end - lexer->at >= 3 && lexer->at[1] == quote && lexer->at[2] == quote) {
                lexer->at += 3;
                return;
            }
        }
    }
}

static bool begins_key(char character)
{
    return isalnum((unsigned char)character) || strchr("_-\"'", character);
}

/* A table's header begins at lexer->at: is there a name in its brackets? */
static int check_header(const struct lexer *lexer, struct toml_fault *fault)
{
    const char *at = lexer->at + 1;
    while (at < lexer->end && (*at == ' ' || *at == '\t'))
        at++;
    if (at < lexer->end && *at == '[')
        at++;
    while (at < lexer->end && (*at == ' ' || *at == '\t'))
        at++;
    if (at < lexer->end && *at && begins_key(*at))
        return 0;
    return refuse(lexer, lexer->at, fault, "a table has no name in its brackets");
}

/* Past the comment that begins at lexer->at, up to its newline. */
static void skip_comment(struct lexer *lexer)
{
    while (lexer->at < lexer->end && *lexer->at != '\n')
        lexer->at++;
}

/* One character outside of strings and comments. */
static int check_character(struct lexer *lexer, bool *starts, struct toml_fault *fault)
{
    char character = *lexer->at;
    if (character == '[' && *starts && lexer->depth == 0 && check_header(lexer, fault) != 0)
        return -1;
    if (character == '.' && ++lexer->dots > TOML_DOTS_MAX)
        return refuse(lexer, lexer->at, fault, "a key has more dots than zonda reads");
    if (character && strchr("=,[]{}\n", character))
        lexer->dots = 0;
    lexer->depth += character == '[' || character == '{';
    lexer->depth -= (character == ']' || character == '}') && lexer->depth > 0;
    *starts = character == '\n' || (*starts && (character == ' ' || character == '\t'));
    lexer->at++;
    if (character == '\n') {
        lexer->line++;
        lexer->line_start = lexer->at;
    }
    return 0;
}

/* 0, or -1 with the fault. */
static int check_text(const char *text, size_t len, struct toml_fault *fault)
{
    struct lexer lexer = {.at = text, .end = text + len, .line = 1, .line_start = text};
    bool starts = true;
    while (lexer.at < lexer.end) {
        if (*lexer.at == '"' || *lexer.at == '\'') {
            skip_string(&lexer);
            starts = false;
        } else if (*lexer.at == '#') {
            skip_comment(&lexer);
        } else if (check_character(&lexer, &starts, fault) != 0) {
            return -1;
        }
    }
    return 0;
}

/* --- after an error: the line is blanked and the rest read --- */

static const char *line_start(const char *text, const char *end, int line)
{
    for (; line > 1; line--) {
        const char *next = memchr(text, '\n', (size_t)(end - text));
        if (!next)
            return NULL;
        text = next + 1;
    }
    return text;
}

/* Blanks "key = …". False for any other line: what follows would then be misread. */
static bool blank_line(char *text, size_t len, int line)
{
    char *end = text + len;
    const char *start = line > 0 ? line_start(text, end, line) : NULL;
    if (!start)
        return false;
    char *from = text + (start - text);
    char *to = memchr(from, '\n', (size_t)(end - from));
    to = to ? to : end;
    char *at = from;
    while (at < to && (*at == ' ' || *at == '\t'))
        at++;
    if (at == to || !(isalnum((unsigned char)*at) || *at == '_' || *at == '-') ||
        !memchr(at, '=', (size_t)(to - at)))
        return false;
    memset(from, ' ', (size_t)(to - from));
    return true;
}

/* toml++ speaks of its own work first: "Error while parsing key-value pair: ". */
static const char *without_preamble(const char *message)
{
    static const char preamble[] = "Error while parsing ";
    const char *colon = strchr(message, ':');
    if (strncmp(message, preamble, sizeof preamble - 1) != 0 || !colon || colon[1] != ' ')
        return message;
    return colon + 2;
}

/* toml++ places a second value at the value; people look for the key. */
static int column_of_key(const char *text, size_t len, const struct toml_fault *fault,
                         const char *name, size_t name_len)
{
    const char *end = text + len;
    const char *from = line_start(text, end, fault->line);
    const char *at = from;
    while (at && at < end && (*at == ' ' || *at == '\t'))
        at++;
    bool is = at && (size_t)(end - at) > name_len && memcmp(at, name, name_len) == 0;
    return is ? (int)(at - from) + 1 : fault->column;
}

/* What toml++ finds, and what a person is told of it. */
static const struct {
    const char *found, *message, *hint;
} WORDS[] = {
    {"control characters other than TAB", "a string holds a control character",
     "take it out, or write it as \\u001b in double quotes"},
    {"invalid utf-8", "the file is not UTF-8", "save it in UTF-8: this is another character set"},
    {"could not determine value type", "this is no TOML value",
     "a string stands in quotes; true, false and numbers do not"},
    {"expected decimal digit", "this is no TOML value",
     "a string stands in quotes; true, false and numbers do not"},
    {"expected 'true'", "this is no TOML value", "write true, in small letters and without quotes"},
    {"expected 'false'", "this is no TOML value",
     "write false, in small letters and without quotes"},
    {"expected '='", "the key has no '=' behind it", "write it like this: key = \"value\""},
    {"expected value", "the key has no value", "write it like this: key = \"value\""},
    {"expected comma or closing ']'", "a list is not closed before this",
     "write it like this: key = [\"one\", \"two\"]"},
    {"expected key or closing '}'", "a table in braces is not closed on its line",
     "write it like this: key = { NAME = \"value\" }"},
    {"expected ']'", "the name of a table is not closed", "write it like this: [build]"},
    {"expected a comment or whitespace", "something stands behind the value",
     "one key stands on a line, without a comma at its end"},
    {"unknown escape sequence", "a backslash in double quotes begins no known sequence",
     "write \\\\ for a backslash, or put the string in single quotes"},
    {"encountered end-of-file", "the file ends in the middle of a value",
     "close the quote or the bracket"},
};

/* Does the line end where the fault is? */
static bool at_line_end(const char *text, size_t len, const struct toml_fault *fault)
{
    const char *end = text + len;
    const char *at = line_start(text, end, fault->line);
    /* Columns count characters, not bytes. */
    for (int column = 1; at && at < end && *at != '\n' && *at != '\r'; at++)
        if (((unsigned char)*at & 0xc0) != 0x80 && column++ == fault->column)
            return false;
    return true;
}

static void tell_syntax(const char *text, size_t len, const struct toml_fault *fault,
                        const char *message, const char *file, struct problems *problems)
{
    const char *hint = NULL;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS && !hint; i++) {
        if (!strstr(message, WORDS[i].found))
            continue;
        bool open = i == 0 && at_line_end(text, len, fault);
        message = open ? "a string has no closing quote" : WORDS[i].message;
        hint = open ? "it ends on its line; one of several lines stands in three quotes"
                    : WORDS[i].hint;
    }
    problems_add(problems, true, file, fault->line, fault->column, hint, "syntax error: %s",
                 message);
}

static void tell(const char *text, size_t text_len, const struct toml_fault *fault,
                 const char *file, struct problems *problems)
{
    const char *message = without_preamble(fault->message);
    const char *name = strchr(message, '\'');
    int len = name ? (int)strcspn(name + 1, "'") : 0;
    if (strncmp(message, "cannot redefine existing", 24) == 0 && name)
        problems_add(problems, true, file, fault->line,
                     column_of_key(text, text_len, fault, name + 1, (size_t)len),
                     "keep one of the two; a table is opened once", "'%.*s' is given a second time",
                     len, name + 1);
    else if (strstr(message, "not representable in 64 bits") && name)
        problems_add(problems, true, file, fault->line,
                     fault->column > len ? fault->column - len : fault->column, NULL,
                     "'%.*s' is too large a number", len < 40 ? len : 40, name + 1);
    else
        tell_syntax(text, text_len, fault, message, file, problems);
}

struct node *toml_parse(const char *text, size_t len, const char *file, struct problems *problems)
{
    struct toml_fault fault = {0};
    struct node *root = NULL;
    if (len > TOML_BYTES_MAX) {
        problems_add(problems, true, file, 0, 0, NULL, "the file is larger than %zu KiB",
                     TOML_BYTES_MAX >> 10);
        return NULL;
    }
    char *copy = mem_string_n(text, len);
    int last_line = 0;
    for (int i = 0; i < RECOVERIES_MAX && !root; i++) {
        if (check_text(copy, len, &fault) == 0 && toml_tree(copy, len, &root, &fault) == 0)
            break;
        bool can = fault.line > last_line && blank_line(copy, len, fault.line);
        /* A second error that is not in a line of its own may be caused by the blanked one. */
        if (can || i == 0)
            tell(text, len, &fault, file, problems);
        if (!can)
            break;
        last_line = fault.line;
    }
    free(copy);
    return root;
}

/* --- the tree --- */

static void fini(struct node *node)
{
    for (size_t i = 0; i < node->len; i++)
        fini(&node->at[i]);
    free(node->at);
    free(node->key);
    free(node->text);
}

void node_free(struct node *root)
{
    if (!root)
        return;
    fini(root);
    free(root);
}

const struct node *node_get(const struct node *table, const char *key)
{
    if (!table || table->kind != NODE_TABLE)
        return NULL;
    NODES_EACH(child, table)
    if (strcmp(child->key, key) == 0)
        return child;
    return NULL;
}

const char *node_kind_words(const struct node *node)
{
    switch (node->kind) {
    case NODE_TABLE:
        return "a table";
    case NODE_ARRAY:
        return node_is_tables(node) ? "an array of tables" : "a list";
    case NODE_STRING:
        return "a string";
    case NODE_INT:
        return "a whole number";
    case NODE_FLOAT:
        return "a number with a fraction";
    case NODE_BOOL:
        return node->number ? "true" : "false";
    default:
        return "a date or time";
    }
}

bool node_is_tables(const struct node *node)
{
    if (node->kind != NODE_ARRAY || node->len == 0)
        return false;
    NODES_EACH(child, node)
    if (child->kind != NODE_TABLE)
        return false;
    return true;
}
