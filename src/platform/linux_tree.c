/* Processes and who came from whom, from /proc (proc(5)). */
#include "platform/linux_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "platform/process.h"

#define DESCENDANTS_MAX 4096

typedef void pid_fn(void *data, int pid);

static void each_process(pid_fn *fn, void *data)
{
    DIR *proc = opendir("/proc");
    if (!proc)
        return;
    for (struct dirent *entry; (entry = readdir(proc)) != NULL;) {
        char *end;
        long pid = strtol(entry->d_name, &end, 10);
        if (*end == '\0' && pid > 0)
            fn(data, (int)pid);
    }
    (void)closedir(proc);
}

const char *stat_after_name(const char *path, char text[STAT_BYTES])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    ssize_t len = read(fd, text, STAT_BYTES - 1);
    (void)close(fd);
    if (len <= 0)
        return NULL;
    text[len] = '\0';
    const char *end = strrchr(text, ')');
    return end && strlen(end) > 2 ? end + 2 : NULL;
}

static bool read_parent(int pid, int *parent)
{
    char path[64], text[STAT_BYTES];
    (void)snprintf(path, sizeof path, "/proc/%d/stat", pid);
    const char *after = stat_after_name(path, text);
    return after && sscanf(after, "%*c %d", parent) == 1;
}

/* A process's children stand with the thread that started them. False where the kernel does not
   tell (CONFIG_PROC_CHILDREN). */
static bool add_children(pid_list *pids, int pid)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = opendir(path);
    if (!tasks)
        return true;
    bool told = true;
    for (struct dirent *entry; told && (entry = readdir(tasks)) != NULL;) {
        char *name, *end;
        int child;
        if (strtol(entry->d_name, &end, 10) <= 0)
            continue;
        name = mem_format("%s/%s/children", path, entry->d_name);
        FILE *file = fopen(name, "re");
        free(name);
        told = file || access(path, F_OK) != 0;
        while (file && pids->len < DESCENDANTS_MAX && fscanf(file, "%d", &child) == 1)
            vec_push(pids, child);
        if (file)
            (void)fclose(file);
    }
    (void)closedir(tasks);
    return told;
}

struct relation {
    int pid, parent;
};
typedef VEC(struct relation) family;

static void add_relation(void *data, int pid)
{
    family *all = data;
    int parent;
    if (read_parent(pid, &parent))
        vec_push(all, ((struct relation){.pid = pid, .parent = parent}));
}

/* The same for all descendants of the first, by everybody's parent. */
static void add_descendants(pid_list *pids)
{
    family all = {0};
    each_process(add_relation, &all);
    pids->len = 1;
    for (size_t i = 0; i < pids->len; i++)
        for (size_t j = 0; j < all.len && pids->len < DESCENDANTS_MAX; j++)
            if (all.at[j].parent == pids->at[i])
                vec_push(pids, all.at[j].pid);
    vec_fini(&all);
}

void process_tree(int pid, pid_list *pids)
{
    pids->len = 0;
    vec_push(pids, pid);
    bool told = true;
    for (size_t i = 0; told && i < pids->len; i++)
        told = add_children(pids, pids->at[i]);
    if (!told)
        add_descendants(pids);
}

/* Is pid zonda, or one below it? Everything the app started is: its guard is below zonda. */
bool process_is_ours(int pid)
{
    int self = getpid();
    for (int depth = 0; depth < 64 && pid > 1; depth++) {
        if (pid == self)
            return true;
        if (!read_parent(pid, &pid))
            return false;
    }
    return false;
}
