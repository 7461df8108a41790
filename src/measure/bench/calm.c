/* What is measured once a tool: what it uses while nothing happens, and a storm of saves. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "measure/bench/parts.h"
#include "platform/tree.h"

#define SAVE_MS  100
#define PAUSE_MS 50 /* between requests */

/* --- what is used --- */

struct use {
    uint64_t tool_ms, all_ms, tool_bytes, app_bytes;
};

/* Is process number i of tree the app, or below it? Parents come first. */
static bool is_app(const struct tree *tree, size_t i, int app)
{
    int pid = tree->processes.at[i].pid;
    for (size_t at = i + 1; at-- > 0;) {
        if (tree->processes.at[at].pid != pid)
            continue;
        if (pid == app)
            return true;
        pid = tree->processes.at[at].parent;
    }
    return false;
}

/* The first of a tree is the guard, which is the bench's: it counts only for what it reaped. */
static struct use use_of(int root, int app)
{
    struct tree tree = {0};
    struct use use = {0};
    tree_look(root, &tree);
    for (size_t i = 0; i < tree.processes.len; i++) {
        const struct tree_process *process = &tree.processes.at[i];
        uint64_t own_ms = i ? process->cpu_ms + process->reaped_ms : process->reaped_ms;
        bool is_its = app && is_app(&tree, i, app);
        use.all_ms += own_ms;
        if (i && is_its)
            use.app_bytes += process->memory_bytes;
        else if (i) {
            use.tool_ms += own_ms;
            use.tool_bytes += process->memory_bytes;
        }
    }
    tree_fini(&tree);
    return use;
}

void calm_idle(struct bench *bench, struct contender *contender, struct running *running)
{
    int root = process_root(running->process), tool = contender->number;
    int app = app_of(bench, contender, running);
    builders_settle(bench, root, SETTLE_LATER_MS);
    struct use before = use_of(root, app);
    uint64_t begun_ns = clock_mono_ns();
    (void)bench_wait(bench, NULL, NULL, bench->options->idle_ms);
    double seconds = bench_seconds(clock_mono_ns() - begun_ns);
    struct use after = use_of(root, app);
    if (bench->interrupted || running->ended)
        return;
    if (contender->tool) {
        uint64_t used_ms = after.tool_ms > before.tool_ms ? after.tool_ms - before.tool_ms : 0;
        bench_take(bench, tool, FIGURE_IDLE_CPU, (double)used_ms / 1e3 / seconds, false);
        bench_take(bench, tool, FIGURE_IDLE_MEMORY, (double)after.tool_bytes, false);
    }
    if (app)
        bench_take(bench, tool, FIGURE_APP_MEMORY, (double)after.app_bytes, false);
}

/* --- the storm --- */

struct storm {
    struct edit edit; /* the last save */
    bool over;        /* no more are made */
};

static void take_answer(void *data, const struct answer *answer)
{
    struct storm *storm = data;
    struct edit *edit = &storm->edit;
    if (!storm->over || edit->done || answer->begin_ns < edit->saved_ns ||
        !edit_is_new(edit, answer))
        return;
    edit->served_ns = answer->end_ns;
    edit->done = true;
    bench_wake(edit->bench);
}

static bool is_done(void *data)
{
    const struct storm *storm = data;
    return storm->edit.done || storm->edit.running->ended;
}

static bool save(struct edit *edit)
{
    struct bench *bench = edit->bench;
    struct err ignored;
    bench_mark(edit->mark, ++bench->mark);
    edit->saved_ns = clock_mono_ns();
    return bench_subject_edit(bench->subject, edit->contender->copy, KIND_LEAF, bench->mark,
                              &ignored) == 0;
}

/* Saves at fixed times, however long each takes. */
static bool rage(struct edit *edit)
{
    uint64_t begun_ns = clock_mono_ns();
    int count = (int)(edit->bench->options->storm_ms / SAVE_MS);
    for (int i = 0; i < count; i++) {
        uint64_t spent_ms = (clock_mono_ns() - begun_ns) / CLOCK_NS_PER_MS;
        uint64_t due_ms = (uint64_t)i * SAVE_MS;
        if (due_ms > spent_ms)
            (void)bench_wait(edit->bench, NULL, NULL, (uint32_t)(due_ms - spent_ms));
        if (edit->bench->interrupted || edit->running->ended || !save(edit))
            return false;
    }
    return count > 0;
}

void calm_storm(struct bench *bench, struct contender *contender, struct running *running)
{
    struct storm storm = {
        .edit = {.bench = bench, .contender = contender, .running = running, .kind = KIND_LEAF}};
    struct edit *edit = &storm.edit;
    int root = process_root(running->process), tool = contender->number;
    builders_settle(bench, root, SETTLE_MS);
    struct use before = use_of(root, 0);
    builders_start(&edit->builders, bench, root);
    prober_init(&edit->prober, bench, running->ask_port, root, take_answer, &storm);
    prober_start(&edit->prober, bench->page, PAUSE_MS);
    bool raged = rage(edit);
    storm.over = true;
    edit->judged = 0; /* whoever was looked at was looked at for an older mark */
    if (raged)
        (void)bench_wait(bench, is_done, &storm, bench->options->timeout_ms);
    uint64_t waited_ns = (edit->done ? edit->served_ns : clock_mono_ns()) - edit->saved_ns;
    struct use after = use_of(root, 0);
    if (raged && !bench->interrupted) {
        bench_take(bench, tool, FIGURE_STORM_BUILDS, builders_links(&edit->builders), false);
        if (after.all_ms >= before.all_ms)
            bench_take(bench, tool, FIGURE_STORM_CPU, (double)(after.all_ms - before.all_ms) / 1e3,
                       false);
        bench_take(bench, tool, FIGURE_STORM_SERVED, bench_seconds(waited_ns), !edit->done);
    }
    prober_fini(&edit->prober);
    builders_stop(&edit->builders);
}
