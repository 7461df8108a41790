/* The service: what an event leads to. The table is drawn in docs/generations.md. */
#include "base/clock.h"
#include "run/parts.h"

#define HANDED_LOOK_MS 20

/* --- all generations --- */

static void to_all(struct service *service, enum life_event event)
{
    struct generation *const both[] = {service->next, service->main};
    for (int i = 0; i < 2; i++) {
        if (both[i]) {
            life_dispatch(both[i], event);
            /* In a bind that waits it could not even hear the signal. */
            handoff_child_let(both[i]->handoff);
        }
    }
    for (struct generation *one = service->leaving; one; one = one->older)
        life_dispatch(one, event);
}

/* Where nobody is in between, what no generation listens on any more is closed. */
static void drop_unused(struct service *service)
{
    if (!service->leaving)
        handoff_drop_unused(service->handoff);
}

/* What main waits for is free once the older ones have gone. */
static void let_main(struct service *service)
{
    if (!service->leaving && service->main)
        handoff_child_let(service->main->handoff);
}

static void left(struct service *service)
{
    let_main(service);
    if (service->state != RUN_STARTING)
        drop_unused(service);
}

/* --- starting --- */

static void take_waiting(struct service *service)
{
    request_fini(&service->current);
    service->current = service->waiting;
    service->waiting = (struct request){0};
    if (service->current.reset)
        policy_reset(&service->policy);
}

static void launch(struct service *service)
{
    timer_stop(service->timer);
    if (generation_start(service, false))
        run_tell_refused(service);
    else
        drop_unused(service);
}

static void launch_waiting(struct service *service)
{
    take_waiting(service);
    launch(service);
}

static void launch_beside(struct service *service)
{
    take_waiting(service);
    if (generation_start(service, true))
        run_tell_refused(service);
}

static void one_less(struct service *service);

/* Stops all, and then comes what is said. */
static void ask_all(struct service *service, enum run_after after)
{
    service->state = RUN_STOPPING;
    service->after = after;
    timer_stop(service->timer);
    to_all(service, LIFE_ASK);
    one_less(service);
}

static void ask_for_start(struct service *service)
{
    ask_all(service, AFTER_START);
}

static void start_ready(struct service *service)
{
    if (run_can_overlap(service))
        launch_beside(service);
    else
        ask_for_start(service);
}

/* A newer one than the one that starts beside main. */
static void replace_next(struct service *service)
{
    service->state = RUN_REPLACING;
    life_dispatch(service->next, LIFE_ASK);
}

static void queue_start(struct service *service)
{
    service->after = AFTER_START;
}

/* --- stopping --- */

static void ask_for_stop(struct service *service)
{
    ask_all(service, AFTER_STOPPED);
}

static void kill_for_stop(struct service *service)
{
    service->state = RUN_STOPPING;
    service->after = AFTER_STOPPED;
    timer_stop(service->timer);
    to_all(service, LIFE_KILL);
    one_less(service);
}

/* They end already: nothing is to come after them. */
static void want_stop(struct service *service)
{
    service->after = AFTER_STOPPED;
}

static void stopped(struct service *service)
{
    service->state = RUN_DOWN;
    request_fini(&service->waiting);
    drop_unused(service);
    service->events.on_stopped(service->events.data);
}

/* --- ready --- */

static void tell_ready(struct service *service)
{
    timer_stop(service->timer);
    service->state = RUN_READY;
    service->shown = service->main->number;
    service->listeners = service->main->listeners;
    drop_unused(service);
    run_tell_refused(service);
    service->events.on_ready(service->events.data, service->main->number, &service->listeners);
}

/* Until the older ones have closed their listeners, a request may still be answered by them: what
   is new is said to be served when nothing else can come. */
static void look_whether_handed(struct service *service)
{
    bool handed = true;
    for (struct generation *one = service->leaving; one && handed; one = one->older)
        handed = generation_lets_go(one);
    if (handed) {
        tell_ready(service);
    } else {
        service->looks++;
        timer_start(service->timer, service->looks < 10 ? service->looks : HANDED_LOOK_MS);
    }
}

/* The new one listens: it is main from now on, and the one before leaves. */
static void promote(struct service *service)
{
    struct generation *old = service->main;
    service->main = service->next;
    service->next = NULL;
    service->shown = service->main->number;
    old->older = service->leaving;
    service->leaving = old;
    service->state = RUN_HANDING;
    service->looks = 0;
    timer_start(service->timer, 1);
    life_dispatch(old, LIFE_ASK);
}

static void left_handing(struct service *service)
{
    let_main(service);
    look_whether_handed(service);
}

static void yield(struct service *service)
{
    service->state = RUN_YIELDING;
    life_dispatch(service->main, LIFE_ASK);
}

/* --- gone --- */

/* main has ended by itself. */
static void decide(struct service *service)
{
    struct policy_decision decision;
    uint64_t now_ns = clock_mono_ns();
    service->state = RUN_DOWN;
    if (service->deferred != RUN_NOTHING)
        return; /* what was asked for meanwhile comes instead */
    policy_ended(&service->policy, &service->end_rules, &service->end, now_ns, &decision);
    if (decision.retry) {
        service->state = RUN_BACKOFF; /* connections wait as well */
        timer_start(service->timer, decision.delay_ms);
    } else {
        drop_unused(service);
    }
    service->events.on_crash(service->events.data, decision.retry, decision.delay_ms, decision.why);
}

/* One of those that are being stopped has gone. */
static void one_less(struct service *service)
{
    if (service->main || service->next || service->leaving)
        return;
    switch (service->after) {
    case AFTER_START:
        launch_waiting(service);
        break;
    case AFTER_STOPPED:
        stopped(service);
        break;
    case AFTER_POLICY:
        decide(service);
        break;
    }
}

/* The one that starts has nothing beside it any more; what it waits for is free. */
static void next_is_main(struct service *service)
{
    service->main = service->next;
    service->next = NULL;
    service->state = RUN_STARTING;
    service->shown = service->main->number;
    service->listeners = (struct listeners){0};
    let_main(service);
    generation_look_first(service->main);
}

/* main ended by itself while the one beside it was being replaced: the newer one comes alone. */
static void wait_for_next(struct service *service)
{
    service->state = RUN_STOPPING;
    service->after = AFTER_START;
}

static void keep_main(struct service *service)
{
    service->state = RUN_READY;
    drop_unused(service);
    service->events.on_kept(service->events.data, service->main->number);
}

static void next_failed_yielding(struct service *service)
{
    service->state = RUN_STOPPING;
    service->after = AFTER_POLICY;
}

typedef void action_fn(struct service *service);

static action_fn *const ACTIONS[RUN_STATES][RUN_EVENTS] = {
    [RUN_DOWN] = {[RUN_START] = launch_waiting,
                  [RUN_STOP] = ask_for_stop,
                  [RUN_KILL] = kill_for_stop,
                  [RUN_LEFT] = left},
    [RUN_STARTING] = {[RUN_START] = ask_for_start,
                      [RUN_STOP] = ask_for_stop,
                      [RUN_KILL] = kill_for_stop,
                      [RUN_IS_READY] = tell_ready,
                      [RUN_MAIN_GONE] = decide,
                      [RUN_LEFT] = left},
    [RUN_READY] = {[RUN_START] = start_ready,
                   [RUN_STOP] = ask_for_stop,
                   [RUN_KILL] = kill_for_stop,
                   [RUN_MAIN_GONE] = decide,
                   [RUN_LEFT] = left},
    [RUN_BESIDE] = {[RUN_START] = replace_next,
                    [RUN_STOP] = ask_for_stop,
                    [RUN_KILL] = kill_for_stop,
                    [RUN_IS_READY] = promote,
                    [RUN_CONFLICT] = yield,
                    [RUN_MAIN_GONE] = next_is_main,
                    [RUN_NEXT_GONE] = keep_main},
    [RUN_HANDING] = {[RUN_START] = start_ready,
                     [RUN_STOP] = ask_for_stop,
                     [RUN_KILL] = kill_for_stop,
                     [RUN_TIMER] = look_whether_handed,
                     [RUN_MAIN_GONE] = decide,
                     [RUN_LEFT] = left_handing},
    [RUN_REPLACING] = {[RUN_STOP] = ask_for_stop,
                       [RUN_KILL] = kill_for_stop,
                       [RUN_MAIN_GONE] = wait_for_next,
                       [RUN_NEXT_GONE] = launch_beside},
    [RUN_YIELDING] = {[RUN_START] = ask_for_start,
                      [RUN_STOP] = ask_for_stop,
                      [RUN_KILL] = kill_for_stop,
                      [RUN_IS_READY] = promote,
                      [RUN_MAIN_GONE] = next_is_main,
                      [RUN_NEXT_GONE] = next_failed_yielding},
    [RUN_STOPPING] = {[RUN_START] = queue_start,
                      [RUN_STOP] = want_stop,
                      [RUN_KILL] = kill_for_stop,
                      [RUN_MAIN_GONE] = one_less,
                      [RUN_NEXT_GONE] = one_less,
                      [RUN_LEFT] = one_less},
    [RUN_BACKOFF] = {[RUN_START] = launch_waiting,
                     [RUN_STOP] = ask_for_stop,
                     [RUN_KILL] = kill_for_stop,
                     [RUN_TIMER] = launch,
                     [RUN_LEFT] = left},
};

void run_dispatch(struct service *service, enum run_event event)
{
    action_fn *action = ACTIONS[service->state][event];
    /* While on_exit is being told, the state is that of before. Where all are being stopped anyway
       a start or a stop only says what is next. */
    if (service->telling && service->state != RUN_STOPPING)
        service->deferred = event;
    else if (action)
        action(service);
}

/* Takes the generation out of the service: what has gone. */
static enum run_event take_out(struct service *service, struct generation *generation)
{
    if (generation == service->main) {
        service->main = NULL;
        return RUN_MAIN_GONE;
    }
    if (generation == service->next) {
        service->next = NULL;
        return RUN_NEXT_GONE;
    }
    struct generation **at = &service->leaving;
    while (*at != generation)
        at = &(*at)->older;
    *at = generation->older;
    return RUN_LEFT;
}

void run_gone(struct generation *generation)
{
    struct service *service = generation->service;
    uint64_t now_ns = clock_mono_ns();
    if (!generation->expected) {
        service->end =
            (struct policy_end){.status = generation->status,
                                .lived_ms = (now_ns - generation->started_ns) / CLOCK_NS_PER_MS,
                                .ready = generation->ready_ns != 0};
        service->end_rules = generation->rules;
    }
    service->telling = true;
    service->events.on_exit(service->events.data, generation->number, generation->status,
                            generation->expected);
    service->telling = false;
    enum run_event event = take_out(service, generation);
    pass_end(generation);
    generation_free(generation);
    run_dispatch(service, event);
    enum run_event deferred = service->deferred;
    service->deferred = RUN_NOTHING;
    if (deferred != RUN_NOTHING)
        run_dispatch(service, deferred);
}
