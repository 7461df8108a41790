/*
 * A generation ends: by the ladder of signals, or by itself. Either way its leader's end is
 * followed by a sweep of what it left behind, and only then comes what is next.
 *
 * Where zonda asked for the end, those left behind have the rest of stop_timeout as well: the
 * leader may be a shell that died of the signal at once while the app below it finishes its
 * requests.
 */
#include "base/clock.h"
#include "run/parts.h"

#define SWEEP_ROUNDS_MAX 50 /* what is left then is in the kernel's hands (state D) */

/* By name: the numbers are the platform's. */
static int signal_kill(void)
{
    return signal_number("KILL");
}

static void kill_all(struct generation *generation)
{
    generation->killing = true;
    generation->looks = 0;
    process_signal(generation->process, signal_kill());
    (void)process_signal_marked(generation->mark, signal_kill());
}

void generation_ask(struct generation *generation)
{
    const struct service_events *events = &generation->service->events;
    if (!generation->process)
        return; /* on_exit is being told of it */
    if (generation->stop_signal == signal_kill() || generation->stop_timeout_ms == 0) {
        generation_kill(generation);
        return;
    }
    life_enter(generation, LIFE_STOPPING);
    generation->expected = true;
    generation->looks = 0;
    generation->kill_ns = clock_mono_ns() + generation->stop_timeout_ms * CLOCK_NS_PER_MS;
    timer_start(generation->timer, generation->stop_timeout_ms);
    sign_stop(generation);
    if (generation->debug_ours) {
        debugger_leave(generation);
    } else {
        process_signal(generation->process, generation->stop_signal);
        process_signal(generation->process,
                       signal_number("CONT")); /* one that is stopped hears nothing else */
    }
    events->on_stopping(events->data, generation->number, generation->stop_signal);
}

void generation_kill(struct generation *generation)
{
    const struct service_events *events = &generation->service->events;
    if (!generation->process)
        return; /* on_exit is being told of it */
    bool first = generation->life == LIFE_STARTING || generation->life == LIFE_READY;
    if (first) {
        timer_stop(generation->timer);
        sign_stop(generation);
        life_enter(generation, LIFE_STOPPING);
        generation->expected = true;
    }
    kill_all(generation);
    if (first)
        events->on_stopping(events->data, generation->number, signal_kill());
}

void generation_escalate(struct generation *generation)
{
    const struct service_events *events = &generation->service->events;
    kill_all(generation);
    events->on_killed(events->data, generation->number);
}

void generation_crashed(struct generation *generation)
{
    sign_stop(generation);
    generation->killing = true;
    generation->looks = 0;
    generation_sweep(generation);
}

/* Nothing of the generation is left. */
static void finish(struct generation *generation)
{
    timer_stop(generation->timer);
    debugger_free(generation);
    /* Those of the group that dropped the mark. */
    process_signal(generation->process, signal_kill());
    run_close_streams(generation, true);
    process_free(generation->process);
    generation->process = NULL;
    run_gone(generation);
}

/* One round of the sweep. */
void generation_sweep(struct generation *generation)
{
    if (!generation->killing && clock_mono_ns() >= generation->kill_ns) {
        generation_escalate(generation);
    } else if (generation->killing) {
        process_signal(generation->process, signal_kill());
    }
    /* Signal 0 reaches nobody, and counts. */
    int left = process_signal_marked(generation->mark, generation->killing ? signal_kill() : 0);
    generation->looks++;
    if (left == 0 || (generation->killing && generation->looks >= SWEEP_ROUNDS_MAX)) {
        finish(generation);
        return;
    }
    if (generation->life != LIFE_SWEEPING)
        life_enter(generation, LIFE_SWEEPING);
    if (generation->killing)
        timer_start(generation->timer, generation->looks < 10 ? 2 : 10);
    else
        timer_start(generation->timer, generation->looks < 10 ? generation->looks * 5 : 50);
}
