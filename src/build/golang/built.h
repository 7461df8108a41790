/*
 * A note of what a binary was built from, for the next session: where all of it is as it was, the
 * binary is taken as it is, and not even the go command is asked.
 *
 * It names whatever a plan looks at: sources, the names in their directories, embedded names,
 * go.mod and the like, the compiler, the go command, the environment. A note is believed only where
 * every file has the size, the time and the inode that it had; anything else leads to a build. None
 * is written where that could not be told later: a file that was written a moment before it was
 * read, or a go command that is a version manager's and may be another one tomorrow.
 *
 * Blocking: for the work queue, while nobody else uses the plan.
 */
#ifndef ZONDA_BUILD_GOLANG_BUILT_H
#define ZONDA_BUILD_GOLANG_BUILT_H

#include "build/golang/plan.h"

/* What was asked for. All borrowed. */
struct gobuilt {
    const char *go, *dir, *package;
    const struct strs *flags, *env;
    bool debug_info;
    const char *binary; /* absolute */
    const char *note;   /* its path, of gobuilt_note */
};

/* Where the note of a package's binary is kept. Heap. */
char *gobuilt_note(const char *cache_dir, const char *dir, const char *package, const char *binary);

/* Writes it; 1 where there can be none. */
int gobuilt_write(const struct gobuilt *built, const struct goplan *plan, struct err *err);

/* Is the binary what would be built now? */
bool gobuilt_holds(const struct gobuilt *built);

#endif
