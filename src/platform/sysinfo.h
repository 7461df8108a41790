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
   nobody does. A zonda that keeps the socket open for its app is named only where no app has it. */
bool sysinfo_port_owner(uint16_t port, int *pid, char *command, size_t command_len);

/* Name of the file system that holds path ("ext4", "9p", "overlay"), from /proc/self/mountinfo.
   A path that does not exist is taken as text. */
void sysinfo_file_system(const char *path, struct buf *out);

/* The space of the file system that holds path, which must exist: statvfs(3). */
struct sysinfo_space {
    uint64_t free_bytes;  /* for this user */
    uint64_t free_inodes; /* UINT64_MAX where the file system does not count them */
    bool read_only, no_exec;
};
int sysinfo_space(const char *path, struct sysinfo_space *space, struct err *err);
bool sysinfo_may_write(const char *path); /* access(2); false where it does not exist */

const char *sysinfo_system(void); /* "Linux 6.18.4 x86_64"; static storage */
int sysinfo_processors(void);
const char *sysinfo_processor(void); /* "AMD EPYC 7B13", or "" where unknown; static storage */
double sysinfo_load_average(void);   /* of the last minute, getloadavg(3); 0 where unknown */
/* Raises the soft limit of open files to the hard one, setrlimit(2). The limit in force. */
long sysinfo_files_raise(void);

#endif
