/*
 * A tree of processes, looked at from outside: who is there, by what name, and what each has used.
 * proc_pid_stat(5). For measurements: one look costs a read of a small file a process and a thread.
 *
 * Read-only, and safe on any thread.
 */
#ifndef ZONDA_PLATFORM_TREE_H
#define ZONDA_PLATFORM_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"

#define TREE_NAME_BYTES 16 /* TASK_COMM_LEN, proc_pid_comm(5) */

struct tree_process {
    int pid, parent;
    char name[TREE_NAME_BYTES]; /* of the program it runs: "compile" */
    bool ended;                 /* nobody has waited for it yet */
    uint64_t cpu_ms;            /* user and system, its own */
    uint64_t reaped_ms;         /* the same of those below it that were waited for */
    uint64_t memory_bytes;      /* resident */
};
struct tree {
    VEC(struct tree_process) processes; /* pid first, parents before their children */
};

/* pid and all below it, in place of what tree holds; nothing where pid has gone. */
void tree_look(int pid, struct tree *tree);
void tree_fini(struct tree *tree);
/* Is pid there, and has not ended? One read. */
bool tree_lives(int pid);

/* The number that was given to a process or thread last, from proc_loadavg(5): as long as it stays,
   nobody is new. -1 where it is not told. */
int tree_last_number(void);

/* Which process at or below pid has the socket with this inode open, such as the one that
   loopback_peer_inode names; 0: none. likely is looked at first; 0: nobody is likely. */
int tree_socket_owner(int pid, int likely, uint64_t inode);

#endif
