/*
 * Does a Go file belong to its package on this system: the part of its name (_linux,
 * _windows_amd64) and its //go:build or +build lines ("Build constraints", `go help
 * buildconstraint`).
 *
 * Life-cycle: build_tags_init, constraint_fits any number of times, build_tags_fini.
 */
#ifndef ZONDA_BUILD_GOLANG_CONSTRAINT_H
#define ZONDA_BUILD_GOLANG_CONSTRAINT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strs.h"

struct build_tags {
    char *goos, *goarch;
    bool cgo;
    bool any; /* every tag that is no system, no processor and not "ignore" is set */
    struct strs tags;
};

/* From the environment (GOOS, GOARCH, CGO_ENABLED, GOFLAGS) and the flags of the build (-tags);
   both may be NULL. */
void build_tags_init(struct build_tags *tags, const struct strs *env, const struct strs *flags);
void build_tags_fini(struct build_tags *tags);

/* name: base name of the file. A constraint that is no expression leaves nothing out. */
bool constraint_fits(const struct build_tags *tags, const char *name, const char *text, size_t len);

/* The name alone. */
bool constraint_name_fits(const struct build_tags *tags, const char *name);

#endif
