/*
 * Starting a child on Linux: the part of platform/process.h between "start this" and a pidfd.
 * Used by linux_process.c only.
 */
#ifndef ZONDA_PLATFORM_LINUX_SPAWN_H
#define ZONDA_PLATFORM_LINUX_SPAWN_H

#include "platform/process.h"

/* The pid of the child, whose program runs already, and a pidfd (CLOEXEC) that is the caller's; or
   a negative code and an error that names argv[0]. Returns once execve(2) has succeeded or failed.
 */
int linux_spawn(const struct spawn *spawn, int *pidfd, struct err *err);

#endif
