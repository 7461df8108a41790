/*
 * A go command that is asked something: its output as it comes, its end, its complaint.
 *
 * Life-cycle: go_child_start, on_output any number of times, on_done once; the child is gone after
 * it. go_child_stop before that ends it (SIGKILL to its group) without any callback more; what is
 * left of it is freed once the process has ended, so the loop must run on until then (loop_free
 * does).
 */
#ifndef ZONDA_BUILD_GOLANG_CHILD_H
#define ZONDA_BUILD_GOLANG_CHILD_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/strs.h"
#include "platform/loop.h"

struct go_child_events {
    void (*on_output)(void *data, const char *bytes, size_t len); /* may stop the child */
    void (*on_done)(void *data, const struct err *err);           /* NULL: exit status 0 */
    void *data;
};

struct go_child;
/* Runs argv in dir, nicer by nice. Everything is copied. NULL and an error where it cannot start.
 */
struct go_child *go_child_start(struct loop *loop, const struct strs *argv, const char *dir,
                                const struct strs *env, int nice,
                                const struct go_child_events *events, struct err *err);
void go_child_stop(struct go_child *child);

/* The environment for a command that runs in dir: PWD tells the go command by which name it got
   there, and so which names it gives its files (os.Getwd). */
void go_child_env(struct strs *env, const struct strs *from, const char *dir);

/* How the go command must be told of a package: "cmd/api" below dir is "./cmd/api". Heap. */
char *go_package(const char *dir, const char *package);

/* `go list` with the flags of a build (NULL: none), options (NULL-terminated) and "--", for argv;
   the packages come after it. */
void go_list_argv(struct strs *argv, const char *go, const struct strs *flags,
                  const char *const *options);

/* Appends the first three lines of what a command wrote, as one, without the go command's news of
   downloads. */
void go_complaint(const char *text, struct buf *words);

/* Makes an error of "not found" clear for the go command; others stay as they are. */
void go_explain(const char *go, const struct strs *env, struct err *err);

#endif
