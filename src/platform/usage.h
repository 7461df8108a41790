/*
 * What a process and its descendants use: memory and processor time. proc_pid_stat(5),
 * proc_pid_task(5). Read-only, and safe on any thread.
 */
#ifndef ZONDA_PLATFORM_USAGE_H
#define ZONDA_PLATFORM_USAGE_H

#include <stdint.h>

struct usage {
    int processes;         /* 0: pid has ended */
    uint64_t memory_bytes; /* resident, of all of them; shared pages count each time */
    uint64_t cpu_ms;       /* user and system, of those that live */
};

/* At most USAGE_PROCESSES_MAX are counted. */
#define USAGE_PROCESSES_MAX 256
void usage_of(int pid, struct usage *usage);

#endif
