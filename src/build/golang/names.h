/*
 * The names in a package's directory. Blocking: for the work queue.
 */
#ifndef ZONDA_BUILD_GOLANG_NAMES_H
#define ZONDA_BUILD_GOLANG_NAMES_H

#include <stdbool.h>

#include "base/digest.h"
#include "base/strs.h"

#define NAMES_MAX 20000 /* entries below embedded directories */

/* Does the go command look at a file of this name (sources of any language, no tests)? */
bool names_matter(const char *name);

/* A file (its path, heap) that dir has and known does not, or the other way round, among the names
   that matter; NULL where there is none. */
char *names_other(const char *dir, const struct strs *known);

/* The digest of all names below the directories, for embed patterns; without those that begin with
   "." or "_" unless hidden. */
struct digest names_digest(const struct strs *dirs, bool hidden);

#endif
