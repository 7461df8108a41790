#include "platform/usage.h"

#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STAT_BYTES 1024

struct pids {
    int at[USAGE_PROCESSES_MAX];
    size_t len;
};

/* A process's children stand with the thread that started them; without CONFIG_PROC_CHILDREN there
   is no such file, and only pid itself is counted. */
static void add_children(struct pids *pids, int pid)
{
    char path[64 + 256];
    (void)snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = opendir(path);
    struct dirent *entry;
    while (tasks && (entry = readdir(tasks))) {
        int child;
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        (void)snprintf(path, sizeof path, "/proc/%d/task/%s/children", pid, entry->d_name);
        FILE *file = fopen(path, "re");
        while (file && pids->len < USAGE_PROCESSES_MAX && fscanf(file, "%d", &child) == 1)
            pids->at[pids->len++] = child;
        if (file)
            (void)fclose(file);
    }
    if (tasks)
        (void)closedir(tasks);
}

/* Adds what pid uses; false where it has ended. */
static bool add(int pid, struct usage *usage)
{
    char path[64], text[STAT_BYTES];
    (void)snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "re");
    size_t len = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file)
        (void)fclose(file);
    text[len] = '\0';
    /* The name, in parentheses, may hold anything. */
    const char *rest = strrchr(text, ')');
    char state;
    uint64_t user, system;
    int64_t pages;
    if (!rest || sscanf(rest + 1,
                        " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64
                        " %*d %*d %*d %*d %*d %*d %*u %*u %" SCNd64,
                        &state, &user, &system, &pages) != 4)
        return false;
    if (state == 'Z' || state == 'X')
        return false;
    usage->processes++;
    usage->memory_bytes += (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
    usage->cpu_ms += (user + system) * 1000 / (uint64_t)sysconf(_SC_CLK_TCK);
    return true;
}

void usage_of(int pid, struct usage *usage)
{
    struct pids pids = {.at = {pid}, .len = pid > 0 ? 1 : 0};
    *usage = (struct usage){0};
    for (size_t i = 0; i < pids.len; i++)
        if (add(pids.at[i], usage))
            add_children(&pids, pids.at[i]);
}
