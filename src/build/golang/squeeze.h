/*
 * The same program on other lines: a new version of a file laid out so that what both versions
 * declare stands where the old version has it. Pure functions over text.
 *
 * Export data holds positions. An edit that makes a function body longer moves every declaration
 * after it and so changes the export data, although nothing that an importer uses is another. If
 * the squeezed variant's export data equals the old version's, positions are all that differs.
 * A changed body goes on one line (a newline that ends a statement becomes ";", The Go Programming
 * Language Specification, "Semicolons"), padded to the old height; unchanged declarations are
 * copied from the old version; what is new comes last. Whether the variant is of use is decided by
 * compiling it, never here.
 */
#ifndef ZONDA_BUILD_GOLANG_SQUEEZE_H
#define ZONDA_BUILD_GOLANG_SQUEEZE_H

#include <stdbool.h>

#include "base/buf.h"
#include "build/golang/tokens.h"

/* Appends the variant to out. False where there is none: a directive inside a changed body, a raw
   string higher than the old body, another header, a //line directive. */
bool squeeze(const struct gotokens *before, const struct gotokens *now, struct buf *out);

#endif
