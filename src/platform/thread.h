/*
 * Threads and locks, pthreads(7). Only `zonda load` has threads of its own, each with a loop.
 *
 * A new thread has the signal mask of the one that made it: what signals_open (platform/signals.h)
 * has blocked before stays with the loop that it was opened for.
 */
#ifndef ZONDA_PLATFORM_THREAD_H
#define ZONDA_PLATFORM_THREAD_H

#include "base/err.h"

struct thread;
typedef void thread_fn(void *data);
/* NULL and ERR_SYSTEM. */
struct thread *thread_start(thread_fn *fn, void *data, struct err *err);
void thread_join(struct thread *thread); /* waits for its end and frees it; NULL is allowed */

struct lock;
struct lock *lock_new(void);
void lock_take(struct lock *lock);
void lock_give(struct lock *lock);
void lock_free(struct lock *lock); /* NULL is allowed */

#endif
