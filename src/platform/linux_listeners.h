/* What a tree of processes listens on, from /proc (proc(5)). Used by linux_process.c only. */
#ifndef ZONDA_PLATFORM_LINUX_LISTENERS_H
#define ZONDA_PLATFORM_LINUX_LISTENERS_H

#include "platform/process.h"

/* Of pid, or where that listens on nothing, of all below guard. */
void linux_listeners(int pid, int guard, struct listeners *found);
void linux_listeners_all(int guard, struct listeners *found);

#endif
