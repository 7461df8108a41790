/* The stages up to the link: look, compile. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "build/golang/direct_state.h"

void direct_output(struct direct *direct, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        char *line = mem_string_n(text, len);
        if (direct->events.on_line)
            direct->events.on_line(direct->events.data, line, true);
        free(line);
        text += len + (text[len] == '\n');
    }
}

void direct_done(struct direct *direct, enum direct_outcome outcome)
{
    struct direct_result *result = &direct->result;
    result->outcome = direct->cancelled ? DIRECT_CANCELLED : outcome;
    result->quick = result->outcome == DIRECT_DONE && direct->plan && !result->by_go_build &&
                    goplan_is_quick(direct->plan);
    direct->stage = DIRECT_IDLE;
    direct->building = false;
    direct->owes_exact |= result->quick;
    direct->may_plan |= result->outcome == DIRECT_DONE && !direct->plan;
    direct_idle_later(direct);
    if (direct->events.on_done)
        direct->events.on_done(direct->events.data, result); /* may begin the next build */
}

void direct_drop_plan(struct direct *direct)
{
    golink_close(direct->link);
    goplan_free(direct->plan);
    free(direct->linked);
    direct->link = NULL;
    direct->plan = NULL;
    direct->linked = NULL;
}

void direct_progress(void *data, int done, int total, const char *package)
{
    struct direct *direct = data;
    if (direct->events.on_progress)
        direct->events.on_progress(direct->events.data, done, total, package);
}

void direct_fall_back(struct direct *direct, const char *reason)
{
    direct->result.fell_back = true;
    (void)snprintf(direct->result.reason, sizeof direct->result.reason, "%.250s", reason);
    direct_drop_plan(direct);
    direct_command(direct);
}

/* --- compile --- */

static void on_output(void *data, const char *text)
{
    direct_output(data, text);
}

static void on_wave(void *data, const struct gowave_result *result)
{
    struct direct *direct = data;
    enum gowave_outcome outcome = result->outcome;
    char reason[sizeof result->reason];
    memcpy(reason, result->reason, sizeof reason);
    direct->result.packages = result->compiled;
    direct->result.compile_ns = clock_mono_ns() - direct->since_ns;
    direct->unlinked |= result->changed > 0;
    gowave_free(direct->wave);
    direct->wave = NULL;
    if (direct->cancelled || outcome == GOWAVE_CANCELLED) {
        direct_done(direct, DIRECT_CANCELLED);
    } else if (outcome == GOWAVE_NOT_UNDERSTOOD) {
        direct_fall_back(direct, reason);
    } else if (outcome == GOWAVE_FAILED) {
        direct->result.status = (struct exit_status){.code = 1};
        direct_done(direct, DIRECT_FAILED);
    } else {
        if (direct->exact)
            goplan_adopt_exact(direct->plan);
        direct_link(direct);
    }
}

static void compile(struct direct *direct)
{
    struct gowave_request request = {.plan = direct->plan,
                                     .store = direct->store,
                                     .view = direct->exact ? GOVIEW_EXACT : GOVIEW_SERVED,
                                     .quick = !direct->exact,
                                     .jobs = direct->request.jobs,
                                     .on_output = on_output,
                                     .on_progress = direct_progress,
                                     .on_done = on_wave,
                                     .data = direct};
    direct->stage = DIRECT_COMPILING;
    direct->since_ns = clock_mono_ns();
    direct->wave = gowave_start(direct->loop, &request);
}

/* --- look --- */

static void look_work(void *data)
{
    struct direct *direct = data;
    direct->reason[0] = '\0';
    if (!golook_again(direct->plan, &direct->looking, direct->looking_all, direct->reason) &&
        !direct->reason[0])
        (void)snprintf(direct->reason, sizeof direct->reason, "something has changed");
}

static void look_done(void *data)
{
    struct direct *direct = data;
    direct->result.look_ns = clock_mono_ns() - direct->since_ns;
    strs_clear(&direct->looking);
    if (direct->reason[0] && direct->cancelled) {
        direct_drop_plan(direct); /* it does not hold any more */
        direct_done(direct, DIRECT_CANCELLED);
    } else if (direct->reason[0]) {
        direct_fall_back(direct, direct->reason);
    } else if (direct->cancelled) {
        direct_done(direct, DIRECT_CANCELLED);
    } else {
        compile(direct);
    }
}

static void look(struct direct *direct)
{
    strs_clear(&direct->looking);
    strs_copy(&direct->looking, &direct->changed);
    direct->looking_all = direct->all_changed;
    strs_clear(&direct->changed);
    direct->all_changed = false;
    direct->stage = DIRECT_LOOKING;
    direct->since_ns = clock_mono_ns();
    work_submit(direct->loop, look_work, look_done, direct);
}

/* Somebody has removed it (rm -r .zonda), and with it all that was compiled. */
static void restore_work(struct direct *direct)
{
    struct err ignored = {0}; /* the first file that cannot be written says more */
    unsigned restored = gostore_restore(direct->store);
    if (fs_is_dir(direct->work) && restored == direct->restored)
        return;
    direct->restored = restored;
    direct_drop_plan(direct);
    (void)fs_mkdirs(direct->work, 0700, &ignored);
}

void direct_begin(struct direct *direct)
{
    restore_work(direct);
    if (direct->cancelled)
        direct_done(direct, DIRECT_CANCELLED);
    else if (direct->never[0])
        direct_fall_back(direct, direct->never);
    else if (direct->plan)
        look(direct);
    else if (direct->request.note && !direct->recalled)
        direct_recall(direct);
    else
        direct_command(direct);
}
