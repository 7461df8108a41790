#include "build/build.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/path.h"
#include "build/golang/child.h"
#include "build/parts.h"
#include "build/tmp_dir.h"

#define BACKGROUND_NICE       10
#define BACKGROUND_TIMEOUT_MS ((uint32_t)3600 * 1000)

static void make_environment(struct build *build, const struct strs *env)
{
    go_child_env(&build->env, env, build->config->root);
}

static struct build *build_new(struct loop *loop, const struct config *config,
                               const struct strs *env, const struct build_events *events)
{
    struct build *build = mem_new(1, sizeof *build);
    build->loop = loop;
    build->config = config;
    build->events = *events;
    build->timeout_ms = config->build.timeout_ms;
    build->out.fd = build->err_out.fd = -1;
    build->timer = timer_new(loop, kill_timer, build);
    build->deadline = timer_new(loop, kill_deadline, build);
    make_environment(build, env);
    return build;
}

static void tell_phase(struct build *build)
{
    const struct step *step = &build->steps.at[build->at];
    if (build->events.on_phase)
        build->events.on_phase(build->events.data, step->phase, step->shown);
}

/* Starts what was made, or takes it down where that failed. */
static struct build *launch(struct build *build, int failed, struct err *err)
{
    if (!failed)
        failed = step_start(build, err);
    if (failed) {
        build_free(build);
        return NULL;
    }
    if (build->timeout_ms)
        timer_start(build->deadline, build->timeout_ms);
    tell_phase(build);
    return build;
}

struct build *build_start(struct loop *loop, const struct build_request *request,
                          const struct build_events *events, struct err *err)
{
    struct build *build = build_new(loop, request->config, request->env, events);
    build->running = request->running;
    return launch(build, steps_make(build, request, err), err);
}

struct build *build_command(struct loop *loop, const struct config *config,
                            const struct command *command, const struct strs *env,
                            const struct build_events *events, struct err *err)
{
    struct build *build = build_new(loop, config, env, events);
    return launch(build, steps_make_one(build, command, err), err);
}

struct build *build_background(struct loop *loop, const struct config *config,
                               const struct command *command, const struct strs *env,
                               const struct build_events *events, struct err *err)
{
    struct build *build = build_new(loop, config, env, events);
    build->nice = BACKGROUND_NICE;
    build->timeout_ms = BACKGROUND_TIMEOUT_MS;
    return launch(build, steps_make_one(build, command, err), err);
}

static void drop_work(struct build *build)
{
    if (build->work)
        tmp_dir_drop(build->loop, build->config->tmp_dir, build->work);
    build->work = NULL;
}

/* --- from step to step --- */

void build_go_on(struct build *build)
{
    if (++build->at == build->steps.len) {
        build->at--;
        build_end(build, BUILD_DONE);
    } else if (step_start(build, &build->result.err) != 0) {
        build_end(build, BUILD_FAILED);
    } else {
        tell_phase(build);
    }
}

static void placed(void *data)
{
    struct build *build = data;
    build->placing = false;
    build->result.err = build->ending == ENDING_LATE ? build->result.err : build->place->err;
    if (build->ending == ENDING_CANCELLED)
        build_end(build, BUILD_CANCELLED);
    else if (build->result.err.code)
        build_end(build, BUILD_FAILED);
    else
        build_go_on(build);
}

static void place_work(void *data)
{
    struct build *build = data;
    place_run(build->place);
}

void build_next(struct build *build)
{
    if (build->steps.at[build->at].is_go)
        build_place(build);
    else
        build_go_on(build);
}

void build_place(struct build *build)
{
    build->placing = true;
    work_submit(build->loop, place_work, placed, build);
}

void build_end(struct build *build, enum build_outcome outcome)
{
    struct build_result result = build->result;
    timer_stop(build->timer);
    timer_stop(build->deadline);
    result.outcome = outcome;
    if (build->place && outcome == BUILD_DONE) {
        result.unchanged = build->place->unchanged;
        place_keep(build->place);
    } else if (build->place) {
        place_undo(build->place);
    }
    if (outcome == BUILD_FAILED)
        (void)snprintf(result.command, sizeof result.command, "%s",
                       build->steps.at[build->at].shown);
    drop_work(build); /* with the old binary, if it is still there */
    build->result.diagnostics = (struct diagnostics){0};
    build->reported = true;
    build->events.on_done(build->events.data, &result);
}

void build_cancel(struct build *build)
{
    kill_begin(build, ENDING_CANCELLED);
}

enum build_phase build_phase(const struct build *build)
{
    return build->steps.at[build->at].phase;
}

void build_free(struct build *build)
{
    if (!build)
        return;
    streams_close(build, false);
    process_free(build->process);
    timer_free(build->timer);
    timer_free(build->deadline);
    drop_work(build);
    if (build->place)
        place_fini(build->place);
    free(build->place);
    diagnostics_fini(&build->result.diagnostics);
    steps_fini(build);
    strs_fini(&build->env);
    free(build->chunk);
    free(build);
}
