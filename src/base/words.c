#include "base/words.h"

#include <ctype.h>
#include <string.h>

/* Words that mean something to the shell itself when they stand first. Those that are programs as
   well (test, true, pwd, kill, …) do not need it, but for echo, whose backslashes differ. */
static const char *const SHELL_WORDS[] = {
    "!",        ".",        ":",       "alias",    "bg",     "break",  "case",  "cd",
    "command",  "continue", "declare", "do",       "done",   "echo",   "elif",  "else",
    "esac",     "eval",     "exec",    "exit",     "export", "fg",     "fi",    "for",
    "function", "getopts",  "hash",    "if",       "in",     "jobs",   "let",   "local",
    "popd",     "pushd",    "read",    "readonly", "return", "select", "set",   "shift",
    "shopt",    "source",   "then",    "time",     "times",  "trap",   "type",  "typeset",
    "ulimit",   "umask",    "unalias", "unset",    "until",  "wait",   "while",
};

static bool is_shell_word(const char *word, size_t len)
{
    for (size_t i = 0; i < sizeof SHELL_WORDS / sizeof *SHELL_WORDS; i++)
        if (strlen(SHELL_WORDS[i]) == len && memcmp(SHELL_WORDS[i], word, len) == 0)
            return true;
    return false;
}

/* NAME=… */
static bool is_assignment(const char *word)
{
    if (!isalpha((unsigned char)*word) && *word != '_')
        return false;
    while (isalnum((unsigned char)*word) || *word == '_')
        word++;
    return *word == '=' || (word[0] == '+' && word[1] == '=');
}

/* From the quote at text to the one that closes it, or to the end of text. */
static const char *skip_quoted(const char *text, bool *expands)
{
    char quote = *text++;
    for (; *text && *text != quote; text++) {
        if (quote == '"' && (*text == '$' || *text == '`'))
            *expands = true;
        if (quote == '"' && *text == '\\' && text[1])
            text++;
    }
    return *text ? text + 1 : text;
}

bool words_need_shell(const char *line)
{
    bool expands = false;
    line += strspn(line, " \t");
    if (is_assignment(line) || is_shell_word(line, strcspn(line, " \t\n;&|<>()")))
        return true;
    for (bool start = true; *line && !expands;) {
        if (*line == '\'' || *line == '"') {
            line = skip_quoted(line, &expands);
            start = false;
            continue;
        }
        if (strchr("$`|&;<>()*?[{}\n", *line) || (start && (*line == '#' || *line == '~')))
            return true;
        start = *line == ' ' || *line == '\t';
        if (*line == '\\' && line[1])
            line++;
        line++;
    }
    return expands;
}

/* Appends what stands between the quote at text and the one that closes it; gives the position
   after that one, NULL where there is none. */
static const char *take_quoted(const char *text, struct buf *word)
{
    char quote = *text++;
    for (; *text && *text != quote; text++) {
        if (quote == '"' && *text == '\\' && text[1] && strchr("$`\"\\\n", text[1])) {
            text++;
            if (*text == '\n')
                continue;
        }
        (void)buf_putc(word, *text);
    }
    return *text ? text + 1 : NULL;
}

static int unfinished(char quote, struct err *err)
{
    err_set(err, ERR_CONFIG, "a quote (%c) has no end", quote);
    err_hint(err, "close it, or put a backslash before it");
    return ERR_CONFIG;
}

int words_split(const char *line, struct strs *words, struct err *err)
{
    struct buf word = BUF_INIT(strlen(line) + 1);
    int result = 0;
    for (bool open = false;;) {
        if (*line == '\0' || *line == ' ' || *line == '\t' || *line == '\n') {
            if (open)
                strs_push(words, buf_text(&word));
            open = false;
            buf_reset(&word);
            if (!*line++)
                break;
        } else if (*line == '\'' || *line == '"') {
            const char *end = take_quoted(line, &word);
            if (!end) {
                result = unfinished(*line, err);
                break;
            }
            open = true;
            line = end;
        } else if (line[0] == '\\' && line[1] == '\n') {
            line += 2;
        } else {
            line += *line == '\\' && line[1];
            (void)buf_putc(&word, *line++);
            open = true;
        }
    }
    buf_fini(&word);
    return result;
}

void words_quote(struct buf *out, const char *word)
{
    static const char PLAIN[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "_@%+=:,./-";
    if (*word && word[strspn(word, PLAIN)] == '\0') {
        (void)buf_puts(out, word);
        return;
    }
    (void)buf_putc(out, '\'');
    for (; *word; word++) {
        if (*word == '\'')
            (void)buf_puts(out, "'\\''");
        else
            (void)buf_putc(out, *word);
    }
    (void)buf_putc(out, '\'');
}
