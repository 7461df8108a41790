/*
 * A build ends before its time: SIGTERM to the group, SIGKILL 500 ms later, and a look at who is
 * left, in the group or outside it, by the mark in their environment.
 */
#include "base/clock.h"
#include "build/parts.h"

#define PATIENCE_MS   500
#define LOOKS_MAX     50 /* what is left then is in the kernel's hands (state D) */
#define LOOK_MS       5
#define LATER_LOOK_MS 20
#define EARLY_LOOKS   10

void kill_begin(struct build *build, enum ending ending)
{
    if (build->reported || build->ending != ENDING_NOT)
        return;
    build->ending = ending;
    timer_stop(build->deadline);
    if (build->directing) {
        direct_step_cancel(build);
        return;
    }
    if (build->placing || !build->process)
        return; /* looked at when the work is done */
    build->kill_ns = clock_mono_ns() + PATIENCE_MS * CLOCK_NS_PER_MS;
    process_signal(build->process, signal_number("TERM"));
    process_signal(build->process,
                   signal_number("CONT")); /* one that is stopped hears nothing else */
    timer_start(build->timer, PATIENCE_MS);
}

static void kill_all(struct build *build)
{
    if (!build->killing)
        build->looks = 0;
    build->killing = true;
    process_signal(build->process, signal_number("KILL"));
}

void kill_look(struct build *build)
{
    if (!build->killing && clock_mono_ns() >= build->kill_ns)
        kill_all(build);
    else if (build->killing)
        process_signal(build->process, signal_number("KILL"));
    /* Signal 0 reaches nobody, and counts. */
    int left = process_signal_marked(build->mark, build->killing ? signal_number("KILL") : 0);
    build->looks++;
    if (left == 0 || (build->killing && build->looks >= LOOKS_MAX)) {
        timer_stop(build->timer);
        process_signal(build->process, signal_number("KILL")); /* those that dropped the mark */
        step_over(build);
        return;
    }
    timer_start(build->timer, build->looks < EARLY_LOOKS ? LOOK_MS : LATER_LOOK_MS);
}

void kill_timer(void *data)
{
    struct build *build = data;
    if (build->exited)
        kill_look(build);
    else
        kill_all(build); /* its end is an event */
}

void kill_deadline(void *data)
{
    struct build *build = data;
    char time[CLOCK_WALL_BYTES];
    clock_format_duration(build->timeout_ms * CLOCK_NS_PER_MS, time);
    if (build->ending != ENDING_NOT)
        return;
    err_set(&build->result.err, ERR_APP, "it took longer than %s and was ended", time);
    if (build->timeout_ms == build->config->build.timeout_ms)
        err_hint(&build->result.err, "give it longer with [build] timeout");
    kill_begin(build, ENDING_LATE);
}
