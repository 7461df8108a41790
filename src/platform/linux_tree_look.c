#include "platform/tree.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/linux_tree.h"

/* What stands in the parentheses before after; it may hold any of them itself. */
static void take_name(struct tree_process *process, const char *text, const char *after)
{
    const char *begin = strchr(text, '(');
    size_t len = begin ? (size_t)(after - 2 - (begin + 1)) : 0;
    if (len >= sizeof process->name)
        len = sizeof process->name - 1;
    memcpy(process->name, begin ? begin + 1 : "", len);
    process->name[len] = '\0';
}

static bool look_at(int pid, struct tree_process *process)
{
    char path[64], text[STAT_BYTES], state;
    uint64_t user, system, reaped_user, reaped_system;
    int64_t pages;
    (void)snprintf(path, sizeof path, "/proc/%d/stat", pid);
    const char *after = stat_after_name(path, text);
    *process = (struct tree_process){.pid = pid};
    if (!after ||
        sscanf(after,
               "%c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64 " %" SCNu64
               " %" SCNu64 " %*d %*d %*d %*d %*u %*u %" SCNd64,
               &state, &process->parent, &user, &system, &reaped_user, &reaped_system, &pages) != 7)
        return false;
    uint64_t ticks = (uint64_t)sysconf(_SC_CLK_TCK);
    take_name(process, text, after);
    process->ended = state == 'Z' || state == 'X';
    process->cpu_ms = (user + system) * 1000 / ticks;
    process->reaped_ms = (reaped_user + reaped_system) * 1000 / ticks;
    process->memory_bytes = process->ended ? 0 : (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
    return true;
}

void tree_look(int pid, struct tree *tree)
{
    pid_list pids = {0};
    tree->processes.len = 0;
    if (pid <= 0)
        return;
    process_tree(pid, &pids);
    VEC_EACH (const int, one, &pids) {
        struct tree_process process;
        if (look_at(*one, &process))
            vec_push(&tree->processes, process);
    }
    vec_fini(&pids);
}

void tree_fini(struct tree *tree)
{
    vec_fini(&tree->processes);
}

bool tree_lives(int pid)
{
    struct tree_process process;
    return look_at(pid, &process) && !process.ended;
}

int tree_last_number(void)
{
    FILE *file = fopen("/proc/loadavg", "re");
    int last;
    if (!file || fscanf(file, "%*s %*s %*s %*s %d", &last) != 1)
        last = -1;
    if (file)
        (void)fclose(file);
    return last;
}
