/*
 * A build ends before its time: SIGTERM to the group, SIGKILL 500 ms later to all that is left, in
 * the group or outside it, and then a wait until nobody is.
 */
#include "base/clock.h"
#include "build/parts.h"

#define PATIENCE_MS      500
#define LAST_PATIENCE_MS 5000 /* what is left then is in the kernel's hands (state D) */

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
    process_signal(build->process, signal_number("TERM"));
    process_signal(build->process,
                   signal_number("CONT")); /* one that is stopped hears nothing else */
    timer_start(build->timer, PATIENCE_MS);
}

void kill_gone(void *data)
{
    struct build *build = data;
    if (build->ending == ENDING_NOT)
        return; /* it went on when the process ended */
    timer_stop(build->timer);
    step_over(build);
}

void kill_timer(void *data)
{
    struct build *build = data;
    if (build->killing) {
        step_over(build);
        return;
    }
    build->killing = true;
    process_kill(build->process);
    timer_start(build->timer, LAST_PATIENCE_MS);
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
