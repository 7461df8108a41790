/*
 * When a generation serves: it is looked at a few times after its start, soon at first and then at
 * a quarter of its age, so that the answer is never late by more than that. Once it is ready there
 * are no more looks: an app that serves costs nothing.
 */
#include "base/clock.h"
#include "run/parts.h"

#define LOOK_FIRST_MS 5
#define LOOK_MOST_MS  100
#define LOOK_WIDE     8 /* each so many looks also for daemons that left the tree, which costs more */
#define SILENT_MS     300

void run_look_first(struct service *service)
{
    service->looks = 0;
    timer_start(service->timer, LOOK_FIRST_MS);
}

static uint64_t age_ms(const struct service *service)
{
    return (clock_mono_ns() - service->started_ns) / CLOCK_NS_PER_MS;
}

static bool listens(struct service *service, bool wide)
{
    struct listeners *found = &service->listeners;
    process_listeners_below(process_pid(service->process), found);
    if (wide && found->tcp_len == 0 && found->unix_len == 0)
        process_listeners(service->mark, found);
    return found->tcp_len > 0 || found->unix_len > 0;
}

void run_look(struct service *service)
{
    uint64_t limit_ms = service->habit == HABIT_SILENT ? SILENT_MS : service->ready_timeout_ms;
    uint64_t age = age_ms(service);
    bool late = age >= limit_ms;
    if (listens(service, late || ++service->looks % LOOK_WIDE == 0)) {
        service->habit = HABIT_LISTENS;
    } else if (late) {
        service->habit = HABIT_SILENT;
    } else {
        uint64_t delay_ms = age / 4;
        if (delay_ms < LOOK_FIRST_MS)
            delay_ms = LOOK_FIRST_MS;
        if (delay_ms > LOOK_MOST_MS)
            delay_ms = LOOK_MOST_MS;
        if (delay_ms > limit_ms - age)
            delay_ms = limit_ms - age;
        timer_start(service->timer, delay_ms);
        return;
    }
    service->state = RUN_READY;
    service->ready_ns = clock_mono_ns();
    service->events.on_ready(service->events.data, service->generation, &service->listeners);
}
