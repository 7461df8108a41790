/*
 * Whether what the threads of a tree of processes were in the middle of at some moment is over:
 * each of them has slept since, has ended, or has run for a while.
 *
 * Life-cycle: threads_begin at that moment, threads_passed any number of times, threads_free. From
 * /proc/PID/task/TID/stat and schedstat (proc(5)); where there is no schedstat only sleeping
 * counts.
 */
#ifndef ZONDA_PLATFORM_THREADS_H
#define ZONDA_PLATFORM_THREADS_H

#include <stdbool.h>

struct threads;
/* Of pid and all below it those that have a processor, or wait for one. */
struct threads *threads_begin(int pid);
bool threads_passed(struct threads *threads);
void threads_free(struct threads *threads); /* NULL is allowed */

#endif
