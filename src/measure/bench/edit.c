/* One save, until its version is served: who notices, builds, and answers. */
#include <string.h>

#include "base/clock.h"
#include "measure/bench/parts.h"
#include "platform/sysinfo.h"
#include "platform/tree.h"

#define PAUSE_MS      4    /* between requests */
#define OTHER_PART    4    /* of the timeout: how long what is no Go file is waited for */
#define NO_RESTART_MS 2000 /* by hand: time in which it is seen whether a restart is needed */
#define MISSES_MAX    2

/* --- which version answers --- */

int answer_process(const struct bench *bench, const struct contender *contender,
                   const struct answer *answer)
{
    char command[64];
    int pid = 0;
    if (answer->owner && !(contender->tool && contender->tool->through_proxy))
        return answer->owner;
    (void)sysinfo_port_owner(bench->address.port, &pid, command, sizeof command);
    return pid;
}

static bool judge_process(struct edit *edit, const struct answer *answer)
{
    int pid = answer_process(edit->bench, edit->contender, answer);
    if (!pid)
        return false;
    if (pid != edit->judged) {
        edit->judged = pid;
        edit->judged_new =
            edit->kind == KIND_CONFIG ? pid != edit->owner : bench_mark_in_process(pid, edit->mark);
        edit->knew_ns = clock_mono_ns();
    }
    if (!edit->judged_new)
        return false;
    /* Where the connection was not the app's own, it may have answered before. */
    return pid == answer->owner || answer->begin_ns >= edit->knew_ns;
}

bool edit_is_new(struct edit *edit, const struct answer *answer)
{
    if (!answer->good)
        return false;
    if (edit->kind == KIND_TEMPLATE || edit->kind == KIND_STATIC)
        return memmem(answer->body, answer->len, edit->mark, strlen(edit->mark)) != NULL;
    return judge_process(edit, answer);
}

static void take_answer(void *data, const struct answer *answer)
{
    struct edit *edit = data;
    if (!edit->saved_ns || edit->done)
        return;
    if (answer->good) {
        if (answer->end_ns - edit->good_ns > edit->gap_ns)
            edit->gap_ns = answer->end_ns - edit->good_ns;
        edit->good_ns = answer->end_ns;
    } else {
        edit->failed++;
    }
    if (answer->begin_ns < edit->saved_ns || !edit_is_new(edit, answer))
        return;
    edit->served_ns = answer->end_ns;
    edit->done = true;
    bench_wake(edit->bench);
}

static bool is_done(void *data)
{
    const struct edit *edit = data;
    return edit->done || edit->running->ended;
}

/* --- by hand --- */

/* Ends what runs and starts it again, as somebody does who has no tool. */
static int start_again(struct edit *edit, struct err *err)
{
    running_stop(edit->running, !edit->contender->tool); /* the floor has nobody to be polite to */
    edit->prober.root = 0;
    if (edit->bench->interrupted)
        return err_set(err, ERR_APP, "interrupted");
    if (contender_start(edit->bench, edit->contender, edit->running, err) != 0)
        return err->code;
    int root = process_root(edit->running->process);
    edit->builders.root = edit->prober.root = root;
    edit->prober.likely = 0;
    return 0;
}

static int build_floor(struct edit *edit, struct err *err)
{
    int failed = floor_build(edit->bench, edit->kind, err);
    edit->built_ns = clock_mono_ns();
    return failed ? failed : start_again(edit, err);
}

/* Templates and static files may be read anew by the app: that is found out once. */
static int restart_if_needed(struct edit *edit, struct err *err)
{
    int *restart = &edit->contender->restart[edit->kind];
    if (edit->kind != KIND_TEMPLATE && edit->kind != KIND_STATIC)
        *restart = 1;
    if (*restart == 0)
        *restart = bench_wait(edit->bench, is_done, edit, NO_RESTART_MS) ? -1 : 1;
    return *restart > 0 ? start_again(edit, err) : 0;
}

static int act_by_hand(struct edit *edit, struct err *err)
{
    const struct bench_tool *tool = edit->contender->tool;
    if (!tool)
        return build_floor(edit, err);
    return tool->by_hand ? restart_if_needed(edit, err) : 0;
}

/* --- the samples --- */

static void take_phases(const struct edit *edit)
{
    static const enum bench_figure NOTICED[] = {
        [KIND_LEAF] = FIGURE_LEAF_NOTICED, [KIND_DEEP] = FIGURE_DEEP_NOTICED};
    enum bench_figure first = NOTICED[edit->kind];
    struct bench *bench = edit->bench;
    int tool = edit->contender->number;
    bool is_floor = !edit->contender->tool;
    uint64_t from_ns = is_floor ? edit->saved_ns : edit->builders.first_ns;
    uint64_t built_ns = is_floor ? edit->built_ns : builders_end_ns(&edit->builders);
    if (from_ns && built_ns > from_ns && built_ns <= edit->served_ns) {
        if (!is_floor)
            bench_take(bench, tool, first, bench_seconds(from_ns - edit->saved_ns), false);
        bench_take(bench, tool, first + 1, bench_seconds(built_ns - from_ns), false);
        bench_take(bench, tool, first + 2, bench_seconds(edit->served_ns - built_ns), false);
    }
    bench_take(bench, tool, first + 3, bench_seconds(edit->served_ns - edit->saved_ns), false);
    bench_take(bench, tool, first + 4, edit->failed, false);
    bench_take(bench, tool, first + 5, bench_seconds(edit->gap_ns), false);
}

static void take_samples(const struct edit *edit, uint64_t waited_ns)
{
    static const enum bench_figure SERVED[KINDS] = {
        [KIND_LEAF] = FIGURE_LEAF_SERVED,         [KIND_DEEP] = FIGURE_DEEP_SERVED,
        [KIND_TEMPLATE] = FIGURE_TEMPLATE_SERVED, [KIND_STATIC] = FIGURE_STATIC_SERVED,
        [KIND_CONFIG] = FIGURE_CONFIG_SERVED,
    };
    int tool = edit->contender->number;
    if (!edit->served_ns)
        bench_take(edit->bench, tool, SERVED[edit->kind], bench_seconds(waited_ns), true);
    else if (edit->kind == KIND_LEAF || edit->kind == KIND_DEEP)
        take_phases(edit);
    else
        bench_take(edit->bench, tool, SERVED[edit->kind],
                   bench_seconds(edit->served_ns - edit->saved_ns), false);
}

/* --- the whole --- */

static void begin(struct edit *edit)
{
    struct bench *bench = edit->bench;
    int root = process_root(edit->running->process);
    builders_settle(bench, root, SETTLE_MS);
    bench_mark(edit->mark, ++bench->mark);
    prober_init(&edit->prober, bench, edit->running->ask_port, root, take_answer, edit);
    edit->owner = app_of(bench, edit->contender, edit->running);
    builders_start(&edit->builders, bench, root);
}

static uint32_t patience_ms(const struct edit *edit)
{
    uint32_t timeout_ms = edit->bench->options->timeout_ms;
    return edit->kind == KIND_LEAF || edit->kind == KIND_DEEP ? timeout_ms
                                                              : timeout_ms / OTHER_PART;
}

static bool save_and_wait(struct edit *edit, struct err *err)
{
    struct bench *bench = edit->bench;
    const char *page = edit->kind == KIND_STATIC ? bench->static_page : bench->page;
    prober_start(&edit->prober, page, PAUSE_MS);
    uint64_t now_ns = clock_mono_ns();
    if (bench_subject_edit(bench->subject, edit->contender->copy, edit->kind, bench->mark, err) !=
        0)
        return false;
    edit->good_ns = now_ns;
    edit->saved_ns = now_ns;
    if (act_by_hand(edit, err) != 0)
        return false;
    return bench_wait(bench, is_done, edit, patience_ms(edit));
}

bool edit_measure(struct bench *bench, struct contender *contender, struct running *running,
                  enum bench_kind kind)
{
    struct edit edit = {.bench = bench, .contender = contender, .running = running, .kind = kind};
    struct err err = {0};
    if (contender->misses[kind] >= MISSES_MAX)
        return true; /* it does not reload on such files: that was seen, and is in the result */
    begin(&edit);
    if (!bench->interrupted)
        (void)save_and_wait(&edit, &err);
    uint64_t waited_ns = clock_mono_ns() - edit.saved_ns;
    contender->misses[kind] = edit.served_ns ? 0 : contender->misses[kind] + 1;
    if (!bench->interrupted && edit.saved_ns)
        take_samples(&edit, waited_ns);
    builders_stop(&edit.builders);
    prober_fini(&edit.prober);
    /* The page may have been read anew long before the tool begins to build on the same save. */
    if (running->process && kind != KIND_LEAF && kind != KIND_DEEP)
        builders_settle(bench, process_root(running->process), SETTLE_LATER_MS);
    return running->process && !running->ended;
}
