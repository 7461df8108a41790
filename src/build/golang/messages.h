/*
 * The compiler's messages as `go build` prints them (cmd/go/internal/work, reportCmd). Pure but for
 * asking whether two names are one file.
 */
#ifndef ZONDA_BUILD_GOLANG_MESSAGES_H
#define ZONDA_BUILD_GOLANG_MESSAGES_H

#include <stdbool.h>

#include "base/buf.h"

/* Appends "# package", then text with the paths below package_dir and the directories above it made
   relative to dir where that is shorter. */
void messages_write(struct buf *out, const char *package, const char *package_dir, const char *dir,
                    const char *text);

/* The compiler names a package that it was not given: the imports are not those of the plan. */
bool messages_miss_package(const char *text);

#endif
