/*
 * The syntax is godotenv's, seen by its parser: what that accepts is accepted with the same value,
 * but that an expansion also sees what stands in env before the file.
 */
#include "build/dotenv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "platform/fs.h"

struct reader {
    const char *text, *end, *at;
    const char *file;
    struct strs *env;
    struct err *err;
};

/* --- text --- */

static bool is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\v' || character == '\f' ||
           character == '\r';
}

static void skip_blanks(struct reader *reader)
{
    while (reader->at < reader->end && is_blank(*reader->at))
        reader->at++;
}

static int fail(struct reader *reader, const char *at, const char *message, const char *hint)
{
    int line = 1, column = 1;
    for (const char *c = reader->text; c < at; c++) {
        column = *c == '\n' ? 1 : column + 1;
        line += *c == '\n';
    }
    err_set(reader->err, ERR_CONFIG, "%s", message);
    err_place(reader->err, "%s:%d:%d", reader->file, line, column);
    err_hint(reader->err, "%s", hint);
    return ERR_CONFIG;
}

/* To the next statement: blanks, empty lines and comments are passed. */
static bool next_statement(struct reader *reader)
{
    while (reader->at < reader->end) {
        if (*reader->at == '#') {
            while (reader->at < reader->end && *reader->at != '\n')
                reader->at++;
        } else if (*reader->at == '\n' || is_blank(*reader->at)) {
            reader->at++;
        } else {
            return true;
        }
    }
    return false;
}

/* --- values --- */

static bool is_name(char character)
{
    return isalnum((unsigned char)character) || character == '_';
}

/* As godotenv has it: a password such as pa$sword is left alone. */
static bool is_expandable(char character)
{
    return isupper((unsigned char)character) || isdigit((unsigned char)character) ||
           character == '_';
}

/* $NAME and ${NAME}, at the '$'; gives the position after it. What is no name stays as it is. */
static const char *expand_one(const struct reader *reader, const char *at, const char *end,
                              struct buf *out)
{
    bool braced = at + 1 < end && at[1] == '{';
    const char *name = at + 1 + braced, *after = name;
    while (after < end && is_expandable(*after))
        after++;
    if (after == name || (braced && (after == end || *after != '}'))) {
        (void)buf_putc(out, '$');
        return at + 1;
    }
    char *key = mem_string_n(name, (size_t)(after - name));
    const char *value = strs_env_get(reader->env, key);
    (void)buf_puts(out, value ? value : "");
    free(key);
    return after + braced;
}

/* A backslash inside "…": \n, \r and \t are those characters, \$ is '$'; before anything else it
   goes away. */
static void escape(char character, struct buf *out)
{
    static const char NAMES[] = "nrt", VALUES[] = "\n\r\t";
    const char *found = character ? strchr(NAMES, character) : NULL;
    (void)buf_putc(out, found ? VALUES[found - NAMES] : character);
}

static void expand(const struct reader *reader, const char *at, const char *end, bool escapes,
                   struct buf *out)
{
    while (at < end) {
        if (*at == '\\' && at + 1 < end && (escapes || at[1] == '$')) {
            escape(at[1], out);
            at += 2;
        } else if (*at == '$') {
            at = expand_one(reader, at, end, out);
        } else {
            if (*at != '\r' || !escapes || at + 1 == end || at[1] != '\n')
                (void)buf_putc(out, *at);
            at++;
        }
    }
}

/* '…' and "…"; at is the quote. */
static int take_quoted(struct reader *reader, struct buf *value)
{
    const char *quote = reader->at, *close = quote + 1;
    while (close < reader->end && *close != *quote)
        close += *close == '\\' && close + 1 < reader->end ? 2 : 1;
    if (close >= reader->end)
        return fail(reader, quote,
                    *quote == '"' ? "a value in \"\" has no end" : "a value in '' has no end",
                    "close the quote, or take the opening one away");
    if (*quote == '"')
        expand(reader, quote + 1, close, true, value);
    else
        (void)buf_append(value, quote + 1, (size_t)(close - quote) - 1);
    reader->at = close + 1;
    return 0;
}

/* To the end of the line, or to the last " #". */
static void take_plain(struct reader *reader, struct buf *value)
{
    const char *begin = reader->at, *end = begin;
    while (end < reader->end && *end != '\n' && *end != '\r')
        end++;
    reader->at = end;
    for (const char *at = end; --at > begin;) {
        if (*at == '#' && is_blank(at[-1])) {
            end = at;
            break;
        }
    }
    while (end > begin && is_blank(end[-1]))
        end--;
    expand(reader, begin, end, false, value);
}

static int take_value(struct reader *reader, struct buf *value)
{
    if (reader->at < reader->end && (*reader->at == '"' || *reader->at == '\''))
        return take_quoted(reader, value);
    take_plain(reader, value);
    return 0;
}

/* --- statements --- */

static bool is_key(char character)
{
    return is_name(character) || character == '.' || (unsigned char)character >= 0x80;
}

/* The name and the '=' or ':' after it. */
static int take_key(struct reader *reader, char **key)
{
    const char *begin = reader->at, *end;
    if (reader->end - begin > 6 && strncmp(begin, "export", 6) == 0 && is_blank(begin[6])) {
        reader->at += 6;
        skip_blanks(reader);
        begin = reader->at;
    }
    while (reader->at < reader->end && is_key(*reader->at))
        reader->at++;
    end = reader->at;
    skip_blanks(reader);
    if (end == begin || reader->at == reader->end || (*reader->at != '=' && *reader->at != ':'))
        return fail(reader, reader->at,
                    end == begin ? "a name is missing" : "'=' is missing after a name",
                    "a line is NAME=value, empty, or a comment that begins with #");
    reader->at++;
    skip_blanks(reader);
    *key = mem_string_n(begin, (size_t)(end - begin));
    return 0;
}

static int take_statement(struct reader *reader)
{
    struct buf value = BUF_INIT(DOTENV_BYTES_MAX);
    char *key = NULL;
    const char *at = reader->at;
    int result = take_key(reader, &key);
    if (!result)
        result = take_value(reader, &value);
    if (!result && (value.truncated || reader->env->len >= DOTENV_ENTRIES_MAX))
        result = fail(reader, at, value.truncated ? "a value is too long" : "too many variables",
                      "does this file hold what you think?");
    if (!result)
        strs_env_set(reader->env, key, buf_text(&value));
    buf_fini(&value);
    free(key);
    return result;
}

int dotenv_parse(const char *text, size_t len, const char *file, struct strs *env, struct err *err)
{
    struct reader reader = {
        .text = text, .end = text + len, .at = text, .file = file, .env = env, .err = err};
    if (len > DOTENV_BYTES_MAX) {
        err_set(err, ERR_CONFIG, "the file is larger than %zu bytes", DOTENV_BYTES_MAX);
        err_place(err, "%s:1:1", file);
        return ERR_CONFIG;
    }
    const char *nul = memchr(text, '\0', len);
    if (nul)
        return fail(&reader, nul, "a byte is 0", "is this a text file?");
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        reader.at += 3; /* a byte order mark */
    int result = 0;
    while (result == 0 && next_statement(&reader))
        result = take_statement(&reader);
    return result;
}

/* --- files --- */

static int add_file(const char *file, struct strs *env, struct err *err)
{
    struct buf text = BUF_INIT(DOTENV_BYTES_MAX);
    int result = 0;
    if (fs_stat(file, true).kind != FS_NONE) {
        result = fs_read(file, &text, err);
        if (!result)
            result = dotenv_parse(buf_text(&text), text.len, file, env, err);
    }
    buf_fini(&text);
    return result;
}

/* Sets the entries of from in env. */
static void lay_over(struct strs *env, const struct strs *from)
{
    STRS_EACH (entry, from) {
        const char *equals = strchr(*entry, '=');
        if (!equals)
            continue;
        char *name = mem_string_n(*entry, (size_t)(equals - *entry));
        strs_env_set(env, name, equals + 1);
        free(name);
    }
}

int dotenv_environment(const struct strs *base, const struct strs *files, const struct strs *extra,
                       struct strs *env, struct err *err)
{
    lay_over(env, base);
    STRS_EACH (file, files) {
        int failed = add_file(*file, env, err);
        if (failed)
            return failed;
        lay_over(env, base);
    }
    lay_over(env, extra);
    return 0;
}
