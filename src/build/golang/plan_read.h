/*
 * The plan from the go command's output. Blocking: for the work queue.
 */
#ifndef ZONDA_BUILD_GOLANG_PLAN_READ_H
#define ZONDA_BUILD_GOLANG_PLAN_READ_H

#include "base/err.h"
#include "build/golang/plan.h"

/* The fields of `go list -json=…` that are read. */
#define GOPLAN_LIST_FIELDS                                                                         \
    "Dir,ImportPath,Name,Export,Goroot,Standard,Module,GoFiles,CgoFiles,IgnoredGoFiles,"           \
    "IgnoredOtherFiles,CFiles,CXXFiles,MFiles,HFiles,FFiles,SFiles,SwigFiles,SwigCXXFiles,"        \
    "SysoFiles,EmbedPatterns,EmbedFiles"

struct goplan_texts {
    char *list;
    size_t list_len; /* go list -deps -export -json=GOPLAN_LIST_FIELDS */
    char *lines;
    size_t lines_len; /* go build -n -a */
    char *env;
    size_t env_len; /* go env -json */
};

struct goplan_inputs {
    const char *go, *dir, *work; /* borrowed */
    const struct strs *env;
    uint64_t made_ns; /* wall clock, at least 10 ms before the go command started */
};

/* The plan, or NULL and in err one sentence that says what is not understood. It can be linked at
   once; before anything is compiled it needs goplan_baseline. */
struct goplan *goplan_read(const struct goplan_texts *texts, const struct goplan_inputs *inputs,
                           struct err *err);

/* Reads the sources as they are and what Go's cache has of them, for all that is to be compared
   with them later. */
int goplan_baseline(struct goplan *plan, struct err *err);

/* Its parts. plan_list.c: packages and guards from `go list` and `go env`. */
int goplan_read_list(struct goplan *plan, const char *text, size_t len, const char *module_cache,
                     struct err *err);
/* plan_lines.c: command lines and configurations from `go build -n -a`. */
int goplan_read_lines(struct goplan *plan, const char *text, size_t len, struct err *err);

#endif
