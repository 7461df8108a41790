/* From old to new: the connections first, then the old one. */
#include "run/parts.h"

#define DRAIN_ROUNDS    2
#define DRAIN_LOOKS_MAX 60 /* about a second: it is asked then in any case */

bool run_has_asked(const struct service *service)
{
    const struct service_events *events = &service->events;
    return events->has_asked && events->has_asked(events->data);
}

/* A client of its own may keep a connection busy all the while; the proxy does not. */
static bool has_unread(const struct generation *generation, int root)
{
    return run_has_asked(generation->service) ? process_has_unread(root)
                                              : process_has_new_connection(root);
}

/* Has it accepted all that it gets, read from each of these connections, and taken note of it? A
   request that net/http reads after the call of Shutdown it does not answer, and of a connection it
   knows a moment after accept(2) only. The thread that does it may have lost its processor in
   between: so each thread that is in the middle of something has to get on, first those that may
   have accepted, and then, as they may have been read from meanwhile, those that may have read. */
bool generation_is_drained(struct generation *generation)
{
    if (!generation->process)
        return true;
    int root = process_root(generation->process);
    if (generation->threads && !threads_passed(generation->threads))
        return false;
    generation->rounds += generation->threads != NULL;
    threads_free(generation->threads);
    generation->threads = NULL;
    if (!handoff_child_drained(generation->handoff) || has_unread(generation, root))
        generation->rounds = 0;
    else if (generation->rounds < DRAIN_ROUNDS)
        generation->threads = threads_begin(root);
    return generation->rounds == DRAIN_ROUNDS;
}

bool run_is_drained(const struct service *service)
{
    bool drained = true;
    for (struct generation *one = service->leaving; one; one = one->older)
        drained = generation_is_drained(one) && drained;
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
