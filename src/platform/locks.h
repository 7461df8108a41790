/*
 * File locks between processes: flock(2) and fcntl(2), from /proc/locks (proc_locks(5)).
 *
 * A tree is a process and its descendants. Locks that belong to an open file description
 * (F_OFD_SETLK) name no process and are not seen.
 */
#ifndef ZONDA_PLATFORM_LOCKS_H
#define ZONDA_PLATFORM_LOCKS_H

#include <stdbool.h>
#include <stddef.h>

enum lock_claim {
    LOCK_FREE,
    LOCK_OPEN,  /* it has a file open that the holder has locked for itself alone */
    LOCK_WAITS, /* it waits in the kernel for a lock of the holder */
};

/* What the tree of pid wants of the tree of holder, and the path of that file, cut to fit; "" where
   it is not known. */
enum lock_claim lock_claim(int pid, int holder, char *path, size_t path_len);

/* Has the tree of holder locked a file for itself alone? Its path. */
bool lock_is_held(int holder, char *path, size_t path_len);

#endif
