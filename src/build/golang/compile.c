#include "build/golang/compile.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "build/golang/compile_files.h"
#include "build/golang/look.h"

/* One run of the compiler, and what came of it. */
struct run {
    struct gocompile *compile;
    struct tool *tool;
    bool started, ended, good; /* ended: its files have been looked at, or it failed */
    struct goarchive export, object;
};

struct gocompile {
    struct loop *loop;
    struct gocompile_request request;
    struct gocompile_result result;
    struct gocompile_files files;
    struct run real, variant;
    struct err err;
    int works; /* jobs on the work queue */
    bool cancelled, settled, refitted;
    /* Of the store: whether another compiles it for us, or others wait for what we tell. */
    struct gostore_ticket ticket;
    bool waiting, telling, failed;
};

static struct gopackage *package_of(const struct gocompile *compile)
{
    return &compile->request.plan->packages.at[compile->request.package];
}

static struct gocompiled *target_of(const struct gocompile *compile)
{
    return &package_of(compile)->view[compile->request.view];
}

static void advance(struct gocompile *compile);

static void submit(struct gocompile *compile, work_fn *work, done_fn *done, void *data)
{
    compile->works++;
    work_submit(compile->loop, work, done, data);
}

/* --- after the compiler --- */

static void look_work(void *data)
{
    struct run *run = data;
    struct gocompile *compile = run->compile;
    bool real = run == &compile->real;
    struct err err = {0};
    run->good = goarchive_look(real ? compile->files.export : compile->files.variant_export,
                               &run->export, &err) == 0 &&
                run->export.has_export;
    if (real)
        run->good = run->good && goarchive_look(compile->files.object, &run->object, &err) == 0 &&
                    run->object.has_object;
    if (real)
        compile->result.held = golook_held(package_of(compile));
    if (real && !run->good && err.code == 0)
        err_set(&err, ERR_SYSTEM, "the compiler's output is not understood");
    if (real && !run->good)
        compile->err = err;
}

static void look_done(void *data)
{
    struct run *run = data;
    run->ended = true;
    run->compile->works--;
    advance(run->compile);
}

static void on_run(void *data, struct tool_result *result)
{
    struct run *run = data;
    struct gocompile *compile = run->compile;
    bool good = !result->cancelled && !result->status.signalled && result->status.code == 0;
    if (run == &compile->real) {
        compile->result.output = result->out;
        result->out = (struct buf){0};
    }
    tool_free(run->tool);
    run->tool = NULL;
    if (good && !compile->cancelled) {
        submit(compile, look_work, look_done, run);
        return;
    }
    run->ended = true;
    advance(compile);
}

static void start_run(struct run *run, struct gocompile *compile, const struct strs *argv)
{
    struct tool_request request = {.argv = argv,
                                   .env = &compile->request.plan->env,
                                   .cwd = compile->request.plan->dir,
                                   .nice = compile->request.nice,
                                   .joined = true,
                                   .on_done = on_run,
                                   .data = run};
    struct err err = {0};
    run->compile = compile;
    run->started = true;
    run->tool = tool_start(compile->loop, &request, &err);
    run->ended = !run->tool;
    if (!run->tool && run == &compile->real)
        compile->err = err;
}

/* --- the fingerprint --- */

static void refit_work(void *data)
{
    struct gocompile *compile = data;
    struct goarchive found;
    struct err err = {0};
    /* A copy: the exact view keeps the object with its own fingerprint. */
    char *path = mem_format("%s.m", compile->files.base);
    struct buf text = BUF_INIT(ARCHIVE_BYTES_MAX);
    bool good = fs_read(compile->files.object, &text, &err) == 0 &&
                fs_write(path, text.data, text.len, 0600, &err) == 0 &&
                goarchive_refit(path, target_of(compile)->print, &found, &err) == 0 &&
                found.has_object;
    buf_fini(&text);
    if (good) {
        compile->result.moved = gooutput_new(path, true);
        compile->result.moved_digest = found.object;
    }
    free(path);
}

static void refit_done(void *data)
{
    struct gocompile *compile = data;
    compile->works--;
    compile->refitted = true;
    advance(compile);
}

/* --- the end --- */

/* What has come of it, for who else wants it. A failure is one where the compiler said why. */
static void tell(struct gocompile *compile)
{
    const struct gocompile_result *result = &compile->result;
    bool done = result->outcome == GOCOMPILE_DONE;
    bool failed = result->outcome == GOCOMPILE_FAILED && result->err.code == 0;
    struct gostore_made made = {.failed = failed,
                                .output = &result->output,
                                .compiled = result->compiled,
                                .moved = result->moved,
                                .moved_digest = result->moved_digest};
    made.compiled.key = (struct digest){0}; /* each has its own */
    compile->telling = false;
    gostore_tell(compile->request.store, &compile->ticket,
                 failed || (done && result->held) ? &made : NULL);
}

static void finish(struct gocompile *compile)
{
    struct gocompile_result *result = &compile->result;
    struct gocompiled *compiled = &result->compiled;
    compile->settled = true;
    result->outcome = compile->cancelled                     ? GOCOMPILE_CANCELLED
                      : compile->failed                      ? GOCOMPILE_FAILED
                      : compile->real.good || result->shared ? GOCOMPILE_DONE
                                                             : GOCOMPILE_FAILED;
    result->err = compile->err;
    if (compile->files.export) {
        compiled->export = gooutput_new(compile->files.export, true);
        compiled->object = gooutput_new(compile->files.object, true);
        compiled->export_digest = compile->real.export.export;
        compiled->object_digest = compile->real.object.object;
        memcpy(compiled->print, compile->real.export.export_print, sizeof compiled->print);
    }
    if (compile->telling)
        tell(compile);
    compile->request.on_done(compile->request.data, result);
}

static bool same_export(const struct gocompile *compile, const struct run *run)
{
    return run->good && digest_equal(run->export.export, target_of(compile)->export_digest);
}

/* Everything that happens leads here: what is the next step, or is this the end? */
static void advance(struct gocompile *compile)
{
    struct run *real = &compile->real, *variant = &compile->variant;
    if (compile->settled || compile->works > 0 || !real->ended)
        return;
    bool wanted = real->good && !compile->cancelled && compile->files.variant_dir &&
                  compile->result.held && !same_export(compile, real);
    if (!wanted && variant->tool) {
        tool_cancel(variant->tool);
        return;
    }
    if (wanted && !variant->ended)
        return;
    if (wanted && same_export(compile, variant) && !compile->refitted) {
        submit(compile, refit_work, refit_done, compile);
        return;
    }
    if (variant->tool)
        return;
    finish(compile);
}

static void prepare_work(void *data)
{
    struct gocompile *compile = data;
    (void)gocompile_files_write(&compile->files, compile->request.plan,
                                gostore_dir(compile->request.store), compile->request.package,
                                compile->request.view, compile->request.squeeze, &compile->err);
}

static void prepare_done(void *data)
{
    struct gocompile *compile = data;
    compile->works--;
    if (compile->cancelled || compile->err.code != 0) {
        compile->real.ended = true;
        advance(compile);
        return;
    }
    start_run(&compile->real, compile, &compile->files.argv);
    if (compile->files.variant_dir)
        start_run(&compile->variant, compile, &compile->files.variant_argv);
    advance(compile);
}

/* --- what others have compiled --- */

static void nothing(void *data)
{
    (void)data;
}

static void come_by(void *data)
{
    struct gocompile *compile = data;
    compile->works--;
    finish(compile);
}

/* It ends with this; on_done never comes before a caller has returned. */
static void take(struct gocompile *compile, const struct gostore_made *made)
{
    struct gocompile_result *result = &compile->result;
    result->shared = true;
    result->held = !made->failed; /* the key has the content of the sources */
    compile->failed = made->failed;
    if (made->failed) {
        buf_init(&result->output, made->output->max);
        (void)buf_append(&result->output, buf_text(made->output), made->output->len);
    } else {
        gocompiled_copy(&result->compiled, &made->compiled);
        result->moved = gooutput_use(made->moved);
        result->moved_digest = made->moved_digest;
    }
    submit(compile, nothing, come_by, compile);
}

static void on_made(void *data, const struct gostore_made *made)
{
    struct gocompile *compile = data;
    compile->waiting = false;
    if (made) {
        take(compile, made);
        return;
    }
    compile->telling = true;
    submit(compile, prepare_work, prepare_done, compile);
}

struct gocompile *gocompile_start(struct loop *loop, const struct gocompile_request *request)
{
    struct gocompile *compile = mem_new(1, sizeof *compile);
    struct gostore_made made;
    compile->loop = loop;
    compile->request = *request;
    compile->ticket = (struct gostore_ticket){
        .key = gostore_key(request->plan, request->package, request->view, request->squeeze),
        .on_made = on_made,
        .data = compile};
    switch (gostore_ask(request->store, &compile->ticket, &made)) {
    case GOSTORE_HAS:
        take(compile, &made);
        break;
    case GOSTORE_WAIT:
        compile->waiting = true;
        break;
    case GOSTORE_COMPILE:
        on_made(compile, NULL);
        break;
    }
    return compile;
}

void gocompile_cancel(struct gocompile *compile)
{
    compile->cancelled = true;
    if (compile->waiting) {
        compile->waiting = false;
        gostore_leave(compile->request.store, &compile->ticket);
        submit(compile, nothing, come_by, compile);
        return;
    }
    if (compile->real.tool)
        tool_cancel(compile->real.tool);
    if (compile->variant.tool)
        tool_cancel(compile->variant.tool);
}

void gocompile_free(struct gocompile *compile)
{
    if (!compile)
        return;
    if (compile->files.base)
        gocompile_files_clean(&compile->files);
    gocompile_files_fini(&compile->files);
    gocompiled_fini(&compile->result.compiled);
    gooutput_drop(compile->result.moved);
    buf_fini(&compile->result.output);
    free(compile);
}
