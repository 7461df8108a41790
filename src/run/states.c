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

void run_launch(struct service *service)
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
    run_launch(service);
}

static void launch_beside(struct service *service)
{
    take_waiting(service);
    if (generation_start(service, true))
        run_tell_refused(service);
}

static void follow(struct service *service);

/* Stops all, and then comes what is said. */
static void end_all(struct service *service, enum life_event event, enum run_after after)
{
    service->after = after;
    timer_stop(service->timer);
    if (service->main || service->next || service->leaving) {
        run_enter(service, RUN_STOPPING);
        to_all(service, event);
    } else {
        follow(service);
    }
}

static void ask_for_start(struct service *service)
{
    end_all(service, LIFE_ASK, AFTER_START);
}

static void start_ready(struct service *service)
{
    run_ask_leaving(service);
    if (run_can_overlap(service))
        launch_beside(service);
    else
        ask_for_start(service);
}

/* A newer one than the one that starts beside main. */
static void replace_next(struct service *service)
{
    run_enter(service, RUN_REPLACING);
    life_dispatch(service->next, LIFE_ASK);
}

static void queue_start(struct service *service)
{
    service->after = AFTER_START;
}

/* --- stopping --- */

static void ask_for_stop(struct service *service)
{
    end_all(service, LIFE_ASK, AFTER_STOPPED);
}

static void kill_for_stop(struct service *service)
{
    end_all(service, LIFE_KILL, AFTER_STOPPED);
}

/* They end already: nothing is to come after them. */
static void want_stop(struct service *service)
{
    service->after = AFTER_STOPPED;
}

static void stopped(struct service *service)
{
    run_enter(service, RUN_DOWN);
    request_fini(&service->waiting);
    drop_unused(service);
    service->events.on_stopped(service->events.data);
}

/* --- ready --- */

static void tell_ready(struct service *service)
{
    timer_stop(service->timer);
    run_enter(service, RUN_READY);
    service->shown = service->main->number;
    service->listeners = service->main->listeners;
    if (service->listeners.tcp_len > 0)
        service->last_port = service->listeners.tcp_ports[0];
    drop_unused(service);
    run_tell_refused(service);
    service->events.on_ready(service->events.data, service->main->number, &service->listeners);
}

/* First the older ones accept what is in their queues still, and then they are asked to stop. Until
   they have closed their listeners, a request may still be answered by them: what is new is said to
   be served when nothing else can come. */
static void look_whether_handed(struct service *service)
{
    service->looks++;
    if (!service->asked && run_is_drained(service)) {
        service->asked = true;
        service->looks = 0;
        run_ask_leaving(service);
    }
    if (run_is_handed(service))
        tell_ready(service);
    else
        timer_start(service->timer, service->looks < 10 ? service->looks : HANDED_LOOK_MS);
}

/* The new one listens: it is main from now on and gets the connections, and the one before leaves.
 */
static void promote(struct service *service)
{
    struct generation *old = service->main;
    service->main = service->next;
    service->next = NULL;
    service->shown = service->main->number;
    old->older = service->leaving;
    service->leaving = old;
    run_enter(service, RUN_HANDING);
    service->looks = 0;
    service->asked = old->life != LIFE_READY;
    handoff_child_take(service->main->handoff);
    timer_start(service->timer, 1);
}

static void left_handing(struct service *service)
{
    let_main(service);
    look_whether_handed(service);
}

static void yield(struct service *service)
{
    run_enter(service, RUN_YIELDING);
    life_dispatch(service->main, LIFE_ASK);
}

/* What was chosen as the sign has not come: the one that serves goes on. */
static void drop_next(struct service *service)
{
    struct generation *next = service->next;
    struct buf words = BUF_INIT(512);
    struct err err;
    char time[CLOCK_WALL_BYTES];
    clock_format_duration(next->ready_timeout_ms * CLOCK_NS_PER_MS, time);
    sign_words(next, &words);
    err_set(&err, ERR_APP, "the new version is not ready after %s: %s", time, buf_text(&words));
    err_hint(&err, "see [run] ready_path, ready_log and ready_timeout");
    buf_fini(&words);
    run_enter(service, RUN_DROPPING);
    life_dispatch(next, LIFE_ASK);
    service->events.on_failed(service->events.data, &err);
}

/* --- gone --- */

/* main has ended by itself. */
static void decide(struct service *service)
{
    struct policy_decision decision;
    uint64_t now_ns = clock_mono_ns();
    run_ask_leaving(service);
    if (service->deferred != RUN_NOTHING) {
        run_enter(service, RUN_DOWN);
        return; /* what was asked for meanwhile comes instead */
    }
    if (run_is_blocked(service)) {
        drop_unused(service);
        run_block(service);
        return;
    }
    policy_ended(&service->policy, &service->end_rules, &service->end, now_ns, &decision);
    run_enter(service, decision.retry ? RUN_BACKOFF : RUN_DOWN);
    if (decision.retry)
        timer_start(service->timer, decision.delay_ms); /* connections wait as well */
    else
        drop_unused(service);
    service->events.on_crash(service->events.data, decision.retry, decision.delay_ms, decision.why);
}

/* Nothing is left. */
static void follow(struct service *service)
{
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

/* One of those that are being stopped has gone. */
static void one_less(struct service *service)
{
    if (!service->main && !service->next && !service->leaving)
        follow(service);
}

/* The one that starts has nothing beside it any more; what it waits for is free. */
static void next_is_main(struct service *service)
{
    service->main = service->next;
    service->next = NULL;
    run_enter(service, RUN_STARTING);
    service->shown = service->main->number;
    service->listeners = (struct listeners){0};
    let_main(service);
    generation_look_first(service->main);
}

/* main ended by itself while the one beside it was being replaced: the newer one comes alone. */
static void wait_for_next(struct service *service)
{
    run_enter(service, RUN_STOPPING);
    service->after = AFTER_START;
}

static void keep_main(struct service *service)
{
    if (service->state == RUN_BESIDE)
        run_tell_lock(service);
    run_enter(service, RUN_READY);
    drop_unused(service);
    service->events.on_kept(service->events.data, service->main->number);
}

/* One of the two has failed, and the other one is on its way out. */
static void decide_when_gone(struct service *service)
{
    run_enter(service, RUN_STOPPING);
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
                    [RUN_LATE] = drop_next,
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
    [RUN_DROPPING] = {[RUN_START] = replace_next,
                      [RUN_STOP] = ask_for_stop,
                      [RUN_KILL] = kill_for_stop,
                      [RUN_MAIN_GONE] = decide_when_gone,
                      [RUN_NEXT_GONE] = keep_main},
    [RUN_YIELDING] = {[RUN_START] = ask_for_start,
                      [RUN_STOP] = ask_for_stop,
                      [RUN_KILL] = kill_for_stop,
                      [RUN_IS_READY] = promote,
                      [RUN_MAIN_GONE] = next_is_main,
                      [RUN_NEXT_GONE] = decide_when_gone},
    [RUN_STOPPING] = {[RUN_START] = queue_start,
                      [RUN_STOP] = want_stop,
                      [RUN_KILL] = kill_for_stop,
                      [RUN_MAIN_GONE] = one_less,
                      [RUN_NEXT_GONE] = one_less,
                      [RUN_LEFT] = one_less},
    [RUN_BACKOFF] = {[RUN_START] = launch_waiting,
                     [RUN_STOP] = ask_for_stop,
                     [RUN_KILL] = kill_for_stop,
                     [RUN_TIMER] = run_launch,
                     [RUN_LEFT] = left},
    [RUN_BLOCKED] = {[RUN_START] = launch_waiting,
                     [RUN_STOP] = ask_for_stop,
                     [RUN_KILL] = kill_for_stop,
                     [RUN_TIMER] = run_look_at_port,
                     [RUN_LEFT] = left},
};

static void act(struct service *service, action_fn *action, enum run_event event)
{
    enum run_event outer = service->event;
    uint64_t steps = service->steps;
    service->event = event;
    action(service);
    if (service->steps == steps)
        run_stay(service);
    service->event = outer;
}

void run_dispatch(struct service *service, enum run_event event)
{
    action_fn *action = ACTIONS[service->state][event];
    /* While on_exit is being told, the state is that of before. Where all are being stopped anyway
       a start or a stop only says what is next. */
    if (service->telling && service->state != RUN_STOPPING)
        service->deferred = event;
    else if (action)
        act(service, action, event);
}

bool run_handles(enum run_state state, enum run_event event)
{
    return ACTIONS[state][event] != NULL;
}
