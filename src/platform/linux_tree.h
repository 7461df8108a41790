/* Processes and who came from whom, for the files of Linux in this room. */
#ifndef ZONDA_PLATFORM_LINUX_TREE_H
#define ZONDA_PLATFORM_LINUX_TREE_H

#include "base/vec.h"

typedef VEC(int) pid_list;

/* Of a file such as /proc/PID/stat what stands after the name, from the state letter on, in text;
   NULL where the process or thread is gone. The name before may hold anything, a ')' too: the last
   one ends it. */
#define STAT_BYTES 1024
const char *stat_after_name(const char *path, char text[STAT_BYTES]);
/* pid and its descendants, at most some thousands, in place of what pids holds. */
void process_tree(int pid, pid_list *pids);

#endif
