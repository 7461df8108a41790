#include "build/golang/graph.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "build/golang/graph_parts.h"

/* Fields that are asked for; each one more costs the go command time. */
#define FIELDS                                                                                     \
    "-json=Dir,ImportPath,Standard,DepOnly,Module,GoFiles,CgoFiles,CFiles,CXXFiles,MFiles,HFiles," \
    "FFiles,SFiles,SwigFiles,SwigCXXFiles,SysoFiles,EmbedPatterns,EmbedFiles"

struct graph_job {
    struct loop *loop;
    graph_fn *fn;
    void *data;
    struct go_child *child; /* NULL: the work queue has the graph */
    struct graph *graph;
    struct graph_reader reader;
    uint64_t began_wall_ns;
    bool cancelled;
};

static void job_free(struct graph_job *job)
{
    graph_reader_fini(&job->reader);
    graph_free(job->graph);
    free(job);
}

static void fail(struct graph_job *job, const struct err *err)
{
    graph_fn *fn = job->fn;
    void *data = job->data;
    struct err copy = *err;
    job_free(job);
    fn(data, NULL, &copy);
}

static void read_sources(void *data)
{
    struct graph_job *job = data;
    graph_read_sources(job->graph, job->began_wall_ns);
}

static void sources_read(void *data)
{
    struct graph_job *job = data;
    struct graph *graph = job->graph;
    if (job->cancelled) {
        job_free(job);
        return;
    }
    job->graph = NULL;
    graph_fn *fn = job->fn;
    void *fn_data = job->data;
    job_free(job);
    fn(fn_data, graph, NULL);
}

static void output(void *data, const char *bytes, size_t len)
{
    struct graph_job *job = data;
    struct err err = {0};
    if (graph_read(&job->reader, bytes, len, &err) == 0)
        return;
    go_child_stop(job->child);
    fail(job, &err);
}

static void done(void *data, const struct err *child_err)
{
    struct graph_job *job = data;
    struct err err = {0};
    job->child = NULL;
    if (child_err) {
        fail(job, child_err);
    } else if (graph_read_end(&job->reader, &err) != 0) {
        fail(job, &err);
    } else {
        graph_reader_fini(&job->reader);
        work_submit(job->loop, read_sources, sources_read, job);
    }
}

struct go_child *graph_list(struct loop *loop, const struct graph_request *request,
                            const char *const *options, int nice,
                            const struct go_child_events *events, struct err *err)
{
    struct strs argv = {0};
    char *package = go_package(request->dir, request->package);
    go_list_argv(&argv, request->go, request->flags, options);
    strs_push(&argv, package);
    struct go_child *child =
        go_child_start(loop, &argv, request->dir, request->env, nice, events, err);
    free(package);
    strs_fini(&argv);
    return child;
}

struct graph_job *graph_load(struct loop *loop, const struct graph_request *request, graph_fn *fn,
                             void *data, struct err *err)
{
    struct graph_job *job = mem_new(1, sizeof *job);
    struct go_child_events events = {.on_output = output, .on_done = done, .data = job};
    const char *const options[] = {"-deps", "-e", FIELDS, NULL};
    *job = (struct graph_job){.loop = loop,
                              .fn = fn,
                              .data = data,
                              .graph = graph_new(),
                              .began_wall_ns = clock_wall_ns()};
    graph_reader_init(&job->reader, job->graph);
    build_tags_fini(&job->graph->tags);
    build_tags_init(&job->graph->tags, request->env, request->flags);
    job->graph->root = mem_string(request->dir);
    job->child = graph_list(loop, request, options, 0, &events, err);
    if (job->child)
        return job;
    job_free(job);
    return NULL;
}

void graph_cancel(struct graph_job *job)
{
    if (!job)
        return;
    if (!job->child) {
        job->cancelled = true; /* freed when the work is done */
        return;
    }
    go_child_stop(job->child);
    job_free(job);
}
