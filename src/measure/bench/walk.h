/*
 * A walk over the files of a project: links are told and not followed, and there is a bound.
 */
#ifndef ZONDA_MEASURE_BENCH_WALK_H
#define ZONDA_MEASURE_BENCH_WALK_H

#include "base/err.h"
#include "platform/fs.h"

#define WALK_ENTRIES_MAX 20000 /* files and directories */
#define WALK_DEPTH_MAX   64

enum { WALK_ON, WALK_PAST }; /* WALK_PAST: the directory is not entered */

/* file: its path below the root. What it returns below 0 ends the walk. */
typedef int walk_fn(void *data, const char *file, enum fs_kind kind, struct err *err);
/* Calls fn for each entry below root, for a directory before what is in it. ERR_SYSTEM; ERR_CONFIG
   where there are too many; what fn returned. */
int bench_walk(const char *root, walk_fn *fn, void *data, struct err *err);

#endif
