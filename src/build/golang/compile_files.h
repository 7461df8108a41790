/*
 * The files that a compile needs, and its command line. Used by compile.c only. Blocking: for the
 * work queue.
 */
#ifndef ZONDA_BUILD_GOLANG_COMPILE_FILES_H
#define ZONDA_BUILD_GOLANG_COMPILE_FILES_H

#include "build/golang/plan.h"

struct gocompile_files {
    char *base;                 /* dir/ID: names of all that follows begin with it */
    char *importcfg, *embedcfg; /* embedcfg NULL: none */
    char *export, *object;      /* of the real sources */
    char *variant_dir;          /* NULL: no variant is of use */
    char *variant_export, *variant_object;
    struct strs argv, variant_argv;
};

int gocompile_files_write(struct gocompile_files *files, const struct goplan *plan, const char *dir,
                          size_t package, enum goview view, bool squeeze, struct err *err);
/* Removes what is only needed while compiling; the real export data and object stay. */
void gocompile_files_clean(struct gocompile_files *files);
void gocompile_files_fini(struct gocompile_files *files);

#endif
