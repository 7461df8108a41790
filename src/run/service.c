#include "run/service.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "platform/random.h"
#include "run/parts.h"

static void timer_fired(void *data)
{
    run_dispatch(data, RUN_TIMER);
}

static uint32_t by_chance(void)
{
    uint32_t number;
    random_bytes(&number, sizeof number);
    return number;
}

struct service *service_new(struct loop *loop, const struct service_events *events)
{
    struct service *service = mem_new(1, sizeof *service);
    service->loop = loop;
    service->events = *events;
    service->timer = timer_new(loop, timer_fired, service);
    service->handoff = handoff_new(loop);
    service->deferred = RUN_NOTHING;
    service->policy.random = by_chance;
    return service;
}

void service_free(struct service *service)
{
    if (!service)
        return;
    timer_free(service->timer);
    request_fini(&service->current);
    request_fini(&service->waiting);
    policy_fini(&service->policy);
    handoff_free(service->handoff);
    pass_fini(service);
    breakpoints_fini(&service->breakpoints);
    free(service->chunk);
    free(service->lock_path);
    free(service);
}

void service_start(struct service *service, const struct service_start *start)
{
    struct request *waiting = &service->waiting;
    /* Made before the old one goes: start may point into it. */
    struct request made = {.config = start->config,
                           .artifact = mem_string(start->artifact),
                           .tty = start->tty,
                           .reset = start->reset || (waiting->config && waiting->reset)};
    strs_copy(&made.env, start->env);
    request_fini(waiting);
    *waiting = made;
    run_dispatch(service, RUN_START);
}

void service_stop(struct service *service)
{
    run_dispatch(service, RUN_STOP);
}

void service_kill(struct service *service)
{
    run_dispatch(service, RUN_KILL);
}

void service_signal(struct service *service, int signal)
{
    if (service->main && service->main->debug_ours)
        service->events.on_notice(service->events.data,
                                  "no signal is sent to an app under the debugger: it would end "
                                  "the debugger");
    else if (service->main && service->main->process)
        process_signal(service->main->process, signal);
}

const char *service_state_name(enum service_state state)
{
    static const char *const names[] = {
        [SERVICE_DOWN] = "down",       [SERVICE_STARTING] = "starting",
        [SERVICE_READY] = "ready",     [SERVICE_STOPPING] = "stopping",
        [SERVICE_BACKOFF] = "backoff", [SERVICE_BLOCKED] = "blocked",
    };
    return names[state];
}

enum service_state service_state(const struct service *service)
{
    static const enum service_state shown[RUN_STATES] = {
        [RUN_DOWN] = SERVICE_DOWN,         [RUN_STARTING] = SERVICE_STARTING,
        [RUN_READY] = SERVICE_READY,       [RUN_BESIDE] = SERVICE_READY,
        [RUN_HANDING] = SERVICE_STARTING,  [RUN_REPLACING] = SERVICE_READY,
        [RUN_DROPPING] = SERVICE_READY,    [RUN_YIELDING] = SERVICE_STOPPING,
        [RUN_STOPPING] = SERVICE_STOPPING, [RUN_BACKOFF] = SERVICE_BACKOFF,
        [RUN_BLOCKED] = SERVICE_BLOCKED,
    };
    return shown[service->state];
}

uint64_t service_generation(const struct service *service)
{
    return service->shown;
}

int service_pid(const struct service *service)
{
    const struct generation *main = service->main;
    return main && main->process && process_running(main->process) ? process_pid(main->process) : 0;
}

const struct listeners *service_listeners(const struct service *service)
{
    return &service->listeners;
}
