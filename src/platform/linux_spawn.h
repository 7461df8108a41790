/*
 * Starting a process and its guard on Linux: the part of platform/process.h between "start this"
 * and a channel to the guard. Used by linux_process.c only.
 */
#ifndef ZONDA_PLATFORM_LINUX_SPAWN_H
#define ZONDA_PLATFORM_LINUX_SPAWN_H

#include "platform/process.h"

struct linux_spawned {
    int pid;     /* its program runs already */
    int guard;   /* the pid of its guard */
    int channel; /* to the guard (linux_guard.h), CLOEXEC; the caller's */
};

/* 0, or a negative code and an error that names argv[0]. Returns once execve(2) has succeeded or
   failed. */
int linux_spawn(const struct spawn *spawn, struct linux_spawned *spawned, struct err *err);

#endif
