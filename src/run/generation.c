/* The life of one generation: what an event leads to. The table is drawn in docs/generations.md. */
#include "run/parts.h"

typedef void life_fn(struct generation *generation);

static life_fn *const ACTIONS[LIVES][LIFE_EVENTS] = {
    [LIFE_STARTING] = {[LIFE_ASK] = generation_ask,
                       [LIFE_KILL] = generation_kill,
                       [LIFE_TIMER] = generation_look,
                       [LIFE_EXIT] = generation_crashed,
                       [LIFE_LISTENS] = generation_listens},
    [LIFE_READY] = {[LIFE_ASK] = generation_ask,
                    [LIFE_KILL] = generation_kill,
                    [LIFE_EXIT] = generation_crashed},
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
    if (action)
        action(generation);
}
