#include "platform/threads.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "platform/linux_tree.h"

#define THREADS_MAX 1024
#define RUN_NS      UINT64_C(2000000) /* what is begun on a processor is over by then */

struct thread {
    int pid, tid;
    uint64_t ran_ns;
};

struct threads {
    VEC(struct thread) list;
};

static void path_of(const struct thread *thread, const char *name, char path[64])
{
    (void)snprintf(path, 64, "/proc/%d/task/%d/%s", thread->pid, thread->tid, name);
}

/* D: it waits for a page, in the middle of what it does. */
static bool is_busy(const struct thread *thread)
{
    char path[64], text[STAT_BYTES];
    path_of(thread, "stat", path);
    const char *state = stat_after_name(path, text);
    return state && (*state == 'R' || *state == 'D');
}

/* "ran waited slices", in nanoseconds. */
static uint64_t ran_ns(const struct thread *thread)
{
    char path[64];
    uint64_t ran = 0;
    path_of(thread, "schedstat", path);
    FILE *file = fopen(path, "re");
    if (file && fscanf(file, "%" SCNu64, &ran) != 1)
        ran = 0;
    if (file)
        (void)fclose(file);
    return ran;
}

static void add_busy(struct threads *threads, int pid)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = opendir(path);
    if (!tasks)
        return;
    for (struct dirent *entry; (entry = readdir(tasks)) && threads->list.len < THREADS_MAX;) {
        struct thread thread = {.pid = pid, .tid = (int)strtol(entry->d_name, NULL, 10)};
        if (thread.tid <= 0 || !is_busy(&thread))
            continue;
        thread.ran_ns = ran_ns(&thread);
        vec_push(&threads->list, thread);
    }
    (void)closedir(tasks);
}

struct threads *threads_begin(int pid)
{
    struct threads *threads = mem_new(1, sizeof *threads);
    pid_list pids = {0};
    process_tree(pid, &pids);
    VEC_EACH (const int, one, &pids)
        add_busy(threads, *one);
    vec_fini(&pids);
    return threads;
}

bool threads_passed(struct threads *threads)
{
    for (size_t i = threads->list.len; i-- > 0;) {
        const struct thread *thread = &threads->list.at[i];
        if (!is_busy(thread) || ran_ns(thread) - thread->ran_ns >= RUN_NS)
            vec_remove(&threads->list, i);
    }
    return threads->list.len == 0;
}

void threads_free(struct threads *threads)
{
    if (!threads)
        return;
    vec_fini(&threads->list);
    free(threads);
}
