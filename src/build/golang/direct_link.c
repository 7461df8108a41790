/* The last stage: nothing where no object changed, else the link, and the rename. */
#include <stdio.h>

#include "base/clock.h"
#include "build/golang/direct_state.h"
#include "build/golang/messages.h"

struct digest direct_object(const struct direct *direct, size_t package)
{
    return direct->plan->packages.at[package].view[GOVIEW_SERVED].object_digest;
}

static void link_ended(struct direct *direct, enum direct_outcome outcome)
{
    for (size_t i = 0; i < direct->plan->order.len && outcome == DIRECT_DONE; i++) {
        size_t package = direct->plan->order.at[i];
        direct->linked[package] = direct_object(direct, package);
    }
    direct->unlinked = outcome != DIRECT_DONE;
    direct_done(direct, outcome);
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
    if (!linked->done && !direct->cancelled && archive_missing(plan)) {
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

/* Tells the linker where the objects are now (also of one that came out the same in another file);
   whether there are any that the artifact does not have. */
static bool update(struct direct *direct)
{
    bool any = false;
    for (size_t i = 0; i < direct->plan->order.len; i++) {
        size_t package = direct->plan->order.at[i];
        any |= !digest_equal(direct->linked[package], direct_object(direct, package));
        golink_update(direct->link, package, goplan_object(direct->plan, package));
    }
    return any;
}

/* After the exact step in the background the linked objects are not the newest: that alone is no
   reason to link, and to restart an app, unless the exact binary was asked for. */
void direct_link(struct direct *direct)
{
    bool differs = update(direct);
    direct->noted = false; /* the sources are others, even where the artifact is the same */
    if (!fs_is_file(direct->request.artifact) || direct->unlinked || (differs && direct->exact)) {
        run(direct);
        return;
    }
    direct->result.unchanged = true;
    direct_done(direct, DIRECT_DONE);
}
