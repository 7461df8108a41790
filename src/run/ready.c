/*
 * When a generation serves.
 *
 * It is looked at after its start, soon at first and then at a quarter of its age, so that what is
 * found is never late by more than that; one whose calls come to zonda (platform/handoff.h) also
 * when it says that it listens. Once it is ready there are no more looks: an app that serves costs
 * nothing.
 *
 * One that starts alone is ready when it listens. One that starts beside an older one, when it
 * listens on all that the older one listens on; or on less, where nothing has come for a while: for
 * a second, and for twice the time that the older one took from its first to its last listener, so
 * that an app which opens a port for profiles first and migrates a database then is waited for.
 * Where a sign was chosen (sign.c) that alone counts.
 */
#include "base/clock.h"
#include "run/parts.h"

#define LOOK_FIRST_MS 5
#define LOOK_MOST_MS  100
#define SILENT_MS     300
#define QUIET_MS      1000   /* without another listener */
#define DEBUGGED_MS   600000 /* one whose predecessor listened may stand at a breakpoint before */
#define LOOK_DEBUG_MS 1000   /* such a look costs more */

static bool is_beside(const struct generation *generation)
{
    return generation == generation->service->next;
}

void generation_look_first(struct generation *generation)
{
    timer_start(generation->timer, LOOK_FIRST_MS);
}

static uint64_t age_ms(const struct generation *generation)
{
    return (clock_mono_ns() - generation->started_ns) / CLOCK_NS_PER_MS;
}

/* The debugger listens before the app does. */
static void find_under_debugger(struct generation *generation)
{
    struct listeners *found = &generation->listeners;
    size_t kept = 0;
    process_listeners_all(generation->process, found);
    for (size_t i = 0; i < found->tcp_len; i++)
        if (found->tcp_ports[i] != generation->debug_port)
            found->tcp_ports[kept++] = found->tcp_ports[i];
    found->tcp_len = kept;
}

static bool listens(struct generation *generation)
{
    struct listeners *found = &generation->listeners;
    if (generation->debug_port)
        find_under_debugger(generation);
    else
        process_listeners(generation->process, found);
    return found->tcp_len > 0 || found->unix_len > 0;
}

bool generation_lets_go(struct generation *generation)
{
    return !generation->process || !listens(generation);
}

static void look_again(struct generation *generation, uint64_t age, uint64_t limit_ms)
{
    uint64_t delay_ms = age / 4, most_ms = generation->debug_port ? LOOK_DEBUG_MS : LOOK_MOST_MS;
    if (delay_ms < LOOK_FIRST_MS)
        delay_ms = LOOK_FIRST_MS;
    if (delay_ms > most_ms)
        delay_ms = most_ms;
    if (delay_ms > limit_ms - age)
        delay_ms = limit_ms - age;
    timer_start(generation->timer, delay_ms);
}

static void is_ready(struct generation *generation)
{
    timer_stop(generation->timer);
    sign_stop(generation);
    life_enter(generation, LIFE_READY);
    generation->ready_ns = clock_mono_ns();
    run_dispatch(generation->service, RUN_IS_READY);
}

/* It listens on less than the older one did, and nothing more comes. */
static bool settles_for_less(const struct generation *generation)
{
    uint64_t span_ms = run_span_ms(generation->service);
    uint64_t quiet_ms = 2 * span_ms > QUIET_MS ? 2 * span_ms : QUIET_MS;
    return handoff_child_count(generation->handoff) > 0 &&
           clock_mono_ns() - generation->listen_last_ns >= quiet_ms * CLOCK_NS_PER_MS;
}

/* --- alone --- */

/* Its predecessor has gone, and not all of the sockets that it left are taken: connections wait in
   them. */
static bool has_not_all(const struct generation *generation)
{
    return handoff_child_works(generation->handoff) &&
           handoff_unused(generation->service->handoff) > 0 && !settles_for_less(generation);
}

/* How long it may take until it listens. */
static uint64_t limit_of(const struct generation *generation)
{
    enum habit habit = generation->service->habit;
    if (generation->debug_port)
        return habit == HABIT_LISTENS ? DEBUGGED_MS : generation->ready_timeout_ms;
    return habit == HABIT_SILENT ? SILENT_MS : generation->ready_timeout_ms;
}

static void look_alone(struct generation *generation, uint64_t age)
{
    struct service *service = generation->service;
    uint64_t limit_ms = limit_of(generation);
    bool late = age >= limit_ms;
    bool found = listens(generation);
    if (!late && (!found || has_not_all(generation))) {
        look_again(generation, age, limit_ms);
        return;
    }
    if (found || !generation->debug_port)
        service->habit = found ? HABIT_LISTENS : HABIT_SILENT;
    is_ready(generation);
}

/* --- beside an older one --- */

/* Does main serve, and not leave already to make room? */
static bool main_serves(const struct generation *generation)
{
    return generation->service->state == RUN_BESIDE;
}

static void look_beside(struct generation *generation, uint64_t age)
{
    struct service *service = generation->service;
    bool late = age >= generation->ready_timeout_ms;
    bool waits = main_serves(generation) && !late && run_yields_lock(generation);
    if (!late && (waits || !main_serves(generation) || !settles_for_less(generation))) {
        look_again(generation, age, generation->ready_timeout_ms);
        return;
    }
    service->habit = HABIT_LISTENS;
    if (!listens(generation) && handoff_child_count(generation->handoff) == 0) {
        /* It waits for something that the older one has. */
        service->apart = true;
        run_tell_apart(service, "the new version does not listen while the old one runs");
    }
    is_ready(generation);
}

/* --- by a sign --- */

static void tell_late(struct generation *generation)
{
    const struct service_events *events = &generation->service->events;
    struct buf text = BUF_INIT(512);
    (void)buf_puts(&text, "the app counts as ready, though ");
    sign_words(generation, &text);
    events->on_notice(events->data, buf_text(&text));
    buf_fini(&text);
}

static void look_for_sign(struct generation *generation, uint64_t age)
{
    bool beside = is_beside(generation), late = age >= generation->ready_timeout_ms;
    if (!beside)
        (void)listens(generation);
    else if (main_serves(generation) && !late)
        (void)run_yields_lock(generation);
    sign_ask(generation);
    if (!late) {
        look_again(generation, age, generation->ready_timeout_ms);
    } else if (main_serves(generation)) {
        run_dispatch(generation->service, RUN_LATE);
    } else {
        tell_late(generation);
        generation_good(generation);
    }
}

void generation_good(struct generation *generation)
{
    bool found = listens(generation);
    generation->service->habit = found ? HABIT_LISTENS : HABIT_SILENT;
    is_ready(generation);
}

/* --- what comes --- */

void generation_look(struct generation *generation)
{
    uint64_t age = age_ms(generation);
    if (sign_is_chosen(generation))
        look_for_sign(generation, age);
    else if (is_beside(generation))
        look_beside(generation, age);
    else
        look_alone(generation, age);
}

void generation_listens(struct generation *generation)
{
    if (sign_is_chosen(generation)) {
        sign_ask(generation);
    } else if (!is_beside(generation)) {
        generation_look(generation);
    } else if (handoff_child_replaces(generation->handoff, generation->service->main->handoff)) {
        (void)listens(generation);
        is_ready(generation);
    }
}
