/*
 * The event loop: timers, readiness of descriptors, work on other threads.
 *
 * One loop, one thread: every callback below runs on the thread that called loop_run, except
 * work_fn, which runs on one of the work queue's threads and may touch nothing but its data. The
 * only file that knows libuv is loop.c. No callback takes longer than 5 ms.
 *
 * Handles are heap objects of their maker and are freed with their _free; this is allowed inside
 * their own callback, which is not called again afterwards.
 */
#ifndef ZONDA_PLATFORM_LOOP_H
#define ZONDA_PLATFORM_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct loop;
struct loop *loop_new(struct err *err);
void loop_run(struct loop *loop);  /* returns after loop_stop */
void loop_stop(struct loop *loop); /* the current turn is the last one */
void loop_free(struct loop *loop); /* after every handle was freed; waits for work under way */

typedef void timer_fn(void *data);
struct timer;
struct timer *timer_new(struct loop *loop, timer_fn *fn, void *data);
void timer_start(struct timer *timer, uint64_t delay_ms); /* once; starts again if it is running */
void timer_stop(struct timer *timer);
bool timer_active(const struct timer *timer);
void timer_free(struct timer *timer); /* NULL is allowed */

enum io_events { IO_READ = 1, IO_WRITE = 2, IO_HANGUP = 4 };
typedef void io_fn(void *data, int events);
struct io;
/* Watches fd, which stays its owner's and must outlive the handle. Nothing is wanted at first. fd
   is non-blocking while it is watched, and afterwards what it was before. */
struct io *io_new(struct loop *loop, int fd, io_fn *fn, void *data);
void io_want(struct io *io, int events); /* 0: none */
void io_free(struct io *io);             /* before close(fd); NULL is allowed */

typedef void work_fn(void *data); /* on another thread */
typedef void done_fn(void *data); /* then on the loop's */
void work_submit(struct loop *loop, work_fn *work, done_fn *done, void *data);

#endif
