/*
 * When a generation serves.
 *
 * One that starts alone is looked at a few times after its start, soon at first and then at a
 * quarter of its age, so that the answer is never late by more than that. One whose calls come to
 * zonda (platform/handoff.h) is looked at when it says that it listens. Once it is ready there are
 * no more looks: an app that serves costs nothing.
 *
 * One that starts beside an older one is ready when it listens on all that the older one listens
 * on; until then the older one serves, so there is nothing to be looked for.
 */
#include "base/clock.h"
#include "run/parts.h"

#define LOOK_FIRST_MS 5
#define LOOK_MOST_MS  100
#define SILENT_MS     300

static bool is_beside(const struct generation *generation)
{
    return generation == generation->service->next;
}

void generation_look_first(struct generation *generation)
{
    timer_start(generation->timer,
                is_beside(generation) ? generation->ready_timeout_ms : LOOK_FIRST_MS);
}

static uint64_t age_ms(const struct generation *generation)
{
    return (clock_mono_ns() - generation->started_ns) / CLOCK_NS_PER_MS;
}

static bool listens(struct generation *generation)
{
    struct listeners *found = &generation->listeners;
    process_listeners(generation->process, found);
    return found->tcp_len > 0 || found->unix_len > 0;
}

bool generation_lets_go(struct generation *generation)
{
    return !generation->process || !listens(generation);
}

static void look_again(struct generation *generation, uint64_t age, uint64_t limit_ms)
{
    uint64_t delay_ms = age / 4;
    if (delay_ms < LOOK_FIRST_MS)
        delay_ms = LOOK_FIRST_MS;
    if (delay_ms > LOOK_MOST_MS)
        delay_ms = LOOK_MOST_MS;
    if (delay_ms > limit_ms - age)
        delay_ms = limit_ms - age;
    timer_start(generation->timer, delay_ms);
}

static void is_ready(struct generation *generation)
{
    timer_stop(generation->timer);
    generation->life = LIFE_READY;
    generation->ready_ns = clock_mono_ns();
    run_dispatch(generation->service, RUN_IS_READY);
}

void generation_look(struct generation *generation)
{
    struct service *service = generation->service;
    uint64_t limit_ms = service->habit == HABIT_SILENT ? SILENT_MS : generation->ready_timeout_ms;
    uint64_t age = age_ms(generation);
    bool beside = is_beside(generation), late = beside || age >= limit_ms;
    bool found = listens(generation);
    if (!found && !late) {
        look_again(generation, age, limit_ms);
        return;
    }
    service->habit = found ? HABIT_LISTENS : HABIT_SILENT;
    if (beside && handoff_child_count(generation->handoff) == 0) {
        /* It waits for something that the older one has, such as a lock on a file. */
        service->apart = true;
        service->habit = HABIT_LISTENS;
        run_tell_apart(service, "the new version does not listen while the old one runs");
    }
    is_ready(generation);
}

void generation_listens(struct generation *generation)
{
    if (!is_beside(generation)) {
        generation_look(generation);
        return;
    }
    if (!handoff_child_replaces(generation->handoff, generation->service->main->handoff))
        return;
    (void)listens(generation);
    is_ready(generation);
}
