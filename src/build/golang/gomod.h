/*
 * go.mod and go.work, as far as finding main packages and changes of the module needs them.
 */
#ifndef ZONDA_BUILD_GOLANG_GOMOD_H
#define ZONDA_BUILD_GOLANG_GOMOD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strs.h"

/* Appends the arguments of a directive (module, use), each alone on its line or in a list in
   brackets: the first word of each, unquoted. */
void gomod_read(const char *text, size_t len, const char *directive, struct strs *values);

/* Does path say which modules an app is made of: go.mod, go.sum, go.work, go.work.sum or
   vendor/modules.txt? */
bool gomod_is_file(const char *path);
bool gomod_is_in(const char *dir); /* a go.mod or a go.work is in dir */

#endif
