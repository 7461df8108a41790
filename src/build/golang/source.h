/*
 * What a Go source file says of itself, from its text. Pure functions; any bytes will do.
 */
#ifndef ZONDA_BUILD_GOLANG_SOURCE_H
#define ZONDA_BUILD_GOLANG_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define SOURCE_BYTES_MAX ((size_t)16 << 20)

bool source_is_test(const char *path); /* by its name */
/* Is its package clause `package NAME`? */
bool source_is_package(const char *text, size_t len, const char *name);
bool source_has_package(const char *text, size_t len); /* any package clause */

/* Appends what of the file decides the import graph: its package clause, imports, build constraints
   and //go: lines, each on a line of its own, however the file is laid out. */
void source_header(const char *text, size_t len, struct buf *out);

bool source_imports(const char *text, size_t len, const char *path);

#endif
