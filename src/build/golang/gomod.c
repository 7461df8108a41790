#include "build/golang/gomod.h"

#include <stdbool.h>
#include <string.h>

#include "base/path.h"
#include "platform/fs.h"

/* A line, without its comment; at moves behind it. */
struct line {
    const char *at, *end;
};

static struct line take_line(const char **at, const char *end)
{
    const char *newline = memchr(*at, '\n', (size_t)(end - *at));
    struct line line = {*at, newline ? newline : end};
    *at = newline ? newline + 1 : end;
    const char *comment = memmem(line.at, (size_t)(line.end - line.at), "//", 2);
    if (comment)
        line.end = comment;
    return line;
}

static bool is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

/* The next word of the line into word; false where there is none. */
static bool take_word(struct line *line, struct line *word)
{
    while (line->at < line->end && is_blank(*line->at))
        line->at++;
    if (line->at == line->end)
        return false;
    char quote = *line->at == '"' || *line->at == '`' ? *line->at : '\0';
    line->at += quote != '\0';
    word->at = line->at;
    bool bracket = !quote && (*line->at == '(' || *line->at == ')');
    if (bracket)
        line->at++;
    while (!bracket && line->at < line->end &&
           (quote ? *line->at != quote : !is_blank(*line->at) && !strchr("()", *line->at)))
        line->at++;
    word->end = line->at;
    if (quote && line->at < line->end)
        line->at++;
    return true;
}

static bool word_is(const struct line *word, const char *text)
{
    size_t len = (size_t)(word->end - word->at);
    return strlen(text) == len && memcmp(word->at, text, len) == 0;
}

static void push(struct strs *values, const struct line *word)
{
    strs_push_n(values, word->at, (size_t)(word->end - word->at));
}

void gomod_read(const char *text, size_t len, const char *directive, struct strs *values)
{
    const char *end = text + len;
    bool in_list = false, wanted = false;
    while (text < end) {
        struct line line = take_line(&text, end), word;
        if (!take_word(&line, &word))
            continue;
        if (in_list) {
            in_list = !word_is(&word, ")");
            if (in_list && wanted)
                push(values, &word);
            continue;
        }
        wanted = word_is(&word, directive);
        if (!take_word(&line, &word))
            continue;
        in_list = word_is(&word, "(");
        if (!in_list && wanted)
            push(values, &word);
        else if (in_list && wanted && take_word(&line, &word) && !word_is(&word, ")"))
            push(values, &word);
    }
}

bool gomod_is_file(const char *path)
{
    static const char *const NAMES[] = {"go.mod", "go.sum", "go.work", "go.work.sum"};
    const char *name = path_base(path);
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strcmp(NAMES[i], name) == 0)
            return true;
    return path_ends(path, "/vendor/modules.txt");
}

bool gomod_is_in(const char *dir)
{
    return fs_has_file(dir, "go.mod") || fs_has_file(dir, "go.work");
}
