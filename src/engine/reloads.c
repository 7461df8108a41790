#include "engine/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/path.h"

#define CHANGED_MAX 20

struct reload *reload_begin(struct engine *engine, enum reload_cause cause, enum action action)
{
    struct reload *reload = mem_new(1, sizeof *reload);
    reload->id = ++engine->supervisor->reloads;
    engine->reloads++;
    reload_identify(reload);
    reload->wall_ns = clock_wall_ns();
    reload->cause = cause;
    reload->action = action;
    reload->times.change = reload->times.decided = clock_mono_ns();
    return reload;
}

void reload_changes(struct engine *engine, struct reload *reload, const struct batch *batch,
                    const char *decider)
{
    const char *first = decider ? path_show(engine->config->root, decider) : NULL;
    if (batch->first_ns)
        reload->times.change = batch->first_ns;
    reload->changed_len += batch->changes.len + batch->overflow;
    if (first)
        strs_push(&reload->changed, first);
    VEC_EACH (struct change, change, &batch->changes) {
        const char *path = path_show(engine->config->root, change->path);
        if (reload->changed.len < CHANGED_MAX && (!first || strcmp(path, first) != 0))
            strs_push(&reload->changed, path);
    }
}

/* The oldest of RELOADS_KEPT makes room; ids count from 1. */
static void keep(struct engine *engine, struct reload *reload)
{
    struct reload **place = &engine->history[reload->id % RELOADS_KEPT];
    if (*place) {
        reload_fini(*place);
        free(*place);
    }
    *place = reload;
}

static const struct reload *by_id(const struct engine *engine, uint64_t id)
{
    const struct reload *reload = engine->history[id % RELOADS_KEPT];
    return id && reload && reload->id == id ? reload : NULL;
}

/* The failure that still holds, or NULL. */
static const struct reload *failure(const struct engine *engine)
{
    const struct reload *build = by_id(engine, engine->failed_build_id);
    return build ? build : by_id(engine, engine->failed_id);
}

/* A failed build holds until one is good, and any other failure until something serves: the old
   version started anew, or a stylesheet refreshed, says nothing about a broken build. */
static void note_failure(struct engine *engine, const struct reload *reload)
{
    enum reload_outcome outcome = reload->outcome;
    bool builds = reload->action == ACTION_BUILD;
    bool good = outcome == RELOAD_SERVED || outcome == RELOAD_ENDED || outcome == RELOAD_UNCHANGED;
    if (builds && (good || outcome == RELOAD_START_FAILED))
        engine->failed_build_id = 0;
    if (good || (outcome == RELOAD_REFRESHED && reload->action == ACTION_RUN))
        engine->failed_id = 0;
    if (outcome == RELOAD_BUILD_FAILED && builds)
        engine->failed_build_id = reload->id;
    else if (outcome == RELOAD_BUILD_FAILED || outcome == RELOAD_START_FAILED)
        engine->failed_id = reload->id;
}

void reload_recovered(struct engine *engine, uint64_t generation)
{
    uint64_t id = engine->failed_id;
    struct reload *failed = by_id(engine, id) ? engine->history[id % RELOADS_KEPT] : NULL;
    if (!failed || failed->outcome != RELOAD_START_FAILED)
        return;
    failed->outcome = RELOAD_SERVED;
    failed->generation = generation;
    (void)snprintf(failed->message, sizeof failed->message, "by a later start");
    engine->failed_id = 0;
}

void reload_end(struct engine *engine, struct reload **slot, enum reload_outcome outcome,
                const char *message)
{
    struct reload *reload = *slot;
    *slot = NULL;
    reload->outcome = outcome;
    reload->times.end = clock_mono_ns();
    if (message)
        (void)snprintf(reload->message, sizeof reload->message, "%s", message);
    note_failure(engine, reload);
    keep(engine, reload);
    tell(engine, EVENT_RELOAD_END, reload, NULL);
    waiters_check(engine);
    tests_reloaded(engine, reload);
}

const struct reload *reload_last(const struct engine *engine)
{
    const struct reload *last = NULL;
    if (failure(engine))
        return failure(engine);
    for (size_t i = 0; i < RELOADS_KEPT; i++) {
        const struct reload *reload = engine->history[i];
        /* What a newer change took over is no answer to "how did it end". */
        if (reload && reload->outcome != RELOAD_OBSOLETE &&
            (!last || reload->times.end >= last->times.end))
            last = reload;
    }
    return last;
}

/* Oldest first: those that have ended, and the ones under way. */
void reloads_write(const struct engine *engine, struct json_writer *json)
{
    uint64_t last = engine->supervisor->reloads;
    for (uint64_t id = last > RELOADS_KEPT ? last - RELOADS_KEPT + 1 : 1; id <= last; id++) {
        const struct reload *reload = by_id(engine, id);
        if (!reload && engine->building && engine->building->id == id)
            reload = engine->building;
        if (!reload && engine->swapping && engine->swapping->id == id)
            reload = engine->swapping;
        if (!reload)
            continue;
        json_object_begin(json, NULL);
        json_string(json, "service", engine->name ? engine->name : engine->supervisor->name);
        reload_write_members(reload, json);
        json_object_end(json);
    }
}

void reloads_fini(struct engine *engine)
{
    for (size_t i = 0; i < RELOADS_KEPT; i++) {
        if (engine->history[i])
            reload_fini(engine->history[i]);
        free(engine->history[i]);
    }
}
