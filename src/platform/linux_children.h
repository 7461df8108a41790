/*
 * The children of this process, those that it got as their reaper too: who is there to be
 * signalled. Async-signal-safe, for the guard (linux_guard.h), which is a fork of a program with
 * threads.
 */
#ifndef ZONDA_PLATFORM_LINUX_CHILDREN_H
#define ZONDA_PLATFORM_LINUX_CHILDREN_H

#include <stdbool.h>
#include <sys/types.h>

typedef void linux_child_fn(void *data, pid_t pid);

/* Calls fn for each child, ended ones that nobody waited for among them. The number of one stays
   its own until it is waited for, so that a signal sent to it in fn hits nobody else. False where
   /proc does not tell. */
bool linux_children_each(linux_child_fn *fn, void *data);

/* The two ways in which /proc tells, for the tests: what the kernel lists (CONFIG_PROC_CHILDREN),
   and everybody's parent. */
bool linux_children_listed(linux_child_fn *fn, void *data);
bool linux_children_scanned(linux_child_fn *fn, void *data);

#endif
