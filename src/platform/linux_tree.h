/* Processes and who came from whom, for the files of Linux in this room. */
#ifndef ZONDA_PLATFORM_LINUX_TREE_H
#define ZONDA_PLATFORM_LINUX_TREE_H

#include <stdbool.h>

#include "base/vec.h"

typedef VEC(int) pid_list;
typedef void pid_fn(void *data, int pid);

void process_each(pid_fn *fn, void *data);
/* State letter and parent from /proc/PID/stat; false where it is gone. The name before them may
   hold anything, a ')' too: the last one ends it. */
bool process_stat(int pid, char *state, int *parent);
/* pid and its descendants, at most some thousands, in place of what pids holds. */
void process_tree(int pid, pid_list *pids);

#endif
