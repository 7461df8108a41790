/*
 * .env files, with the syntax of godotenv (which air uses): NAME=value, export NAME=value,
 * NAME: value, '…' literal, "…" with \n \r \t \\ \" \$, unquoted up to " #", expansion of $NAME and
 * ${NAME} (capitals, digits and _ only) but in '…', comments, blank lines, values over several
 * lines in quotes.
 */
#ifndef ZONDA_BUILD_DOTENV_H
#define ZONDA_BUILD_DOTENV_H

#include "base/err.h"
#include "base/strs.h"

#define DOTENV_BYTES_MAX   ((size_t)1 << 20)
#define DOTENV_ENTRIES_MAX 4096 /* the whole environment */

/* Appends NAME=value; later ones replace earlier ones of that name. An expansion looks its name up
   in env; one that is not there is empty. ERR_CONFIG with file:line:column; what stands before the
   mistake is in env. */
int dotenv_parse(const char *text, size_t len, const char *file, struct strs *env, struct err *err);

/* The environment for build and app: base, then files in order (a later file wins over an earlier
   one; a name that base has is never replaced; missing files are skipped), then extra (NAME=value,
   wins over all). */
int dotenv_environment(const struct strs *base, const struct strs *files, const struct strs *extra,
                       struct strs *env, struct err *err);

#endif
