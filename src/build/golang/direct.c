#include "build/golang/direct.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "build/golang/built.h"
#include "build/golang/direct_state.h"
#include "build/golang/flags.h"
#include "platform/fs.h"
#include "platform/random.h"
#include "platform/sysinfo.h"

#define ID_DIGITS   16
#define TOUCHED_MAX 1000 /* more at once than an editor saves; their times tell of the rest */

static void on_soon(void *data)
{
    struct direct *direct = data;
    if (direct->building)
        direct_begin(direct);
    else
        direct_idle(direct);
}

struct direct *direct_open(struct loop *loop, const struct direct_request *request, struct err *err)
{
    char id[ID_DIGITS + 1];
    random_hex(id, ID_DIGITS);
    char *work = mem_format("%s/build-%s", request->cache_dir, id); /* as tmp_dir.h has them */
    if (fs_mkdirs(work, 0700, err) < 0) {
        free(work);
        return NULL;
    }
    struct gostore *store =
        request->store ? gostore_use(request->store) : gostore_open(request->cache_dir, err);
    if (!store) {
        struct err ignored = {0};
        (void)fs_remove_tree(work, &ignored);
        free(work);
        return NULL;
    }
    struct direct *direct = mem_new(1, sizeof *direct);
    direct->loop = loop;
    direct->work = work;
    direct->store = store;
    direct->restored = gostore_restore(store);
    direct->request.go = mem_string(request->go);
    direct->request.dir = mem_string(request->dir);
    direct->request.package = mem_string(request->package);
    direct->request.artifact =
        request->artifact ? mem_string(request->artifact) : mem_format("%s/program", direct->work);
    if (request->earlier)
        direct->request.earlier = mem_string(request->earlier);
    if (request->earlier)
        direct->request.note =
            gobuilt_note(request->cache_dir, request->dir, request->package, request->earlier);
    strs_copy(&direct->request.flags, request->flags);
    strs_copy(&direct->request.env, request->env);
    if (!strs_env_get(request->env, "GOTMPDIR")) /* what a killed go command leaves goes with it */
        strs_env_set(&direct->request.env, "GOTMPDIR", work);
    direct->request.debug_info = request->debug_info;
    direct->request.exact = request->exact;
    direct->request.jobs = request->jobs > 0 ? request->jobs : sysinfo_processors();
    direct->request.on_planned = request->on_planned;
    direct->request.on_exact = request->on_exact;
    direct->request.data = request->data;
    direct->soon = timer_new(loop, on_soon, direct);
    (void)goflags_understood(request->flags, strs_env_get(request->env, "GOFLAGS"), direct->never);
    return direct;
}

void direct_build(struct direct *direct, const struct strs *changed, bool exact,
                  const struct direct_events *events)
{
    direct->events = *events;
    direct->result = (struct direct_result){.artifact = direct->request.artifact};
    direct->building = true;
    direct->cancelled = false;
    direct->exact = exact || direct->request.exact;
    if (changed)
        strs_copy(&direct->changed, changed);
    else
        direct->all_changed = true;
    if (direct->stage == DIRECT_EXACT)
        gowave_cancel(direct->wave);
    if (direct->stage == DIRECT_IDLE) /* else the end of what is done in the background begins it */
        timer_start(direct->soon, 0);
}

void direct_touch(struct direct *direct, const char *path)
{
    if (direct->changed.len < TOUCHED_MAX && !strs_has(&direct->changed, path))
        strs_push(&direct->changed, path);
}

static void stop_stage(struct direct *direct)
{
    if (direct->planning)
        goplanning_cancel(direct->planning);
    if (direct->wave)
        gowave_cancel(direct->wave);
    if (direct->link)
        golink_cancel(direct->link);
    if (direct->command)
        tool_cancel(direct->command);
}

void direct_cancel(struct direct *direct)
{
    if (!direct->building || direct->cancelled)
        return;
    direct->cancelled = true;
    stop_stage(direct); /* where a job of the work queue runs, its end sees cancelled */
}

static void free_all(void *data)
{
    struct direct *direct = data;
    struct err ignored = {0};
    void (*closed)(void *) = direct->closed;
    void *closed_data = direct->closed_data;
    timer_free(direct->soon);
    direct_drop_plan(direct);
    gostore_drop(direct->store);
    (void)fs_remove_tree(direct->work, &ignored); /* a rest in the cache directory does no harm */
    free(direct->work);
    free(direct->request.go);
    free(direct->request.dir);
    free(direct->request.package);
    free(direct->request.artifact);
    free(direct->request.earlier);
    free(direct->request.note);
    strs_fini(&direct->request.flags);
    strs_fini(&direct->request.env);
    strs_fini(&direct->changed);
    strs_fini(&direct->looking);
    free(direct->command_out);
    free(direct);
    closed(closed_data);
}

static void wait_for_end(void *data)
{
    struct direct *direct = data;
    if (direct->stage == DIRECT_IDLE)
        free_all(direct);
    else
        timer_start(direct->soon, 2);
}

void direct_close(struct direct *direct, void (*closed)(void *data), void *data)
{
    direct->closed = closed;
    direct->closed_data = data;
    direct->events = (struct direct_events){0};
    direct->cancelled = true;
    timer_free(direct->soon);
    direct->soon = timer_new(direct->loop, wait_for_end, direct);
    stop_stage(direct);
    timer_start(direct->soon, 0);
}

const char *direct_never(const struct direct *direct)
{
    return direct->never[0] ? direct->never : NULL;
}

bool direct_explain(const struct direct *direct, struct buf *out)
{
    if (direct->never[0]) {
        (void)buf_printf(out, "built by go build: %s\n", direct->never);
        return false;
    }
    (void)buf_printf(out, "built directly: compile and link are run without go build\n");
    if (!direct->plan)
        return true;
    for (size_t i = 0; i < direct->plan->order.len; i++) {
        const struct gopackage *package = &direct->plan->packages.at[direct->plan->order.at[i]];
        if (package->why_not)
            (void)buf_printf(out, "%s %s: an edit of it needs the go command\n", package->path,
                             package->why_not);
    }
    return true;
}

void direct_watched(const struct direct *direct, struct strs *dirs, struct strs *files)
{
    if (!direct->plan)
        return;
    for (size_t i = 0; i < direct->plan->order.len; i++) {
        const struct gopackage *package = &direct->plan->packages.at[direct->plan->order.at[i]];
        strs_push(dirs, package->dir);
        STRS_EACH (embed, &package->embeds) {
            if (strcmp(*embed, package->dir) != 0)
                strs_push(dirs, *embed);
        }
    }
    VEC_EACH (struct goguard, guard, &direct->plan->guards)
        strs_push(files, guard->path);
}
