/* From old to new: the connections first, then the old one. */
#include "run/parts.h"

/* A server knows of a connection a moment after its accept(2): 4 looks are 7 ms. */
#define DRAIN_LOOKS_MIN 3
#define DRAIN_LOOKS_MAX 100

bool run_is_drained(const struct service *service)
{
    bool drained = service->looks > DRAIN_LOOKS_MIN;
    for (struct generation *one = service->leaving; one && drained; one = one->older)
        drained = handoff_child_drained(one->handoff);
    return drained || service->looks > DRAIN_LOOKS_MAX;
}

void run_ask_leaving(struct service *service)
{
    for (struct generation *one = service->leaving; one; one = one->older)
        life_dispatch(one, LIFE_ASK);
}

bool run_is_handed(const struct service *service)
{
    bool handed = true;
    for (struct generation *one = service->leaving; one && handed; one = one->older)
        handed = service->asked && generation_lets_go(one);
    return handed;
}
