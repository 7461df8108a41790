/*
 * Facts about this machine for `zonda doctor` and for clear messages. All read-only.
 */
#ifndef ZONDA_PLATFORM_SYSINFO_H
#define ZONDA_PLATFORM_SYSINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct sysinfo_limits {
    long watches_max, instances_max, queue_max; /* fs.inotify.*; -1 where unknown */
    long watches_used, instances_used;          /* of this user's processes that can be read */
    long files_max, files_used;                 /* RLIMIT_NOFILE, open here */
};
void sysinfo_limits(struct sysinfo_limits *limits);

/* Who listens on a TCP port: pid (0 where it cannot be seen) and command into text. False where
   nobody does. */
bool sysinfo_port_owner(uint16_t port, int *pid, char *command, size_t command_len);

/* Name of the file system that holds path ("ext4", "9p", "overlay"), from /proc/self/mountinfo. */
void sysinfo_file_system(const char *path, struct buf *out);

const char *sysinfo_system(void); /* "Linux 6.18.4 x86_64"; static storage */
int sysinfo_processors(void);

#endif
