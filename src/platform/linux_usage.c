#include "platform/usage.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "platform/linux_tree.h"

/* Adds what pid uses, unless it has ended. */
static void add(int pid, struct usage *usage)
{
    char path[64], text[STAT_BYTES];
    (void)snprintf(path, sizeof path, "/proc/%d/stat", pid);
    const char *rest = stat_after_name(path, text);
    char state;
    uint64_t user, system;
    int64_t pages;
    if (!rest || sscanf(rest,
                        "%c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64
                        " %*d %*d %*d %*d %*d %*d %*u %*u %" SCNd64,
                        &state, &user, &system, &pages) != 4)
        return;
    if (state == 'Z' || state == 'X')
        return;
    usage->processes++;
    usage->memory_bytes += (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
    usage->cpu_ms += (user + system) * 1000 / (uint64_t)sysconf(_SC_CLK_TCK);
}

void usage_of(int pid, struct usage *usage)
{
    pid_list pids = {0};
    *usage = (struct usage){0};
    if (pid <= 0)
        return;
    process_tree(pid, &pids);
    for (size_t i = 0; i < pids.len && i < USAGE_PROCESSES_MAX; i++)
        add(pids.at[i], usage);
    vec_fini(&pids);
}
