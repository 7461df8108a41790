/* The last stage: nothing where no object changed, else the link, and the rename. */
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "build/golang/direct_state.h"
#include "build/golang/messages.h"
#include "build/golang/plan_read.h"

static struct digest object_of(const struct direct *direct, size_t package)
{
    return direct->plan->packages.at[package].view[GOVIEW_SERVED].object_digest;
}

/* The end of the build, once link and baseline are through. */
static void end_of_both(struct direct *direct)
{
    enum direct_outcome outcome = direct->link_outcome;
    if (!direct->link_over || direct->baselining)
        return;
    direct->link_over = false;
    for (size_t i = 0; i < direct->plan->order.len && outcome == DIRECT_DONE; i++)
        direct->linked[direct->plan->order.at[i]] = object_of(direct, direct->plan->order.at[i]);
    direct->unlinked = outcome != DIRECT_DONE;
    if (direct->baseline_err.code != 0) { /* this binary is good, but the next one is go build's */
        (void)snprintf(direct->never, sizeof direct->never, "%.250s", direct->baseline_err.message);
        direct_drop_plan(direct);
    }
    direct_done(direct, outcome);
}

static void link_ended(struct direct *direct, enum direct_outcome outcome)
{
    direct->link_over = true;
    direct->link_outcome = outcome;
    end_of_both(direct);
}

/* Somebody has cleaned Go's cache (go clean -cache; it also forgets by itself what is old). */
static bool archive_missing(const struct goplan *plan)
{
    VEC_EACH (struct gopackage, package, &plan->packages) {
        if (package->archive && !fs_is_file(package->archive))
            return true;
    }
    return false;
}

static void on_linked(void *data, const struct golink_result *linked)
{
    struct direct *direct = data;
    struct direct_result *result = &direct->result;
    const struct goplan *plan = direct->plan;
    result->link_ns = clock_mono_ns() - direct->since_ns;
    result->status = linked->status;
    if (linked->done && !direct->cancelled &&
        fs_rename(linked->path, direct->request.artifact, &result->err) == 0) {
        link_ended(direct, DIRECT_DONE);
        return;
    }
    if (!linked->done && !direct->cancelled && !direct->baselining && archive_missing(plan)) {
        direct_fall_back(direct, "Go's cache does not have what it had");
        return;
    }
    if (!linked->cancelled && linked->output[0]) {
        const struct gopackage *main = &plan->packages.at[plan->main];
        struct buf text = BUF_INIT((size_t)1 << 28);
        messages_write(&text, main->path, main->dir, plan->dir, linked->output);
        direct_output(direct, buf_text(&text));
        buf_fini(&text);
    }
    link_ended(direct, DIRECT_FAILED);
}

static void run(struct direct *direct)
{
    direct->unlinked = true;
    direct->stage = DIRECT_LINKING;
    direct->since_ns = clock_mono_ns();
    if (golink_run(direct->link, on_linked, direct, &direct->result.err) < 0)
        link_ended(direct, DIRECT_FAILED);
}

static void baseline_work(void *data)
{
    struct direct *direct = data;
    (void)goplan_baseline(direct->plan, &direct->baseline_err);
}

static void baseline_done(void *data)
{
    struct direct *direct = data;
    direct->baselining = false;
    end_of_both(direct);
}

void direct_link_first(struct direct *direct)
{
    const struct goplan *plan = direct->plan;
    direct->link = golink_open(direct->loop, plan);
    direct->linked = mem_new(plan->packages.len, sizeof *direct->linked);
    for (size_t i = 0; i < plan->packages.len; i++)
        golink_update(direct->link, i, goplan_object(plan, i));
    direct->baseline_err = (struct err){0};
    direct->baselining = true;
    run(direct); /* the configuration is written before the job begins to fill in the views */
    work_submit(direct->loop, baseline_work, baseline_done, direct);
}

/* Tells the linker where the objects are now (also of one that came out the same in another file);
   whether there are any that the artifact does not have. */
static bool update(struct direct *direct)
{
    bool any = false;
    for (size_t i = 0; i < direct->plan->order.len; i++) {
        size_t package = direct->plan->order.at[i];
        any |= !digest_equal(direct->linked[package], object_of(direct, package));
        golink_update(direct->link, package, goplan_object(direct->plan, package));
    }
    return any;
}

/* After the exact step in the background the linked objects are not the newest: that alone is no
   reason to link, and to restart an app, unless the exact binary was asked for. */
void direct_link(struct direct *direct)
{
    bool differs = update(direct);
    if (!fs_is_file(direct->request.artifact) || direct->unlinked || (differs && direct->exact)) {
        run(direct);
        return;
    }
    direct->result.unchanged = true;
    direct_done(direct, DIRECT_DONE);
}
