/* The life of one generation: what an event leads to. The table is drawn in docs/generations.md. */
#include "run/parts.h"

typedef void life_fn(struct generation *generation);

static life_fn *const ACTIONS[LIVES][LIFE_EVENTS] = {
    [LIFE_STARTING] = {[LIFE_ASK] = generation_ask,
                       [LIFE_KILL] = generation_kill,
                       [LIFE_TIMER] = generation_look,
                       [LIFE_EXIT] = generation_crashed,
                       [LIFE_LISTENS] = generation_listens,
                       [LIFE_GOOD] = generation_good},
    [LIFE_READY] = {[LIFE_ASK] = generation_ask,
                    [LIFE_KILL] = generation_kill,
                    [LIFE_EXIT] = generation_crashed},
    [LIFE_DRAINING] = {[LIFE_KILL] = generation_kill,
                       [LIFE_TIMER] = generation_drain,
                       [LIFE_EXIT] = generation_drain_ended},
    [LIFE_STOPPING] = {[LIFE_KILL] = generation_kill,
                       [LIFE_TIMER] = generation_escalate,
                       [LIFE_EXIT] = generation_sweep},
    [LIFE_SWEEPING] = {[LIFE_KILL] = generation_kill,
                       [LIFE_TIMER] = generation_escalate,
                       [LIFE_GONE] = generation_finish},
};

void life_dispatch(struct generation *generation, enum life_event event)
{
    life_fn *action = ACTIONS[generation->life][event];
    struct service *service = generation->service;
    if (!action)
        return;
    uint64_t steps = service->life_steps;
    generation->event = event;
    action(generation);
    /* It was told of where it has gone or changed. */
    if (service->life_steps == steps)
        life_stay(generation);
}

bool life_handles(enum life life, enum life_event event)
{
    return ACTIONS[life][event] != NULL;
}
