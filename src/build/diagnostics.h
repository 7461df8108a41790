/*
 * Compiler messages: parsed from a build's output as it comes, for excerpts, overlays and editors.
 *
 * Understands file:line:column: message (go, gcc, clang, tsc with --pretty false), file:line: message,
 * continuation lines that begin with a tab, `# package` headings, go vet, go mod errors, and linker
 * messages ("undefined reference" with a file).
 */
#ifndef ZONDA_BUILD_DIAGNOSTICS_H
#define ZONDA_BUILD_DIAGNOSTICS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/vec.h"

#define DIAGNOSTICS_MAX 100

struct diagnostic {
    char *file;       /* as printed, made absolute below the build's directory */
    int line, column; /* column 0: unknown */
    bool warning;
    char *message; /* continuation lines joined by newlines */
};

struct diagnostics {
    VEC(struct diagnostic) list;
    size_t dropped; /* past DIAGNOSTICS_MAX */
};

/* One line of output, without its newline; dir is where the build ran. True where it was taken as a
   (part of a) diagnostic. */
bool diagnostics_line(struct diagnostics *diagnostics, const char *dir, const char *line);
void diagnostics_fini(struct diagnostics *diagnostics);

/* The source line and its neighbours with numbers and a caret, as plain text:
       40 |     r := gin.Default()
    >  41 |     r.GET("/", hom)
          |                ^
   Tabs become four blanks. Nothing is appended where the file cannot be read. before/after: lines. */
void diagnostic_excerpt(const struct diagnostic *diagnostic, int before, int after,
                        struct buf *out);

#endif
