/*
 * Glob patterns with the meaning of gitignore(5): '*' and '?' stop at '/', "**" does not, [a-z] and
 * [!a-z] are sets, a backslash quotes. {a,b} is an alternative (as shells have it).
 *
 * Pure functions over text. A malformed pattern matches nothing; glob_check says where it is wrong.
 */
#ifndef ZONDA_BASE_GLOB_H
#define ZONDA_BASE_GLOB_H

#include <stdbool.h>

#include "base/err.h"

#define GLOB_BYTES_MAX 1024

/* Does the whole of path match? A pattern without '/' (other than a trailing one) matches the base
   name at any depth, a leading '/' anchors it at the root; with a trailing '/' it matches
   everything below such a directory. The time is bounded (no exponential backtracking), whatever
   the pattern. */
bool glob_match(const char *pattern, const char *path);

/* The same as git has it in ignore files: braces are plain characters. The trailing '/' is the
   caller's business (whether path is a directory is not in the text). */
bool glob_match_git(const char *pattern, const char *path);

/* 0, or ERR_CONFIG with a message that names the fault and its offset. */
int glob_check(const char *pattern, struct err *err);

#endif
