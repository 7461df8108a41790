/* What an earlier session has built, and what this one leaves for the next; see built.h. */
#include "base/clock.h"
#include "build/golang/built.h"
#include "build/golang/direct_state.h"

static struct gobuilt built(const struct direct *direct)
{
    return (struct gobuilt){.go = direct->request.go,
                            .dir = direct->request.dir,
                            .package = direct->request.package,
                            .flags = &direct->request.flags,
                            .env = &direct->request.env,
                            .debug_info = direct->request.debug_info,
                            .binary = direct->request.earlier,
                            .note = direct->request.note};
}

/* --- the earlier one --- */

static void recall_work(void *data)
{
    struct direct *direct = data;
    struct gobuilt earlier = built(direct);
    struct err ignored = {0}; /* it is built, then */
    direct->holds = gobuilt_holds(&earlier) &&
                    fs_link_over(direct->request.earlier, direct->request.artifact, &ignored) == 0;
}

static void recall_done(void *data)
{
    struct direct *direct = data;
    direct->result.look_ns = clock_mono_ns() - direct->since_ns;
    if (direct->cancelled) {
        direct_done(direct, DIRECT_CANCELLED);
    } else if (!direct->holds) {
        direct_command(direct);
    } else {
        direct->result.earlier = direct->result.unchanged = true;
        direct_done(direct, DIRECT_DONE);
    }
}

void direct_recall(struct direct *direct)
{
    direct->recalled = true;
    direct->stage = DIRECT_RECALLING;
    direct->built_ns = clock_wall_ns();
    direct->since_ns = clock_mono_ns();
    strs_clear(&direct->changed); /* its note is of everything */
    direct->all_changed = false;
    work_submit(direct->loop, recall_work, recall_done, direct);
}

/* --- this one --- */

/* Is the artifact exactly what `go build` would make of the plan's sources? */
bool direct_may_note(const struct direct *direct)
{
    const struct goplan *plan = direct->plan;
    if (direct->noted || direct->unlinked || !direct->request.note || goplan_is_quick(plan))
        return false;
    for (size_t i = 0; i < plan->order.len; i++)
        if (!digest_equal(direct->linked[plan->order.at[i]],
                          direct_object(direct, plan->order.at[i])))
            return false;
    return true;
}

/* One that was put into its place by copying cannot be told from any other. */
static void note_work(void *data)
{
    struct direct *direct = data;
    struct gobuilt now = built(direct);
    struct fs_info ours = fs_stat(direct->request.artifact, true),
                   there = fs_stat(now.binary, true);
    struct err ignored = {0}; /* the next session builds */
    if (ours.kind == FS_FILE && ours.inode == there.inode && ours.device == there.device &&
        golook_settle(direct->plan))
        (void)gobuilt_write(&now, direct->plan, &ignored);
}

static void note_done(void *data)
{
    direct_idle_over(data);
}

void direct_note(struct direct *direct)
{
    direct->noted = true;
    direct->stage = DIRECT_NOTING;
    work_submit(direct->loop, note_work, note_done, direct);
}
