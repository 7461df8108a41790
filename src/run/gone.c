/* Nothing is left of a generation: it is told, and the service goes on without it. */
#include "base/clock.h"
#include "run/parts.h"

static uint64_t span_ms(const struct generation *generation)
{
    return (generation->listen_last_ns - generation->listen_first_ns) / CLOCK_NS_PER_MS;
}

uint64_t run_span_ms(const struct service *service)
{
    /* One alone is compared with the one before it. */
    return service->main && service->next ? span_ms(service->main) : service->span_ms;
}

/* Takes the generation out of the service: what has gone. */
static enum run_event take_out(struct service *service, struct generation *generation)
{
    if (generation == service->main) {
        service->main = NULL;
        if (generation->ready_ns)
            service->span_ms = span_ms(generation);
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
    service->wanted_port = handoff_child_unheard_port(generation->handoff);
    if (!service->wanted_port && !generation->ready_ns)
        service->wanted_port = service->last_port;
    service->taken_port = 0;
    service->telling = true;
    service->events.on_exit(service->events.data, generation->number, generation->status,
                            generation->expected);
    service->telling = false;
    enum run_event event = take_out(service, generation);
    life_gone(generation);
    pass_end(generation);
    generation_free(generation);
    run_dispatch(service, event);
    enum run_event deferred = service->deferred;
    service->deferred = RUN_NOTHING;
    if (deferred != RUN_NOTHING)
        run_dispatch(service, deferred);
}
