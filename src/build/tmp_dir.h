/*
 * The directory for what zonda makes: config's tmp_dir.
 *
 * It is made on demand, again after somebody removed it. One that zonda made gets a .gitignore that
 * hides all of it from version control; one that was there is left as it is.
 */
#ifndef ZONDA_BUILD_TMP_DIR_H
#define ZONDA_BUILD_TMP_DIR_H

#include "base/err.h"
#include "platform/loop.h"

/* ERR_SYSTEM with a hint where it cannot be made or written to; blocking, a few system calls. */
int tmp_dir_make(const char *tmp_dir, struct err *err);

/* Makes a new directory below it, mode 0700, of an unguessable name that begins with prefix. Heap,
   or NULL. */
char *tmp_dir_private(const char *tmp_dir, const char *prefix, struct err *err);
/* Removes those of that prefix to which nothing was added for a day: a dead zonda left them.
   Blocking. */
void tmp_dir_left_behind(const char *tmp_dir, const char *prefix);

/* One for a build. Heap, or NULL. */
char *tmp_dir_work(const char *tmp_dir, struct err *err);

/* Removes a directory of tmp_dir_work, and those that dead zondas left more than a day ago, on the
   work queue. Takes work; NULL is allowed. */
void tmp_dir_drop(struct loop *loop, const char *tmp_dir, char *work);

#endif
