/* The go command is asked for the packages, in the background. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "build/golang/affected.h"
#include "build/golang/child.h"
#include "build/golang/gomod.h"
#include "platform/fs.h"

#define NICE           10
#define LIST_BYTES_MAX ((size_t)32 << 20)
#define WORK_BYTES_MAX ((size_t)1 << 20)

struct affected_job {
    affected_fn *fn;
    void *data;
    struct go_child *child;
    struct strs changed;
    struct buf text;
};

static void job_free(struct affected_job *job)
{
    strs_fini(&job->changed);
    buf_fini(&job->text);
    free(job);
}

static void output(void *data, const char *bytes, size_t len)
{
    struct affected_job *job = data;
    (void)buf_append(&job->text, bytes, len);
}

static void done(void *data, const struct err *complaint)
{
    struct affected_job *job = data;
    struct affected found = {0};
    struct err err = {0};
    int failed = 0;
    if (complaint) {
        err = *complaint;
        failed = err.code;
    } else if (job->text.truncated) {
        failed = err_set(&err, ERR_APP, "go list prints too much");
    }
    char *text = buf_steal(&job->text);
    if (!failed && text)
        failed = affected_parse(text, &job->changed, &found, &err);
    free(text);
    affected_fn *fn = job->fn;
    void *fn_data = job->data;
    job_free(job);
    if (failed)
        affected_fini(&found);
    fn(fn_data, &found, failed ? &err : NULL);
}

/* ./... of the directory does not reach into the modules of a go.work. */
static void push_patterns(struct strs *argv, const char *dir, const struct strs *env)
{
    const char *other = strs_env_get(env, "GOWORK");
    struct buf text = BUF_INIT(WORK_BYTES_MAX);
    struct strs used = {0};
    struct err err;
    char *path = path_join(dir, "go.work");
    if ((!other || !*other) && fs_is_file(path) && fs_read(path, &text, &err) == 0)
        gomod_read(buf_text(&text), text.len, "use", &used);
    STRS_EACH (module, &used)
        strs_pushf(argv, "%s/...", *module);
    if (!used.len)
        strs_push(argv, "./...");
    strs_fini(&used);
    buf_fini(&text);
    free(path);
}

struct affected_job *affected_find(struct loop *loop, const struct affected_request *request,
                                   affected_fn *fn, void *data, struct err *err)
{
    struct affected_job *job = mem_new(1, sizeof *job);
    struct go_child_events events = {.on_output = output, .on_done = done, .data = job};
    const char *const options[] = {"-e", "-test", "-deps", AFFECTED_TEMPLATE, NULL};
    struct strs argv = {0};
    go_list_argv(&argv, request->go, request->flags, options);
    push_patterns(&argv, request->dir, request->env);
    job->fn = fn;
    job->data = data;
    strs_copy(&job->changed, request->changed);
    buf_init(&job->text, LIST_BYTES_MAX);
    job->child = go_child_start(loop, &argv, request->dir, request->env, NICE, &events, err);
    strs_fini(&argv);
    if (job->child)
        return job;
    job_free(job);
    return NULL;
}

void affected_cancel(struct affected_job *job)
{
    if (!job)
        return;
    go_child_stop(job->child);
    job_free(job);
}
