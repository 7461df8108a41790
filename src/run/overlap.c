/* Whether the next generation may start while the one before serves, and what is said about it. */
#include <stdio.h>

#include "run/parts.h"

static void on_listen(void *data)
{
    life_dispatch(data, LIFE_LISTENS);
}

static void on_conflict(void *data, const char *what)
{
    struct generation *generation = data;
    struct service *service = generation->service;
    if (generation != service->next) {
        /* The older one is leaving already, or has gone by now. */
        if (!service->leaving)
            handoff_child_let(generation->handoff);
        return;
    }
    run_tell_apart(service, what);
    run_dispatch(service, RUN_CONFLICT);
}

struct handoff_child *run_handoff_child(struct generation *generation)
{
    struct service *service = generation->service;
    const struct handoff_events events = {
        .on_listen = on_listen, .on_conflict = on_conflict, .data = generation};
    if (!service->current.config->run.handoff || handoff_refused(service->handoff)) {
        handoff_drop_unused(service->handoff); /* nobody would take them over: the ports are free */
        return NULL;
    }
    return handoff_child_new(service->handoff, &events);
}

bool run_can_overlap(struct service *service)
{
    const struct config_run *run = &service->waiting.config->run;
    const struct generation *main = service->main;
    /* Two debuggers on one port: a client would not know whom it gets. */
    if (service->waiting.config->debug.port || main->debug_port)
        return false;
    return run->handoff && run->overlap && !service->apart && main->life == LIFE_READY &&
           handoff_child_works(main->handoff) && handoff_child_count(main->handoff) > 0;
}

void run_tell_refused(struct service *service)
{
    const char *why = handoff_refused(service->handoff);
    char text[320];
    if (!why || service->told_refused)
        return;
    service->told_refused = true;
    (void)snprintf(text, sizeof text,
                   "no hand-off of listeners: %s; the old version is stopped before the new one "
                   "starts",
                   why);
    service->events.on_notice(service->events.data, text);
}

void run_tell_apart(struct service *service, const char *what)
{
    char text[320];
    if (service->told_apart)
        return;
    service->told_apart = true;
    (void)snprintf(text, sizeof text,
                   "the old version is stopped before the new one is up: %s; connections wait "
                   "meanwhile",
                   what);
    service->events.on_notice(service->events.data, text);
}
