/*
 * Between builds: the plan, which the next one needs, and what a quick build has left for later. A
 * build that comes meanwhile begins at their end.
 */
#include <stdio.h>

#include "base/mem.h"
#include "build/golang/direct_state.h"
#include "build/golang/plan_read.h"

#define IDLE_MS 200 /* the new version starts meanwhile */
#define LOW     15  /* niceness */

void direct_idle_over(struct direct *direct)
{
    direct->stage = DIRECT_IDLE;
    if (direct->building)
        direct_begin(direct);
    else
        direct_idle_later(direct);
}

static void planned(struct direct *direct)
{
    bool tell = !direct->closed && direct->request.on_planned;
    int packages = direct->plan ? (int)direct->plan->order.len : 0;
    direct_idle_over(direct);
    if (tell)
        direct->request.on_planned(direct->request.data, packages);
}

/* --- the plan --- */

static void baseline_work(void *data)
{
    struct direct *direct = data;
    direct->baseline_err = (struct err){0};
    (void)goplan_baseline(direct->plan, &direct->baseline_err);
}

/* What the plan found compiled is what go build has linked: where a source changed in between, the
   plan is obsolete, and where one may have, all is linked once more. */
static void baseline_done(void *data)
{
    struct direct *direct = data;
    struct goplan *plan = direct->plan;
    if (direct->baseline_err.code) {
        (void)snprintf(direct->never, sizeof direct->never, "%.250s", direct->baseline_err.message);
        direct_drop_plan(direct);
    } else {
        direct->link = golink_open(direct->loop, plan);
        direct->linked = mem_new(plan->packages.len, sizeof *direct->linked);
        for (size_t i = 0; i < plan->packages.len; i++)
            golink_update(direct->link, i, goplan_object(plan, i));
        for (size_t i = 0; i < plan->order.len; i++)
            direct->linked[plan->order.at[i]] = direct_object(direct, plan->order.at[i]);
        direct->unlinked = golook_touches(plan, &direct->changed);
    }
    planned(direct);
}

static void on_planned(void *data, struct goplanning_result *result)
{
    struct direct *direct = data;
    direct->plan = result->plan;
    if (!result->plan && !result->cancelled && !result->refused)
        (void)snprintf(direct->never, sizeof direct->never, "%.250s", result->err.message);
    goplanning_free(direct->planning);
    direct->planning = NULL;
    if (direct->plan)
        work_submit(direct->loop, baseline_work, baseline_done, direct);
    else
        planned(direct);
}

static void plan(struct direct *direct)
{
    struct goplanning_request request = {.go = direct->request.go,
                                         .dir = direct->request.dir,
                                         .package = direct->request.package,
                                         .work = direct->work,
                                         .flags = &direct->request.flags,
                                         .env = &direct->request.env,
                                         .debug_info = direct->request.debug_info,
                                         .since_ns = direct->built_ns,
                                         .on_done = on_planned,
                                         .data = direct};
    direct->stage = DIRECT_PLANNING;
    direct->may_plan = false;
    direct->planning = goplanning_start(direct->loop, &request);
}

/* --- importers that a quick build has left for later --- */

static void on_wave(void *data, const struct gowave_result *result)
{
    struct direct *direct = data;
    bool complete = result->outcome == GOWAVE_DONE;
    int packages = result->compiled;
    direct->owes_exact = result->outcome == GOWAVE_CANCELLED; /* by a build */
    gowave_free(direct->wave);
    direct->wave = NULL;
    if (complete)
        goplan_adopt_exact(direct->plan);
    bool tell = complete && !direct->building && !direct->closed && direct->request.on_exact;
    direct_idle_over(direct);
    if (tell)
        direct->request.on_exact(direct->request.data, packages);
}

static void compile_exactly(struct direct *direct)
{
    struct gowave_request request = {.plan = direct->plan,
                                     .store = direct->store,
                                     .view = GOVIEW_EXACT,
                                     .jobs = 1,
                                     .nice = LOW,
                                     .on_done = on_wave,
                                     .data = direct};
    direct->stage = DIRECT_EXACT;
    direct->wave = gowave_start(direct->loop, &request);
}

/* --- when --- */

static bool owes_exact(const struct direct *direct)
{
    return direct->owes_exact && goplan_is_quick(direct->plan);
}

static bool has_something(const struct direct *direct)
{
    if (!direct->plan)
        return direct->may_plan;
    return owes_exact(direct) || direct_may_note(direct);
}

void direct_idle_later(struct direct *direct)
{
    if (!direct->closed && !direct->never[0] && has_something(direct))
        timer_start(direct->soon, IDLE_MS);
}

void direct_idle(struct direct *direct)
{
    if (direct->stage != DIRECT_IDLE || direct->closed || !has_something(direct))
        return;
    if (!direct->plan)
        plan(direct);
    else if (owes_exact(direct))
        compile_exactly(direct);
    else
        direct_note(direct);
}
