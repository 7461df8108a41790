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

static void finish(struct gocompile *compile)
{
    struct gocompile_result *result = &compile->result;
    struct gocompiled *compiled = &result->compiled;
    compile->settled = true;
    result->outcome = compile->cancelled   ? GOCOMPILE_CANCELLED
                      : compile->real.good ? GOCOMPILE_DONE
                                           : GOCOMPILE_FAILED;
    result->err = compile->err;
    if (compile->files.export) {
        compiled->export = gooutput_new(compile->files.export, true);
        compiled->object = gooutput_new(compile->files.object, true);
        compiled->export_digest = compile->real.export.export;
        compiled->object_digest = compile->real.object.object;
        memcpy(compiled->print, compile->real.export.export_print, sizeof compiled->print);
    }
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
    (void)gocompile_files_write(&compile->files, compile->request.plan, compile->request.package,
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

struct gocompile *gocompile_start(struct loop *loop, const struct gocompile_request *request)
{
    struct gocompile *compile = mem_new(1, sizeof *compile);
    compile->loop = loop;
    compile->request = *request;
    submit(compile, prepare_work, prepare_done, compile);
    return compile;
}

void gocompile_cancel(struct gocompile *compile)
{
    compile->cancelled = true;
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
