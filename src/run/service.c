#include "run/service.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "run/parts.h"

/* --- what an event leads to --- */

static void launch_waiting(struct service *service)
{
    timer_stop(service->timer);
    run_launch_waiting(service);
}

static void ask_for_start(struct service *service)
{
    service->next = NEXT_START;
    run_ask(service);
}

static void queue_start(struct service *service)
{
    service->next = NEXT_START;
}

static void ask_for_stop(struct service *service)
{
    service->next = NEXT_STOPPED;
    run_ask(service);
}

static void kill_for_stop(struct service *service)
{
    service->next = NEXT_STOPPED;
    run_kill(service);
}

/* It ends already: nothing is to come after it. */
static void want_stop(struct service *service)
{
    service->next = NEXT_STOPPED;
}

static void stopped(struct service *service)
{
    timer_stop(service->timer);
    service->state = RUN_DOWN;
    service->events.on_stopped(service->events.data);
}

typedef void action_fn(struct service *service);

static action_fn *const ACTIONS[RUN_STATES][RUN_EVENTS] = {
    [RUN_DOWN] = {[RUN_START] = launch_waiting, [RUN_STOP] = stopped, [RUN_KILL] = stopped},
    [RUN_STARTING] = {[RUN_START] = ask_for_start,
                      [RUN_STOP] = ask_for_stop,
                      [RUN_KILL] = kill_for_stop,
                      [RUN_TIMER] = run_look,
                      [RUN_EXIT] = run_crashed},
    [RUN_READY] = {[RUN_START] = ask_for_start,
                   [RUN_STOP] = ask_for_stop,
                   [RUN_KILL] = kill_for_stop,
                   [RUN_EXIT] = run_crashed},
    [RUN_STOPPING] = {[RUN_START] = queue_start,
                      [RUN_STOP] = want_stop,
                      [RUN_KILL] = kill_for_stop,
                      [RUN_TIMER] = run_escalate,
                      [RUN_EXIT] = run_sweep},
    [RUN_SWEEPING] = {[RUN_START] = queue_start,
                      [RUN_STOP] = want_stop,
                      [RUN_KILL] = kill_for_stop,
                      [RUN_TIMER] = run_sweep},
    [RUN_BACKOFF] = {[RUN_START] = launch_waiting,
                     [RUN_STOP] = stopped,
                     [RUN_KILL] = stopped,
                     [RUN_TIMER] = run_launch},
};

void run_dispatch(struct service *service, enum run_event event)
{
    action_fn *action = ACTIONS[service->state][event];
    if (action)
        action(service);
}

/* --- the public face --- */

static void timer_fired(void *data)
{
    run_dispatch(data, RUN_TIMER);
}

struct service *service_new(struct loop *loop, const struct service_events *events)
{
    struct service *service = mem_new(1, sizeof *service);
    service->loop = loop;
    service->events = *events;
    service->timer = timer_new(loop, timer_fired, service);
    service->out.fd = service->err_out.fd = service->in.fd = -1;
    buf_init(&service->input, SERVICE_INPUT_MAX);
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
    buf_fini(&service->input);
    free(service->chunk);
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
    if (service->process)
        process_signal(service->process, signal);
}

const char *service_state_name(enum service_state state)
{
    static const char *const names[] = {
        [SERVICE_DOWN] = "down",         [SERVICE_STARTING] = "starting", [SERVICE_READY] = "ready",
        [SERVICE_STOPPING] = "stopping", [SERVICE_BACKOFF] = "backoff",
    };
    return names[state];
}

enum service_state service_state(const struct service *service)
{
    static const enum service_state shown[RUN_STATES] = {
        [RUN_DOWN] = SERVICE_DOWN,         [RUN_STARTING] = SERVICE_STARTING,
        [RUN_READY] = SERVICE_READY,       [RUN_STOPPING] = SERVICE_STOPPING,
        [RUN_SWEEPING] = SERVICE_STOPPING, [RUN_BACKOFF] = SERVICE_BACKOFF,
    };
    return shown[service->state];
}

uint64_t service_generation(const struct service *service)
{
    return service->generation;
}

int service_pid(const struct service *service)
{
    return service->process && process_running(service->process) ? process_pid(service->process)
                                                                 : 0;
}

const struct listeners *service_listeners(const struct service *service)
{
    return &service->listeners;
}
