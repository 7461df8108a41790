/*
 * wait: answered once everything before the request is served, or has failed.
 *
 * Whichever service is waited for, all engines look first: a change of the configuration is seen by
 * one of them and may concern another.
 */
#include "engine/state.h"

#include <stdlib.h>
#include <string.h>

static bool is_synced(const struct waiter *waiter)
{
    for (size_t i = 0; i < waiter->syncs_len; i++)
        if (!waiter->syncs[i].done)
            return false;
    return true;
}

static void drop(struct supervisor *supervisor, struct waiter *waiter)
{
    for (size_t i = 0; i < supervisor->waiters.len; i++) {
        if (supervisor->waiters.at[i] == waiter) {
            vec_remove(&supervisor->waiters, i);
            break;
        }
    }
    free(waiter->service);
    free(waiter->syncs);
    free(waiter);
}

static bool is_idle(const struct engine *engine)
{
    return line_idle(engine) && !status_moves(engine);
}

/* Does what is waited for stand still? */
static bool is_over(const struct waiter *waiter)
{
    const struct supervisor *supervisor = waiter->supervisor;
    if (!is_synced(waiter))
        return false;
    for (size_t i = 0; i < supervisor->engines.len; i++) {
        const struct engine *engine = supervisor->engines.at[i];
        bool meant = !waiter->service || strcmp(waiter->service, engine->name) == 0;
        if (meant && (engine->leaving || !is_idle(engine)))
            return false;
    }
    return true;
}

static void answer(struct supervisor *supervisor, struct waiter *waiter)
{
    struct buf out = BUF_INIT(CONTROL_ANSWER_MAX);
    const struct engine *engine =
        waiter->service ? services_find(supervisor, waiter->service) : NULL;
    if (waiter->service && !engine) {
        control_refuse(waiter->client, "the service is gone from the configuration", NULL);
    } else {
        status_write_wait(supervisor, engine, &out);
        if (out.truncated)
            control_refuse(waiter->client, "the answer is too long", "wait for one service");
        else
            control_answer(waiter->client, buf_text(&out));
    }
    buf_fini(&out);
}

static void check_all(struct supervisor *supervisor)
{
    for (size_t i = supervisor->waiters.len; i-- > 0 && !supervisor->quitting;) {
        struct waiter *waiter = supervisor->waiters.at[i];
        if (!waiter->client || !is_over(waiter))
            continue;
        answer(supervisor, waiter);
        drop(supervisor, waiter);
    }
}

void waiters_check(struct engine *engine)
{
    check_all(engine->supervisor);
}

static void synced(void *data)
{
    struct waiter_sync *sync = data;
    struct waiter *waiter = sync->waiter;
    struct supervisor *supervisor = waiter->supervisor;
    sync->done = true;
    if (!waiter->client && is_synced(waiter))
        drop(supervisor, waiter);
    else
        check_all(supervisor);
}

void waiters_add(struct supervisor *supervisor, struct control_client *client, const char *service)
{
    struct waiter *waiter = mem_new(1, sizeof *waiter);
    *waiter = (struct waiter){.supervisor = supervisor,
                              .client = client,
                              .syncs = mem_new(supervisor->engines.len + 1, sizeof *waiter->syncs),
                              .syncs_len = supervisor->engines.len,
                              .service = mem_string(service)};
    vec_push(&supervisor->waiters, waiter);
    for (size_t i = 0; i < waiter->syncs_len; i++) {
        struct engine *engine = supervisor->engines.at[i];
        waiter->syncs[i] = (struct waiter_sync){.waiter = waiter, .engine = engine};
        watch_sync(engine->watch, synced, &waiter->syncs[i]);
    }
}

void waiters_gone(struct supervisor *supervisor, struct control_client *client)
{
    for (size_t i = supervisor->waiters.len; i-- > 0;) {
        struct waiter *waiter = supervisor->waiters.at[i];
        if (waiter->client != client)
            continue;
        waiter->client = NULL;
        if (is_synced(waiter))
            drop(supervisor, waiter); /* else a watch still holds it; synced drops it */
    }
}

void waiters_sync_again(struct engine *engine)
{
    const struct supervisor *supervisor = engine->supervisor;
    for (size_t i = 0; i < supervisor->waiters.len; i++) {
        struct waiter *waiter = supervisor->waiters.at[i];
        for (size_t at = 0; at < waiter->syncs_len; at++)
            if (waiter->syncs[at].engine == engine && !waiter->syncs[at].done)
                watch_sync(engine->watch, synced, &waiter->syncs[at]);
    }
}

void waiters_forget(struct engine *engine)
{
    struct supervisor *supervisor = engine->supervisor;
    for (size_t i = supervisor->waiters.len; i-- > 0;) {
        struct waiter *waiter = supervisor->waiters.at[i];
        for (size_t at = 0; at < waiter->syncs_len; at++)
            if (waiter->syncs[at].engine == engine)
                waiter->syncs[at] = (struct waiter_sync){.waiter = waiter, .done = true};
        if (!waiter->client && is_synced(waiter))
            drop(supervisor, waiter);
    }
    check_all(supervisor);
}

void waiters_fini(struct supervisor *supervisor)
{
    while (supervisor->waiters.len)
        drop(supervisor, supervisor->waiters.at[0]);
    vec_fini(&supervisor->waiters);
}
