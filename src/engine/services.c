/*
 * Several services side by side: who waits for whom.
 *
 * A service starts once those that it depends on are ready, or have run to their end with exit
 * status 0 (a migration). It is built meanwhile. What serves already never waits: only a start from
 * nothing does. At the end each is stopped once nothing runs that depends on it. Of many services
 * only some build at a time; what the others are to build waits as what comes during a build does.
 */
#include "engine/state.h"

#include <string.h>

#include "platform/sysinfo.h"

/* At once, or one for each processor: more of them would take each other's memory. */
#define BUILDS_MAX 4

struct engine *services_find(const struct supervisor *supervisor, const char *name)
{
    for (size_t i = 0; i < supervisor->engines.len; i++) {
        struct engine *engine = supervisor->engines.at[i];
        if (name && engine->name ? strcmp(engine->name, name) == 0 : !name && !engine->name)
            return engine;
    }
    return NULL;
}

bool services_first(const struct engine *engine)
{
    const struct supervisor *supervisor = engine->supervisor;
    size_t i = 0;
    while (i < supervisor->engines.len && supervisor->engines.at[i]->leaving)
        i++;
    return i < supervisor->engines.len && supervisor->engines.at[i] == engine;
}

/* --- the start --- */

static bool is_there(const struct engine *engine)
{
    enum service_state state = service_state(engine->service);
    return state == SERVICE_READY || (state == SERVICE_DOWN && engine->app_done);
}

bool services_wait(const struct engine *engine)
{
    if (service_state(engine->service) != SERVICE_DOWN)
        return false;
    STRS_EACH (name, &engine->config->depends_on) {
        const struct engine *other = services_find(engine->supervisor, *name);
        if (!other || !is_there(other))
            return true;
    }
    return false;
}

bool services_stuck(const struct engine *engine)
{
    if (!engine->held)
        return false;
    STRS_EACH (name, &engine->config->depends_on) {
        const struct engine *other = services_find(engine->supervisor, *name);
        if (other && !is_there(other) && (!line_idle(other) || status_moves(other)))
            return false;
    }
    return true;
}

void services_hold(struct engine *engine)
{
    struct buf names = BUF_INIT(512);
    STRS_EACH (name, &engine->config->depends_on) {
        const struct engine *other = services_find(engine->supervisor, *name);
        if (!other || !is_there(other))
            (void)buf_printf(&names, "%s%s", names.len ? ", " : "", *name);
    }
    if (!engine->held)
        notice(engine, LOG_INFO, NULL, "it starts when %s is ready", buf_text(&names));
    engine->held = true;
    buf_fini(&names);
}

void services_ready(struct supervisor *supervisor)
{
    ENGINES_EACH (engine, supervisor)
        if ((*engine)->held && !(*engine)->quitting && !services_wait(*engine))
            app_start(*engine);
}

/* --- builds --- */

bool services_full(const struct engine *engine)
{
    const struct supervisor *supervisor = engine->supervisor;
    int builds = 0, most = sysinfo_processors();
    for (size_t i = 0; i < supervisor->engines.len; i++)
        builds += supervisor->engines.at[i]->build != NULL && supervisor->engines.at[i] != engine;
    return builds >= (most > BUILDS_MAX ? most : BUILDS_MAX);
}

/* The others' turn, from the next one on. */
void services_built(struct engine *engine)
{
    struct supervisor *supervisor = engine->supervisor;
    size_t at = 0, len = supervisor->engines.len;
    while (at < len && supervisor->engines.at[at] != engine)
        at++;
    for (size_t i = 1; i < len; i++) {
        struct engine *other = supervisor->engines.at[(at + i) % len];
        bool waits = other->pending_force || other->pending.changes.len || other->pending.overflow;
        if (waits && !services_full(other))
            line_resume(other);
    }
}

/* --- the end --- */

bool services_may_stop(const struct engine *engine)
{
    const struct supervisor *supervisor = engine->supervisor;
    for (size_t i = 0; engine->name && i < supervisor->engines.len; i++) {
        const struct engine *other = supervisor->engines.at[i];
        bool goes = supervisor->quitting || other->leaving;
        if (goes && !other->ended && strs_has(&other->config->depends_on, engine->name))
            return false;
    }
    return true;
}

void services_ended(struct engine *engine)
{
    struct supervisor *supervisor = engine->supervisor;
    bool all = true;
    if (engine->ended)
        return;
    engine->ended = true;
    for (size_t i = 0; i < supervisor->engines.len; i++) {
        struct engine *other = supervisor->engines.at[i];
        if (other->quitting && !other->ended && strs_has(&engine->config->depends_on, other->name))
            quit_next(other);
        all = all && other->ended;
    }
    if (supervisor->quitting && all)
        loop_stop(supervisor->loop);
    else if (engine->leaving)
        timer_start(supervisor->sweep, 0); /* not below its own callback */
}

/* --- coming and going while zonda runs --- */

static const char *name_of(const struct engine *engine)
{
    return engine->name ? engine->name : "";
}

/* Where its name has its place. */
static void insert(struct supervisor *supervisor, struct engine *engine)
{
    vec_push(&supervisor->engines, engine);
    struct engine **at = &supervisor->engines.at[supervisor->engines.len - 1];
    for (; at > supervisor->engines.at && strcmp(name_of(engine), name_of(at[-1])) < 0; at--)
        *at = at[-1];
    *at = engine;
}

static void open_one(struct supervisor *supervisor, struct config *config)
{
    struct target target;
    struct err err = {0};
    struct engine *engine = NULL;
    if (target_find(config, &target, &err) == 0)
        engine = engine_open(supervisor, config, &target, &err);
    if (engine)
        insert(supervisor, engine);
    else
        announce_err(supervisor, LOG_ERROR, &err);
}

void services_open(struct supervisor *supervisor)
{
    struct config *whole = supervisor->config;
    for (size_t i = 0; i < supervisor->engines.len; i++)
        if (supervisor->engines.at[i]->leaving)
            return; /* it may have the port that a new one wants: the sweep leads here again */
    if (!whole->services.len && !supervisor->engines.len)
        open_one(supervisor, whole);
    for (size_t i = 0; i < whole->services.len; i++)
        if (!services_find(supervisor, whole->services.at[i]->service))
            open_one(supervisor, whole->services.at[i]);
}

void services_sweep(void *data)
{
    struct supervisor *supervisor = data;
    if (supervisor->quitting)
        return; /* close_all does it */
    for (size_t i = supervisor->engines.len; i-- > 0;) {
        struct engine *engine = supervisor->engines.at[i];
        if (!engine->leaving || !engine->ended)
            continue;
        vec_remove(&supervisor->engines, i);
        engine_close(engine);
        engine_drop(engine);
    }
    services_open(supervisor);
    services_ready(supervisor);
}
