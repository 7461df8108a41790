/*
 * What is wrong with a configuration: a list, so that one run tells all of it.
 */
#ifndef ZONDA_CONFIG_PROBLEM_H
#define ZONDA_CONFIG_PROBLEM_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/vec.h"

#define PROBLEMS_MAX 100 /* further ones are counted only */

struct problem {
    bool error;           /* else a warning */
    char *file;           /* as shown to the user */
    int line, column;     /* 0: of the whole file */
    char *message, *hint; /* hint may be NULL */
};

struct problems {
    VEC(struct problem) list;
    int errors, warnings; /* those past PROBLEMS_MAX included */
};

void problems_add(struct problems *problems, bool error, const char *file, int line, int column,
                  const char *hint, const char *format, ...) __attribute__((format(printf, 7, 8)));
/* In the order of the file's lines, what has none last; otherwise as they came. */
void problems_sort(struct problems *problems);
/* Where it is: "file:line:column", or the file alone where it has no line; text. */
#define PROBLEM_PLACE_BYTES 4352
const char *problem_place(const struct problem *problem, char *text, size_t len);
/* "file:line:column: error: message" and an indented "hint: …" line for each. */
void problems_print(const struct problems *problems, struct buf *out);
void problems_fini(struct problems *problems);

#endif
