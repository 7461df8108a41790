/*
 * Paths as text: nothing here asks the file system. '/' separates; heap results are the caller's.
 */
#ifndef ZONDA_BASE_PATH_H
#define ZONDA_BASE_PATH_H

#include <stdbool.h>
#include <stddef.h>

#define PATH_BYTES_MAX 4096 /* as PATH_MAX of Linux, the NUL included */

/* dir/name, or a copy of name where it is absolute. */
char *path_join(const char *dir, const char *name);

/* Without "." and "..", doubled and trailing slashes: "a/./b//../c/" becomes "a/c", "" ".". */
char *path_clean(const char *path);

/* The part of path below dir, borrowed from path; "" for dir itself, NULL where path is outside.
   Both are clean; dir "." is above every relative path. */
const char *path_below(const char *dir, const char *path);

/* path relative to dir for showing to a person: below it as it is, elsewhere unchanged. Borrowed.
 */
const char *path_show(const char *dir, const char *path);

const char *path_base(const char *path); /* after the last '/', borrowed */
const char *path_ext(const char *path);  /* after the last '.' of the base name, or ""; borrowed */
bool path_ends(const char *path, const char *end);
char *path_dir(const char *path); /* before the last '/', "." or "/" where nothing is left */
bool path_is_absolute(const char *path);

#endif
