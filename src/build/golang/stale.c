#include "build/golang/stale.h"

#include <stdlib.h>

#include "base/mem.h"
#include "build/golang/graph_parts.h"

#define NICE      10
#define COUNT_MAX 1000000

struct stale_job {
    stale_fn *fn;
    void *data;
    struct go_child *child;
    int count;
};

static void output(void *data, const char *bytes, size_t len)
{
    struct stale_job *job = data;
    for (size_t i = 0; i < len && job->count < COUNT_MAX; i++)
        job->count += bytes[i] == 'x';
}

static void done(void *data, const struct err *err)
{
    struct stale_job *job = data;
    stale_fn *fn = job->fn;
    void *fn_data = job->data;
    int count = err ? 0 : job->count;
    free(job);
    fn(fn_data, count);
}

struct stale_job *stale_count(struct loop *loop, const struct graph_request *request, stale_fn *fn,
                              void *data, struct err *err)
{
    struct stale_job *job = mem_new(1, sizeof *job);
    struct go_child_events events = {.on_output = output, .on_done = done, .data = job};
    /* One letter a package; others an empty line. */
    const char *const options[] = {"-deps", "-f={{if .Stale}}x{{end}}", NULL};
    job->fn = fn;
    job->data = data;
    job->child = graph_list(loop, request, options, NICE, &events, err);
    if (job->child)
        return job;
    free(job);
    return NULL;
}

void stale_cancel(struct stale_job *job)
{
    if (!job)
        return;
    go_child_stop(job->child);
    free(job);
}
