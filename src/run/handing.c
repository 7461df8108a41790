/* From old to new: the connections first, then the old one. */
#include "run/parts.h"

#define DRAIN_LOOKS_MAX 60 /* about a second: it is asked then in any case */

/* Has it accepted all that it gets, and taken note of it? A server knows of a connection a moment
   after its accept(2) only, and the thread that does it may have lost its processor in between: so
   each thread that was in the middle of something when the queue was empty has to get on. */
static bool is_drained(struct generation *generation)
{
    if (!generation->process)
        return true;
    if (!generation->threads && handoff_child_drained(generation->handoff))
        generation->threads = threads_begin(process_root(generation->process));
    return generation->threads && threads_passed(generation->threads);
}

bool run_is_drained(const struct service *service)
{
    bool drained = true;
    for (struct generation *one = service->leaving; one; one = one->older)
        drained = is_drained(one) && drained;
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
