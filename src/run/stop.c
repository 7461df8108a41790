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

static void kill_all(struct service *service)
{
    service->killing = true;
    service->looks = 0;
    process_signal(service->process, signal_kill());
    (void)process_signal_marked(service->mark, signal_kill());
}

void run_ask(struct service *service)
{
    if (service->stop_signal == signal_kill() || service->stop_timeout_ms == 0) {
        run_kill(service);
        return;
    }
    service->state = RUN_STOPPING;
    service->expected = true;
    service->looks = 0;
    service->kill_ns = clock_mono_ns() + service->stop_timeout_ms * CLOCK_NS_PER_MS;
    timer_start(service->timer, service->stop_timeout_ms);
    process_signal(service->process, service->stop_signal);
    process_signal(service->process,
                   signal_number("CONT")); /* one that is stopped hears nothing else */
    service->events.on_stopping(service->events.data, service->generation, service->stop_signal);
}

void run_kill(struct service *service)
{
    bool first = service->state == RUN_STARTING || service->state == RUN_READY;
    if (first) {
        timer_stop(service->timer);
        service->state = RUN_STOPPING;
        service->expected = true;
    }
    kill_all(service);
    if (first)
        service->events.on_stopping(service->events.data, service->generation, signal_kill());
}

void run_escalate(struct service *service)
{
    kill_all(service);
    service->events.on_killed(service->events.data, service->generation);
}

void run_crashed(struct service *service)
{
    service->killing = true;
    service->looks = 0;
    run_sweep(service);
}

static void decide(struct service *service)
{
    struct policy_decision decision;
    uint64_t now_ns = clock_mono_ns();
    struct policy_end end = {.status = service->status,
                             .lived_ms = (now_ns - service->started_ns) / CLOCK_NS_PER_MS,
                             .ready = service->ready_ns != 0};
    policy_ended(&service->policy, &service->rules, &end, now_ns, &decision);
    service->state = RUN_DOWN;
    if (decision.retry) {
        service->state = RUN_BACKOFF;
        timer_start(service->timer, decision.delay_ms);
    }
    service->events.on_crash(service->events.data, decision.retry, decision.delay_ms, decision.why);
}

/* Nothing of the generation is left. The callbacks may start or stop: on_exit still finds the state
   SWEEPING, in which both only say what is next. */
static void finish(struct service *service)
{
    timer_stop(service->timer);
    process_signal(service->process, signal_kill()); /* those of the group that dropped the mark */
    run_close_streams(service, true);
    process_free(service->process);
    service->process = NULL;
    service->events.on_exit(service->events.data, service->generation, service->status,
                            service->expected);
    switch (service->next) {
    case NEXT_START:
        run_launch_waiting(service);
        break;
    case NEXT_STOPPED:
        service->state = RUN_DOWN;
        request_fini(&service->waiting);
        service->events.on_stopped(service->events.data);
        break;
    case NEXT_POLICY:
        decide(service);
        break;
    }
}

/* One round of the sweep. */
void run_sweep(struct service *service)
{
    service->state = RUN_SWEEPING;
    if (!service->killing && clock_mono_ns() >= service->kill_ns) {
        run_escalate(service);
    } else if (service->killing) {
        process_signal(service->process, signal_kill());
    }
    /* Signal 0 reaches nobody, and counts. */
    int left = process_signal_marked(service->mark, service->killing ? signal_kill() : 0);
    service->looks++;
    if (left == 0 || (service->killing && service->looks >= SWEEP_ROUNDS_MAX))
        finish(service);
    else if (service->killing)
        timer_start(service->timer, service->looks < 10 ? 2 : 10);
    else
        timer_start(service->timer, service->looks < 10 ? service->looks * 5 : 50);
}
