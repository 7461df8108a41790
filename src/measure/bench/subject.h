/*
 * What is measured: a Go project, its main package, how its app is asked, and the files that are
 * edited.
 *
 * bench_subject_find reads the project as it stands and changes nothing. An edit writes a mark, a
 * word with a number, into a copy of the project: into Go files as the value of a variable that the
 * program keeps, so that a process that runs the new version can be told by its executable; into
 * others as a comment, and into templates as an empty element, because html/template leaves
 * comments out.
 *
 * Of templates, static files and configuration there may be several, and reading them does not tell
 * which one a page shows: candidates has them, best first. Each of them has a mark of its own in a
 * copy, bench_candidate_mark, so that the answers of a running app tell; bench_subject_choose then
 * settles it, and copies made after that have marks in the chosen files only.
 *
 * Life-cycle: bench_subject_find, bench_subject_copy for each tool, bench_subject_choose,
 * bench_subject_edit, bench_subject_free. bench_subject_find runs the go command on a loop of its
 * own: it is for before process_init.
 */
#ifndef ZONDA_MEASURE_BENCH_SUBJECT_H
#define ZONDA_MEASURE_BENCH_SUBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strs.h"

enum bench_kind { KIND_LEAF, KIND_DEEP, KIND_TEMPLATE, KIND_STATIC, KIND_CONFIG, KINDS };
const char *bench_kind_name(enum bench_kind kind); /* "leaf" */

#define BENCH_MARK_BYTES 32 /* "zonda-bench-000012" and the NUL; of one length always */

#define BENCH_CANDIDATES_MAX 16 /* of a kind */

struct bench_edit_file {
    char *path; /* below the project; NULL: not measured */
    char *why;  /* the choice in words: "imported by 12 packages"; or why there is none */
};

struct bench_subject {
    char *root;        /* absolute */
    char *package;     /* "./cmd/api" or "." */
    char *import_path; /* of the main package */
    struct strs args;  /* of the app */
    struct strs env;   /* NAME=value, added to bench's own */
    struct bench_edit_file files[KINDS];
    struct strs candidates[KINDS]; /* below the project, best first; empty: there is none */
};

/* package: the main package, or NULL for the only one. edits: "KIND=FILE", each in place of what
   would be chosen. Runs the go command (`go list`). ERR_USAGE, ERR_CONFIG, ERR_APP. */
struct bench_subject *bench_subject_find(const char *root, const char *package,
                                         const struct strs *edits, struct err *err);
void bench_subject_free(struct bench_subject *subject); /* NULL is allowed */

/* Takes file (copied; NULL: none is measured) for kind, and why. The other candidates are let go.
 */
void bench_subject_choose(struct bench_subject *subject, enum bench_kind kind, const char *file,
                          const char *why);

/* Copies what belongs to the project into the directory to, which does not exist yet: all but
   version control, node_modules, tmp and executables in the root; each candidate with its mark.
   Directories outside that go.mod and go.work name are named absolutely in the copy. Symbolic links
   lead where they led, in the copy where that is inside. At most 20,000 files and 1 GiB;
   ERR_SYSTEM, ERR_CONFIG where the project is too large. */
int bench_subject_copy(const struct bench_subject *subject, const char *to, struct err *err);

/* The mark of a number, 0 to 999999. */
void bench_mark(char mark[BENCH_MARK_BYTES], uint32_t number);
/* The mark that the candidate of this index has in a fresh copy. */
void bench_candidate_mark(char mark[BENCH_MARK_BYTES], enum bench_kind kind, size_t index);
/* Saves the file of kind in the copy with this mark in place of the one it has: a rename over it,
   as editors do. The same length, so a body edit to Go's compiler. */
int bench_subject_edit(const struct bench_subject *subject, const char *copy, enum bench_kind kind,
                       uint32_t number, struct err *err);
/* Does the executable of process pid have the mark? Reads all of it. */
bool bench_mark_in_process(int pid, const char *mark);

#endif
