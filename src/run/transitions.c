/*
 * The names of the states and events, and who hears of a transition.
 *
 * Each event that has a cell in its table is told: with every state that it leads to, or with the
 * state it leaves things in.
 */
#include "run/parts.h"

static const char *const STATE_NAMES[RUN_STATES] = {
    [RUN_DOWN] = "DOWN",         [RUN_STARTING] = "STARTING", [RUN_READY] = "READY",
    [RUN_BESIDE] = "BESIDE",     [RUN_HANDING] = "HANDING",   [RUN_REPLACING] = "REPLACING",
    [RUN_DROPPING] = "DROPPING", [RUN_YIELDING] = "YIELDING", [RUN_STOPPING] = "STOPPING",
    [RUN_BACKOFF] = "BACKOFF",   [RUN_BLOCKED] = "BLOCKED",
};

static const char *const EVENT_NAMES[RUN_EVENTS] = {
    [RUN_START] = "START", [RUN_STOP] = "STOP",           [RUN_KILL] = "KILL",
    [RUN_TIMER] = "TIMER", [RUN_IS_READY] = "IS_READY",   [RUN_CONFLICT] = "CONFLICT",
    [RUN_LATE] = "LATE",   [RUN_MAIN_GONE] = "MAIN_GONE", [RUN_NEXT_GONE] = "NEXT_GONE",
    [RUN_LEFT] = "LEFT",
};

static const char *const LIFE_NAMES[LIVES] = {
    [LIFE_STARTING] = "STARTING", [LIFE_READY] = "READY",       [LIFE_DRAINING] = "DRAINING",
    [LIFE_STOPPING] = "STOPPING", [LIFE_SWEEPING] = "SWEEPING",
};

static const char *const LIFE_EVENT_NAMES[LIFE_EVENTS] = {
    [LIFE_ASK] = "ASK",   [LIFE_KILL] = "KILL",       [LIFE_TIMER] = "TIMER", [LIFE_EXIT] = "EXIT",
    [LIFE_GONE] = "GONE", [LIFE_LISTENS] = "LISTENS", [LIFE_GOOD] = "GOOD",
};

const char *run_state_name(enum run_state state)
{
    return STATE_NAMES[state];
}

const char *run_event_name(enum run_event event)
{
    return EVENT_NAMES[event];
}

const char *life_name(enum life life)
{
    return LIFE_NAMES[life];
}

const char *life_event_name(enum life_event event)
{
    return LIFE_EVENT_NAMES[event];
}

/* --- the service --- */

static void tell_run(struct service *service, enum run_state from, enum run_state to)
{
    const struct service_transition transition = {.generation = service->shown,
                                                  .from = STATE_NAMES[from],
                                                  .event = EVENT_NAMES[service->event],
                                                  .to = STATE_NAMES[to]};
    service->steps++;
    service->events.on_transition(service->events.data, &transition);
}

void run_enter(struct service *service, enum run_state state)
{
    enum run_state from = service->state;
    service->state = state;
    tell_run(service, from, state);
}

void run_stay(struct service *service)
{
    tell_run(service, service->state, service->state);
}

/* --- a generation --- */

static void tell_life(const struct generation *generation, const char *to)
{
    struct service *service = generation->service;
    const struct service_transition transition = {.one = true,
                                                  .generation = generation->number,
                                                  .from = LIFE_NAMES[generation->life],
                                                  .event = LIFE_EVENT_NAMES[generation->event],
                                                  .to = to};
    service->life_steps++;
    service->events.on_transition(service->events.data, &transition);
}

void life_enter(struct generation *generation, enum life life)
{
    tell_life(generation, LIFE_NAMES[life]);
    generation->life = life;
    if (life == LIFE_DRAINING || life == LIFE_STOPPING || life == LIFE_SWEEPING)
        handoff_child_leave(generation->handoff);
}

void life_stay(const struct generation *generation)
{
    tell_life(generation, LIFE_NAMES[generation->life]);
}

void life_gone(const struct generation *generation)
{
    tell_life(generation, "GONE");
}
