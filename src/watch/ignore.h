/*
 * Ignore: which entries of a directory are not looked at, and which rule says so.
 *
 * Life-cycle: ignore_new for one configuration, ignore_enter for each directory on the way down,
 * ignore_entry for what is in it, ignore_free. Not locked: one thread at a time.
 *
 * The order: files that the configuration names; tmp_dir and the artifact; version control and
 * node_modules; editors' temporary files; watch.exclude, watch.exclude_regex; .env files; hidden
 * names; .git/info/exclude and .gitignore as gitignore(5) has them, nested ones included.
 */
#ifndef ZONDA_WATCH_IGNORE_H
#define ZONDA_WATCH_IGNORE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "config/config.h"

#define IGNORE_FILE_BYTES_MAX                                                                      \
    ((size_t)1 << 20)          /* of one .gitignore; a larger one counts as empty */
#define IGNORE_RULES_MAX 10000 /* of one .gitignore; further ones are skipped */

struct ignore;
struct ignore_file; /* one .gitignore, with those above it */

struct ignore *ignore_new(const struct config *config); /* config is borrowed */
void ignore_free(struct ignore *ignore);

/* The rules for the entries of dir: those of above, and dir/.gitignore where has_file says that
   there is one. Owned by ignore. */
const struct ignore_file *ignore_enter(struct ignore *ignore, const struct ignore_file *above,
                                       const char *dir, bool has_file);

/* The rules from above dir: those of its git repository. For the top directories. */
const struct ignore_file *ignore_above(struct ignore *ignore, const char *dir);

/* Is path (absolute, its directory not ignored) left out? reason (or NULL) gets the rule in words.
 */
bool ignore_entry(const struct ignore *ignore, const struct ignore_file *files, const char *path,
                  bool is_dir, struct buf *reason);

/* Does the configuration name this file itself (its own file, env_files, a file in watch.paths)? So
   does the lack of one: .zonda.toml and .air.toml in root are looked for. */
bool ignore_is_named(const struct ignore *ignore, const char *path);

/* gitignore(5) rules from text, for tests and fuzzing: would path (relative) be ignored? Parents of
   path are looked at as git does. */
bool ignore_text_matches(const char *text, size_t len, const char *path, bool is_dir);

#endif
