#include "config/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define MESSAGE_MAX 1024

void problems_add(struct problems *problems, bool error, const char *file, int line, int column,
                  const char *hint, const char *format, ...)
{
    struct buf text = BUF_INIT(MESSAGE_MAX);
    va_list args;
    *(error ? &problems->errors : &problems->warnings) += 1;
    if (problems->list.len >= PROBLEMS_MAX)
        return;
    va_start(args, format);
    (void)buf_vprintf(&text, format, args);
    va_end(args);
    vec_push(&problems->list, ((struct problem){.error = error,
                                                .file = mem_string(file),
                                                .line = line,
                                                .column = column,
                                                .message = buf_steal(&text),
                                                .hint = mem_string(hint)}));
    buf_fini(&text);
}

static bool comes_before(const struct problem *a, const struct problem *b)
{
    if ((a->line == 0) != (b->line == 0))
        return b->line == 0;
    return a->line != b->line ? a->line < b->line : a->column < b->column;
}

void problems_sort(struct problems *problems)
{
    for (size_t i = 1; i < problems->list.len; i++) {
        struct problem moved = problems->list.at[i];
        size_t to = i;
        for (; to > 0 && comes_before(&moved, &problems->list.at[to - 1]); to--)
            problems->list.at[to] = problems->list.at[to - 1];
        problems->list.at[to] = moved;
    }
}

const char *problem_place(const struct problem *problem, char *text, size_t len)
{
    const char *file = problem->file ? problem->file : "configuration";
    if (problem->line)
        (void)snprintf(text, len, "%s:%d:%d", file, problem->line, problem->column);
    else
        (void)snprintf(text, len, "%s", file);
    return text;
}

void problems_print(const struct problems *problems, struct buf *out)
{
    VEC_EACH (const struct problem, problem, &problems->list) {
        char place[PROBLEM_PLACE_BYTES];
        (void)buf_printf(out, "%s: %s: %s\n", problem_place(problem, place, sizeof place),
                         problem->error ? "error" : "warning", problem->message);
        if (problem->hint)
            (void)buf_printf(out, "  hint: %s\n", problem->hint);
    }
    size_t all = (size_t)problems->errors + (size_t)problems->warnings;
    if (all > problems->list.len)
        (void)buf_printf(out, "and %zu more\n", all - problems->list.len);
}

void problems_fini(struct problems *problems)
{
    VEC_EACH (struct problem, problem, &problems->list) {
        free(problem->file);
        free(problem->message);
        free(problem->hint);
    }
    vec_fini(&problems->list);
    *problems = (struct problems){0};
}
