/*
 * Compiler messages: parsed from a build's output as it comes, for excerpts, overlays and editors.
 *
 * Life-cycle: {0}, diagnostics_line for each line of output, diagnostics_fini.
 *
 * Understands file:line:column: message (go, gcc, clang), file:line: message (go mod, ld),
 * file(line,column): message (tsc with --pretty false), those with "vet: " or a linker's name
 * before them, `undefined reference` with a file, and the lines that continue a message: those that
 * begin with a tab, and gcc's notes. A `# package` heading ends a message. What only looks like a
 * place (a host and its port, a time of day) is none: the name must be that of a source file by its
 * extension, or that of a file that exists.
 */
#ifndef ZONDA_BUILD_DIAGNOSTICS_H
#define ZONDA_BUILD_DIAGNOSTICS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/vec.h"

#define DIAGNOSTICS_MAX              100
#define DIAGNOSTIC_MESSAGE_BYTES_MAX ((size_t)16 << 10)

struct diagnostic {
    char *file;       /* as printed, made absolute below the build's directory, clean */
    int line, column; /* from 1; column in bytes; 0: unknown */
    bool warning;
    char *message; /* continuation lines joined by newlines */
};

struct diagnostics {
    VEC(struct diagnostic) list;
    size_t dropped; /* past DIAGNOSTICS_MAX */
    bool open;      /* the line before belongs to a diagnostic: this one may continue it */
};

/* One line of output, without its newline; dir is where the build ran. True where it was taken as a
   (part of a) diagnostic. */
bool diagnostics_line(struct diagnostics *diagnostics, const char *dir, const char *line);
void diagnostics_fini(struct diagnostics *diagnostics);

/* The source line and its neighbours (so many lines before and after it) with numbers and a caret,
   as plain text:
      40 |     r := gin.Default()
   >  41 |     r.GET("/", hom)
         |                ^
   Tabs become four blanks, long lines are cut. Nothing is appended where the file cannot be read or
   has no such line. */
void diagnostic_excerpt(const struct diagnostic *diagnostic, int before, int after,
                        struct buf *out);

#endif
