/*
 * Threads and locks, pthreads(7). Only `zonda load` has threads of its own, each with a loop.
 *
 * A new thread blocks all signals: they stay with the thread that it was made by,
 * pthread_sigmask(3).
 */
#ifndef ZONDA_PLATFORM_THREAD_H
#define ZONDA_PLATFORM_THREAD_H

#include <stdbool.h>
#include <stdint.h>

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

/* Closed at first; what waits for it goes on when it is opened, once and for all. */
struct gate;
struct gate *gate_new(void);
void gate_open(struct gate *gate);
bool gate_wait(struct gate *gate, uint32_t timeout_ms); /* false: still closed after so long */
void gate_free(struct gate *gate);                      /* NULL is allowed */

#endif
