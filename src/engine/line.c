/*
 * The line: what a change leads to.
 *
 * Every change is judged as it comes, so that what means nothing (a README, a _test.go) never
 * disturbs a build. What means something goes to settle, which gives it back as a batch: at once
 * where nothing is under way, after the burst where a build had to be given up.
 */
#include "engine/state.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/path.h"
#include "platform/fs.h"

static void tell_ignored(struct engine *engine, const char *path, const char *reason)
{
    struct event event = {.kind = EVENT_IGNORED,
                          .level = LOG_DEBUG,
                          .text = path_show(engine->config->root, path),
                          .hint = reason};
    publish(engine, &event);
}

/* A generator among the commands before the build writes Go files: the compiler that starts after
   it reads them, so they are part of this build and no reason to give it up. */
static bool is_generated_now(const struct engine *engine, const struct verdict *verdict)
{
    return engine->build && build_phase(engine->build) == BUILD_BEFORE &&
           engine->config->build.before.len > 0 && verdict->action == ACTION_BUILD &&
           !verdict->config && !verdict->rule;
}

void line_changed(void *data, const struct change *change, bool soft)
{
    struct engine *engine = data;
    struct classify classify = graphs_classify(engine);
    struct verdict verdict;
    if (engine->quitting)
        return;
    directs_touch(engine, change->path);
    classify_file(&classify, change->path, change->kind, &verdict);
    engine->graph_wanted |= verdict.new_graph;
    tests_changed(engine, change->path, &verdict);
    if (verdict.action == ACTION_IGNORE && !verdict.config) {
        tell_ignored(engine, change->path, verdict.reason);
        graphs_refresh(engine);
        return;
    }
    if (is_generated_now(engine, &verdict)) {
        tell_ignored(engine, change->path, "written by the commands before this build");
        return;
    }
    engine->outdated |= verdict.action == ACTION_BUILD || verdict.config;
    loops_note(engine, engine->build || engine->command || engine->tests.run);
    settle_add(engine->settle, change, soft);
}

void line_obsolete(void *data, const struct change *change)
{
    struct engine *engine = data;
    (void)change; /* settle may hold several; one that builds is enough */
    if (engine->build && engine->outdated)
        builds_cancel(engine);
}

static void wait_with(struct engine *engine, struct batch *batch)
{
    struct batch *pending = &engine->pending;
    VEC_EACH (struct change, change, &batch->changes) {
        if (pending->changes.len < BATCH_PATHS_MAX) {
            vec_push(&pending->changes, *change);
        } else {
            pending->overflow++;
            free(change->path);
        }
    }
    pending->overflow += batch->overflow;
    if (!pending->first_ns)
        pending->first_ns = batch->first_ns;
    batch->changes.len = 0;
    batch_fini(batch);
}

static struct reload *begin(struct engine *engine, enum reload_cause cause, enum action action,
                            const struct batch *batch, const struct plan *plan, const char *reason)
{
    struct reload *reload = reload_begin(engine, cause, action);
    if (batch)
        reload_changes(engine, reload, batch, plan->decider);
    reload->refresh = plan && plan->refresh;
    (void)snprintf(reload->reason, sizeof reload->reason, "%s", reason);
    if (action == ACTION_BUILD) {
        STRS_EACH (path, &engine->carried) {
            if (!strs_has(&reload->changed, *path)) {
                strs_push(&reload->changed, *path);
                reload->changed_len++;
            }
        }
        strs_clear(&engine->carried);
    }
    tell(engine, EVENT_RELOAD_BEGIN, reload, NULL);
    return reload;
}

static void do_light(struct engine *engine, struct reload **reload, const struct plan *plan)
{
    if (plan->action == ACTION_SIGNAL)
        service_signal(engine->service, plan->signal);
    else
        tell(engine, EVENT_REFRESH, *reload, path_show(engine->config->root, plan->decider));
    reload_end(engine, reload, RELOAD_REFRESHED, NULL);
}

/* The strongest thing that can be done now for the wanted one: no restart without a binary. */
static enum action possible(const struct engine *engine, enum action action)
{
    const struct target *target = &engine->target;
    if (action == ACTION_RESTART && target->builds && target->artifact &&
        !fs_is_file(target->artifact))
        return ACTION_BUILD;
    return action == ACTION_BUILD && !target->builds ? ACTION_RESTART : action;
}

static void go_with(struct engine *engine, struct batch *batch)
{
    struct classify classify = graphs_classify(engine);
    struct plan plan;
    classify_batch(&classify, batch, &plan);
    engine->graph_wanted |= plan.new_graph;
    /* A build was given up for these changes: judged anew by now, they may not ask for one. */
    if (engine->owed && !engine->build)
        plan.action = ACTION_BUILD;
    plan.action = possible(engine, plan.action);
    if (plan.action == ACTION_IGNORE) {
        /* Judged anew the files turned out to mean nothing: the graph has become known. */
        if (!plan.config)
            tell_ignored(engine, plan.decider ? plan.decider : "", plan.reason);
    } else if (engine->build && plan.action == ACTION_RESTART && !plan.commands.len) {
        engine->force_restart = true; /* the build under way ends in one */
        reload_changes(engine, engine->building, batch, NULL);
    } else if (plan.commands.len == 0 && plan.action <= ACTION_SIGNAL) {
        struct reload *reload = begin(engine, CAUSE_CHANGE, plan.action, batch, &plan, plan.reason);
        do_light(engine, &reload, &plan);
    } else if (engine->build || engine->command || services_full(engine)) {
        wait_with(engine, batch);
    } else {
        engine->building = begin(engine, CAUSE_CHANGE, plan.action, batch, &plan, plan.reason);
        VEC_EACH (const struct rule *, rule, &plan.commands)
            vec_push(&engine->commands, *rule);
        engine->after_commands = plan.action;
        commands_next(engine);
    }
    bool config = plan.config;
    plan_fini(&plan);
    batch_fini(batch);
    if (config && services_first(engine))
        configure_again(engine->supervisor);
    waiters_check(engine);
}

void line_batch(void *data, struct batch *batch)
{
    struct engine *engine = data;
    engine->outdated = false;
    if (engine->quitting)
        batch_fini(batch);
    else if (engine->command || (engine->build && engine->building == NULL) ||
             loops_holds(engine, batch))
        wait_with(engine, batch);
    else
        go_with(engine, batch);
}

void line_force(struct engine *engine, enum reload_cause cause, enum action action)
{
    if (engine->quitting)
        return;
    if (engine->build && action == ACTION_RESTART && engine->building) {
        engine->force_restart = true;
        return;
    }
    action = possible(engine, action);
    if (engine->build || engine->command || (action == ACTION_BUILD && services_full(engine))) {
        engine->pending_force = true;
        engine->pending_cause = cause;
        engine->pending_action = action;
        if (engine->build)
            builds_cancel(engine);
        return;
    }
    static const char *const REASONS[] = {
        [CAUSE_START] = "zonda starts",         [CAUSE_CHANGE] = "a file changed",
        [CAUSE_KEY] = "a key was pressed",      [CAUSE_SIGNAL] = "SIGUSR1 was received",
        [CAUSE_CONTROL] = "a trigger was sent", [CAUSE_CONFIG] = "the configuration changed",
        [CAUSE_CRASH] = "the app crashed"};
    engine->force_restart = true;
    engine->building = begin(engine, cause, action, NULL, NULL, REASONS[cause]);
    engine->after_commands = action;
    commands_next(engine);
}

void line_resume(struct engine *engine)
{
    if (engine->quitting || engine->build || engine->command)
        return;
    if (engine->pending_force) {
        engine->pending_force = false;
        /* What changed meanwhile is part of the build that is asked for. */
        if (engine->pending_action == ACTION_BUILD)
            batch_fini(&engine->pending);
        line_force(engine, engine->pending_cause, engine->pending_action);
    } else if (engine->pending.changes.len || engine->pending.overflow) {
        struct batch batch = engine->pending;
        engine->pending = (struct batch){0};
        line_batch(engine, &batch);
    } else if (engine->owed && !settle_pending(engine->settle)) {
        line_force(engine, CAUSE_CHANGE, ACTION_BUILD);
    } else {
        graphs_refresh(engine);
    }
    waiters_check(engine);
}

bool line_idle(const struct engine *engine)
{
    /* While the graph is being read a change would mean more than it does with it. */
    return !engine->build && !engine->command && !engine->building &&
           (!engine->swapping || services_stuck(engine)) && !engine->pending_force &&
           !engine->owed && !engine->pending.changes.len && !engine->graph_wanted &&
           !engine->graph_job && !settle_pending(engine->settle);
}
