#include "browser/panic.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define LINE_MAX_NUMBER 10000000 /* of a place: more is none */

struct line {
    const char *at;
    size_t len;
};

/* The next line without its end; false at the end. */
static bool next_line(struct line *rest, struct line *line)
{
    if (!rest->len)
        return false;
    const char *end = memchr(rest->at, '\n', rest->len);
    size_t len = end ? (size_t)(end - rest->at) : rest->len;
    *line = (struct line){rest->at, len};
    if (len && line->at[len - 1] == '\r')
        line->len--;
    rest->at += len + (end != NULL);
    rest->len -= len + (end != NULL);
    return true;
}

static bool begins(struct line line, const char *with)
{
    size_t len = strlen(with);
    return line.len >= len && memcmp(line.at, with, len) == 0;
}

/* "<tab>/app/main.go:12 +0x1d" or without the offset: the file, and its line, or 0. */
static int place_in(struct line line, struct line *file)
{
    size_t end = 1;
    while (end < line.len && line.at[end] != ' ')
        end++;
    size_t colon = end;
    while (colon > 1 && line.at[colon - 1] != ':')
        colon--;
    long number = 0;
    if (line.len < 2 || line.at[0] != '\t' || colon < 3 || colon == end)
        return 0;
    for (size_t i = colon; i < end; i++) {
        if (line.at[i] < '0' || line.at[i] > '9' || number > LINE_MAX_NUMBER)
            return 0;
        number = number * 10 + (line.at[i] - '0');
    }
    *file = (struct line){line.at + 1, colon - 2};
    return number <= LINE_MAX_NUMBER ? (int)number : 0;
}

static bool is_below(struct line file, const char *root)
{
    size_t len = strlen(root);
    return file.len > len + 1 && memcmp(file.at, root, len) == 0 && file.at[len] == '/' &&
           !memchr(file.at, '\0', file.len);
}

static void add(struct diagnostics *found, struct line file, int number, struct line message)
{
    size_t len =
        message.len < DIAGNOSTIC_MESSAGE_BYTES_MAX ? message.len : DIAGNOSTIC_MESSAGE_BYTES_MAX;
    vec_push(&found->list, ((struct diagnostic){.file = mem_string_n(file.at, file.len),
                                                .line = number,
                                                .message = mem_string_n(message.at, len)}));
}

/* A function as the runtime prints it, "main.handler(0x1, …)", without its arguments. */
static struct line name_of(struct line function)
{
    for (size_t i = function.len; i > 0; i--)
        if (function.at[i - 1] == '(')
            return (struct line){function.at, i - 1};
    return function;
}

/* Where the last panic begins: an app that recovers prints others before it. */
static bool last_panic(struct line *rest, struct line *message)
{
    struct line at = *rest, line;
    bool known = false;
    while (next_line(&at, &line)) {
        if (!begins(line, "panic: ") && !begins(line, "fatal error: "))
            continue;
        known = true;
        *message = line;
        *rest = at;
    }
    return known;
}

int panic_find(const char *output, size_t len, const char *root, struct diagnostics *found)
{
    struct line rest = {output, len}, message = {0}, line, function = {0};
    int count = 0;
    bool inside = false;
    if (!last_panic(&rest, &message))
        return 0;
    while (count < PANIC_FRAMES_MAX && next_line(&rest, &line)) {
        struct line file;
        int number = 0;
        if (begins(line, "goroutine ")) {
            if (inside)
                break; /* another one, that only stood by */
            inside = true;
        } else if (inside && line.len == 0 && count > 0) {
            break;
        } else if (inside && (number = place_in(line, &file)) > 0 && is_below(file, root)) {
            add(found, file, number, count++ == 0 ? message : name_of(function));
        } else if (inside && number == 0) {
            function = line;
        }
    }
    return count;
}
