/*
 * A file whose name is there before its content is: who reads it waits.
 *
 * Until the content is known the name is a pipe, fifo(7), whose write end zonda holds: open(2)
 * succeeds at once and read(2) waits. Then the name becomes the regular file, and who opened the
 * pipe gets the same content through it, and its end. So a program that only knows how to read a
 * file, such as cat(1), waits without knowing it. What waits is one reader: several would share the
 * pipe's content.
 *
 * Life-cycle: late_file_new makes the name, late_file_settle gives it its content, late_file_free
 * removes it. Callbacks come on the loop; the content is copied there piece by piece.
 */
#ifndef ZONDA_PLATFORM_LATE_FILE_H
#define ZONDA_PLATFORM_LATE_FILE_H

#include "base/err.h"
#include "platform/loop.h"

struct late_file;

/* Somebody has opened it; once, and not after the content is there. */
typedef void late_file_fn(void *data);

/* path, mode 0600, must not exist. NULL and ERR_SYSTEM where the system cannot. */
struct late_file *late_file_new(struct loop *loop, const char *path, late_file_fn *on_open,
                                void *data, struct err *err);
/* Its content is that of the file from, whose second name path becomes, link(2). Once. Where that
   fails the file is empty. */
int late_file_settle(struct late_file *file, const char *from, struct err *err);
void late_file_free(struct late_file *file); /* NULL is allowed */

#endif
