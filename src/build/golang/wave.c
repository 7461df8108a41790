#include "build/golang/wave.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "build/golang/compile.h"
#include "build/golang/messages.h"

enum state { WAITING, RUNNING, SETTLED, BLOCKED }; /* BLOCKED: it or an import failed */

struct step {
    struct gowave *wave;
    size_t package;
    enum state state;
    struct digest key;
    bool exact_too; /* all imports are served exactly: one compile serves both views */
    struct digest exact_key;
    struct gocompile *compile;
};

struct gowave {
    struct loop *loop;
    struct gowave_request request;
    struct gowave_result result;
    struct step *steps;    /* in the plan's order */
    size_t *step_of;       /* by package */
    int started, finished; /* compiles */
    bool stopping, over, failed;
};

static struct gopackage *package_of(const struct step *step)
{
    return &step->wave->request.plan->packages.at[step->package];
}

static void advance(struct gowave *wave);

/* --- what a compile has come to --- */

static bool imports_exact(const struct step *step)
{
    const struct goplan *plan = step->wave->request.plan;
    const struct gopackage *package = package_of(step);
    for (size_t i = 0; i < package->imports.len; i++) {
        const struct gopackage *import = &plan->packages.at[package->imports.at[i]];
        if (import->local && !digest_equal(import->view[GOVIEW_EXACT].export_digest,
                                           import->view[GOVIEW_SERVED].export_digest))
            return false;
    }
    return true;
}

/* The served view gets a compiled package: whole, or only its object where importers still fit. */
static void serve(struct step *step, struct gocompile_result *result)
{
    struct gopackage *package = package_of(step);
    struct gocompiled *served = &package->view[GOVIEW_SERVED];
    if (result->moved) {
        gooutput_drop(served->object);
        served->object = gooutput_use(result->moved);
        served->object_digest = result->moved_digest;
        served->key = step->key;
        return;
    }
    gocompiled_copy(served, &result->compiled);
    gopackage_refer(package);
}

static void take(struct step *step, struct gocompile_result *result)
{
    struct gowave *wave = step->wave;
    bool exact = wave->request.view == GOVIEW_EXACT || step->exact_too;
    struct digest unknown = {0};
    const struct gocompiled *own = &package_of(step)->view[wave->request.view];
    struct digest before = own->object_digest;
    wave->result.compiled += !result->shared;
    if (exact) {
        result->compiled.key = result->held ? step->exact_key : unknown;
        gocompiled_copy(&package_of(step)->view[GOVIEW_EXACT], &result->compiled);
    }
    result->compiled.key = result->held ? step->key : unknown;
    if (wave->request.view == GOVIEW_SERVED)
        serve(step, result);
    wave->result.changed += !digest_equal(before, own->object_digest);
}

static void report(struct step *step, const struct gocompile_result *result)
{
    struct gowave *wave = step->wave;
    const struct gopackage *package = package_of(step);
    struct buf text = BUF_INIT((size_t)1 << 28);
    const char *said = result->err.code ? result->err.message : buf_text(&result->output);
    if (messages_miss_package(said)) {
        wave->stopping = true;
        wave->result.outcome = GOWAVE_NOT_UNDERSTOOD;
        (void)snprintf(wave->result.reason, sizeof wave->result.reason,
                       "%.150s needs a package that the plan does not have", package->path);
        return;
    }
    messages_write(&text, package->path, package->dir, wave->request.plan->dir, said);
    if (wave->request.on_output)
        wave->request.on_output(wave->request.data, buf_text(&text));
    buf_fini(&text);
}

static void on_compiled(void *data, struct gocompile_result *result)
{
    struct step *step = data;
    struct gowave *wave = step->wave;
    wave->finished++;
    step->state = SETTLED;
    if (result->outcome == GOCOMPILE_DONE) {
        take(step, result);
        if (wave->request.on_progress)
            wave->request.on_progress(wave->request.data, wave->finished, wave->started,
                                      package_of(step)->path);
    } else {
        step->state = BLOCKED;
        if (result->outcome == GOCOMPILE_FAILED && !wave->stopping) {
            wave->failed = true;
            report(step, result);
        }
    }
    gocompile_free(step->compile);
    step->compile = NULL;
    advance(wave);
}

/* --- what to compile --- */

static void refuse(struct gowave *wave, const struct gopackage *package, const char *why)
{
    wave->stopping = true;
    wave->result.outcome = GOWAVE_NOT_UNDERSTOOD;
    (void)snprintf(wave->result.reason, sizeof wave->result.reason, "%.150s %.90s", package->path,
                   why);
}

/* Settled at once where its key is the one it was compiled for, in this view or in the exact one.
 */
static bool is_settled(struct step *step)
{
    struct gopackage *package = package_of(step);
    struct gocompiled *exact = &package->view[GOVIEW_EXACT];
    struct gocompiled *own = &package->view[step->wave->request.view];
    if (digest_equal(own->key, step->key))
        return true;
    if (step->wave->request.view == GOVIEW_EXACT || !digest_equal(exact->key, step->key))
        return false;
    step->wave->result.changed += !digest_equal(own->object_digest, exact->object_digest);
    gocompiled_copy(own, exact);
    gopackage_refer(package);
    return true;
}

static void start(struct step *step)
{
    struct gowave *wave = step->wave;
    struct gopackage *package = package_of(step);
    enum goview view = wave->request.view;
    step->key = goplan_key(wave->request.plan, step->package, view);
    step->exact_key = goplan_key(wave->request.plan, step->package, GOVIEW_EXACT);
    step->exact_too = view == GOVIEW_SERVED && imports_exact(step);
    if (is_settled(step)) {
        step->state = SETTLED;
        return;
    }
    if (package->why_not) {
        refuse(wave, package, package->why_not);
        return;
    }
    struct gocompile_request request = {.plan = wave->request.plan,
                                        .store = wave->request.store,
                                        .package = step->package,
                                        .view = view,
                                        .squeeze = wave->request.quick && view == GOVIEW_SERVED &&
                                                   step->package != wave->request.plan->main,
                                        .nice = wave->request.nice,
                                        .on_done = on_compiled,
                                        .data = step};
    step->state = RUNNING;
    step->compile = gocompile_start(wave->loop, &request);
    wave->started++;
}

/* RUNNING while some import is not settled; BLOCKED where one has failed; else SETTLED. */
static enum state state_of_imports(const struct step *step)
{
    const struct gowave *wave = step->wave;
    const struct gopackage *package = package_of(step);
    for (size_t i = 0; i < package->imports.len; i++) {
        size_t import = package->imports.at[i];
        if (!wave->request.plan->packages.at[import].local)
            continue;
        enum state state = wave->steps[wave->step_of[import]].state;
        if (state != SETTLED)
            return state == BLOCKED ? BLOCKED : RUNNING;
    }
    return SETTLED;
}

static void finish(struct gowave *wave)
{
    wave->over = true;
    for (size_t i = 0; i < wave->request.plan->order.len && !wave->stopping; i++)
        if (wave->steps[i].state == WAITING)
            refuse(wave, package_of(&wave->steps[i]), "waits for what never comes");
    if (wave->result.outcome == GOWAVE_DONE && wave->failed)
        wave->result.outcome = GOWAVE_FAILED;
    wave->request.on_done(wave->request.data, &wave->result);
}

static void stop_running(struct gowave *wave)
{
    for (size_t i = 0; i < wave->request.plan->order.len; i++)
        if (wave->steps[i].compile)
            gocompile_cancel(wave->steps[i].compile);
}

static void advance(struct gowave *wave)
{
    size_t len = wave->request.plan->order.len;
    for (size_t i = 0; i < len && !wave->stopping; i++) {
        struct step *step = &wave->steps[i];
        if (step->state != WAITING)
            continue;
        enum state imports = state_of_imports(step);
        if (imports == BLOCKED)
            step->state = BLOCKED;
        else if (imports == SETTLED && wave->started - wave->finished < wave->request.jobs)
            start(step);
    }
    if (wave->stopping)
        stop_running(wave);
    if (wave->started == wave->finished && !wave->over)
        finish(wave);
}

static void begin(void *data)
{
    struct gowave *wave = data;
    wave->started--; /* the place that kept the wave open until now */
    advance(wave);
}

static void nothing(void *data)
{
    (void)data;
}

struct gowave *gowave_start(struct loop *loop, const struct gowave_request *request)
{
    struct gowave *wave = mem_new(1, sizeof *wave);
    const struct goplan *plan = request->plan;
    wave->loop = loop;
    wave->request = *request;
    wave->steps = mem_new(plan->order.len, sizeof *wave->steps);
    wave->step_of = mem_new(plan->packages.len, sizeof *wave->step_of);
    for (size_t i = 0; i < plan->order.len; i++) {
        wave->steps[i] = (struct step){.wave = wave, .package = plan->order.at[i]};
        wave->step_of[plan->order.at[i]] = i;
    }
    wave->started = 1;
    work_submit(loop, nothing, begin, wave); /* on_done never comes before this returns */
    return wave;
}

void gowave_cancel(struct gowave *wave)
{
    if (wave->over || wave->stopping)
        return;
    wave->stopping = true;
    wave->result.outcome = GOWAVE_CANCELLED;
    stop_running(wave);
}

void gowave_free(struct gowave *wave)
{
    if (!wave)
        return;
    free(wave->steps);
    free(wave->step_of);
    free(wave);
}
