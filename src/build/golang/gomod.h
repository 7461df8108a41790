/*
 * go.mod and go.work, as far as finding main packages needs them.
 */
#ifndef ZONDA_BUILD_GOLANG_GOMOD_H
#define ZONDA_BUILD_GOLANG_GOMOD_H

#include <stddef.h>

#include "base/strs.h"

/* Appends the arguments of a directive (module, use), each alone on its line or in a list in
   brackets: the first word of each, unquoted. */
void gomod_read(const char *text, size_t len, const char *directive, struct strs *values);

#endif
