/*
 * A generation ends: by the ladder of signals, or by itself. Either way its leader's end is
 * followed by the end of what it left behind, and only then comes what is next.
 *
 * A server that closes its idle connections when it is asked to end may close one on which a
 * request has just come, and whose client cannot know whether it was carried out. Clients that are
 * ours, the proxy's, need not run into that: they hear of it first and send nothing more, and the
 * signal comes when what they had sent was read.
 *
 * Where zonda asked for the end, those left behind have the rest of stop_timeout as well: the
 * leader may be a shell that died of the signal at once while the app below it finishes its
 * requests. Those of them in other groups get the signal then.
 */
#include "run/parts.h"

#define DRAIN_MS    1     /* between two looks */
#define DRAIN_LOOKS 300   /* then it is asked in any case */
#define PATIENCE_MS 10000 /* after SIGKILL; then it is in the kernel's hands (state D) */

/* By name: the numbers are the platform's. */
static int signal_kill(void)
{
    return signal_number("KILL");
}

static void kill_all(struct generation *generation)
{
    generation->killing = true;
    timer_start(generation->timer, PATIENCE_MS);
    process_kill(generation->process);
}

/* The first step of the ladder. */
static void signal_end(struct generation *generation)
{
    timer_start(generation->timer, generation->stop_timeout_ms);
    if (generation->debug_ours) {
        debugger_leave(generation);
    } else {
        debugger_hang_up(generation);
        process_signal(generation->process, generation->stop_signal);
        process_signal(generation->process,
                       signal_number("CONT")); /* one that is stopped hears nothing else */
    }
}

static bool is_to_drain(struct generation *generation)
{
    return generation->life == LIFE_READY && run_has_asked(generation->service) &&
           !generation_is_drained(generation);
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
    bool drains = is_to_drain(generation);
    life_enter(generation, drains ? LIFE_DRAINING : LIFE_STOPPING);
    generation->expected = true;
    sign_stop(generation);
    events->on_stopping(events->data, generation->number, generation->stop_signal);
    if (drains)
        timer_start(generation->timer, DRAIN_MS);
    else
        signal_end(generation);
}

void generation_drain(struct generation *generation)
{
    bool drained = !run_has_asked(generation->service) || generation_is_drained(generation);
    if (!drained && ++generation->looks < DRAIN_LOOKS) {
        timer_start(generation->timer, DRAIN_MS);
        return;
    }
    life_enter(generation, LIFE_STOPPING);
    signal_end(generation);
}

void generation_drain_ended(struct generation *generation)
{
    timer_start(generation->timer, generation->stop_timeout_ms);
    generation_sweep(generation);
}

void generation_kill(struct generation *generation)
{
    const struct service_events *events = &generation->service->events;
    if (!generation->process || generation->killing)
        return; /* it is under way, or over: on_exit is being told */
    bool first = generation->life == LIFE_STARTING || generation->life == LIFE_READY;
    if (first || generation->life == LIFE_DRAINING) {
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
    if (generation->killing) {
        if (generation->life == LIFE_STOPPING)
            generation->status = (struct exit_status){.signalled = true, .signal = signal_kill()};
        generation_finish(generation);
        return;
    }
    kill_all(generation);
    events->on_killed(events->data, generation->number);
}

void generation_crashed(struct generation *generation)
{
    sign_stop(generation);
    kill_all(generation);
    generation_sweep(generation);
}

/* The timer goes on. Those in other groups are asked now: they may have ended with their leader, by
   its own doing, and twice would be once too often. */
void generation_sweep(struct generation *generation)
{
    life_enter(generation, LIFE_SWEEPING);
    if (!generation->killing)
        process_signal(generation->process, generation->stop_signal);
}

void generation_finish(struct generation *generation)
{
    timer_stop(generation->timer);
    debugger_free(generation);
    run_close_streams(generation, true);
    process_free(generation->process);
    generation->process = NULL;
    run_gone(generation);
}
