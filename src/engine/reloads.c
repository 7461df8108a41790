#include "engine/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/path.h"
#include "platform/random.h"

#define CHANGED_MAX 20

struct reload *reload_begin(struct engine *engine, enum reload_cause cause, enum action action)
{
    struct reload *reload = mem_new(1, sizeof *reload);
    reload->id = ++engine->reloads;
    random_hex(reload->trace_id, 32);
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

void reload_end(struct engine *engine, struct reload **slot, enum reload_outcome outcome,
                const char *message)
{
    struct reload *reload = *slot;
    *slot = NULL;
    reload->outcome = outcome;
    reload->times.end = clock_mono_ns();
    if (message)
        (void)snprintf(reload->message, sizeof reload->message, "%s", message);
    keep(engine, reload);
    tell(engine, EVENT_RELOAD_END, reload, NULL);
    waiters_check(engine);
}

const struct reload *reload_last(const struct engine *engine)
{
    /* What a newer change took over is no answer to "how did it end". */
    for (uint64_t id = engine->reloads; id && id + RELOADS_KEPT > engine->reloads; id--) {
        const struct reload *reload = engine->history[id % RELOADS_KEPT];
        if (reload && reload->id == id && reload->outcome != RELOAD_OBSOLETE)
            return reload;
    }
    return NULL;
}

void reloads_fini(struct engine *engine)
{
    for (size_t i = 0; i < RELOADS_KEPT; i++) {
        if (engine->history[i])
            reload_fini(engine->history[i]);
        free(engine->history[i]);
    }
}
