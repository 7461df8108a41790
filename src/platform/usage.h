/*
 * What a process and its descendants use together: memory and processor time. tree.h tells what
 * each of them does. Read-only, and safe on any thread.
 */
#ifndef ZONDA_PLATFORM_USAGE_H
#define ZONDA_PLATFORM_USAGE_H

#include <stdint.h>

struct usage {
    int processes;         /* 0: pid has ended */
    uint64_t memory_bytes; /* resident, of all of them; shared pages count each time */
    uint64_t cpu_ms;       /* user and system, of those that live */
};

void usage_of(int pid, struct usage *usage);

#endif
