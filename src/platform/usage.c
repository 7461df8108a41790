#include "platform/usage.h"

#include "platform/tree.h"

void usage_of(int pid, struct usage *usage)
{
    struct tree tree = {0};
    *usage = (struct usage){0};
    tree_look(pid, &tree);
    VEC_EACH (const struct tree_process, process, &tree.processes) {
        if (process->ended)
            continue;
        usage->processes++;
        usage->memory_bytes += process->memory_bytes;
        usage->cpu_ms += process->cpu_ms;
    }
    tree_fini(&tree);
}
