/*
 * The parts of subject.h, for its own files only.
 */
#ifndef ZONDA_MEASURE_BENCH_SUBJECT_PARTS_H
#define ZONDA_MEASURE_BENCH_SUBJECT_PARTS_H

#include "base/buf.h"
#include "measure/bench/subject.h"

#define SUBJECT_FILE_MAX ((size_t)4 << 20) /* bytes of a file that is edited */

/* Asks the go command and fills in import_path and the files of KIND_LEAF and KIND_DEEP. */
int subject_find_packages(struct bench_subject *subject, struct err *err);

/* Walks the project and fills in candidates of the other kinds. */
int subject_find_files(struct bench_subject *subject, struct err *err);

/* Is the directory dir (below the project) no part of what is measured? */
bool subject_skips(const char *dir);

/* Appends text, the content of file, to out with mark in it, in the way of kind. False where there
   is no place for one; out may then hold a part. */
bool subject_put_mark(enum bench_kind kind, const char *file, const char *text, size_t len,
                      const char *mark, struct buf *out);

/* 1 where the file at path has a place for a mark, 0 where it has none, or an error; its content is
   appended to text, which is empty. */
int subject_try_mark(enum bench_kind kind, const char *path, struct buf *text, struct err *err);

/* A Go file for an edit that stands for any: no test, not generated, no build constraints. */
bool subject_is_plain_go(const char *name, const char *text, size_t len);

/* go.mod or go.work in the directory dir (absolute) below root, its paths to directories outside
   root made absolute; appended to out. */
void subject_rewrite_paths(const char *root, const char *dir, const char *text, size_t len,
                           struct buf *out);

#endif
