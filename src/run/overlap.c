/* Whether the next generation may start while the one before serves, and what is said about it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/path.h"
#include "platform/locks.h"
#include "run/parts.h"

#define LOCK_OPEN_MS                                                                               \
    500 /* a file open that main has locked, for so long: it tries again and again */

static void on_listen(void *data)
{
    struct generation *generation = data;
    generation->listen_last_ns = clock_mono_ns();
    if (!generation->listen_first_ns)
        generation->listen_first_ns = generation->listen_last_ns;
    life_dispatch(generation, LIFE_LISTENS);
}

static void on_conflict(void *data, const char *what)
{
    struct generation *generation = data;
    struct service *service = generation->service;
    if (generation != service->next) {
        /* The older one is leaving already, or has gone by now. */
        if (!service->leaving)
            handoff_child_let(generation->handoff);
        return;
    }
    run_tell_apart(service, what);
    run_dispatch(service, RUN_CONFLICT);
}

struct handoff_child *run_handoff_child(struct generation *generation)
{
    struct service *service = generation->service;
    const struct handoff_events events = {
        .on_listen = on_listen, .on_conflict = on_conflict, .data = generation};
    if (!service->current.config->run.handoff || handoff_refused(service->handoff)) {
        handoff_drop_unused(service->handoff); /* nobody would take them over: the ports are free */
        return NULL;
    }
    return handoff_child_new(service->handoff, &events);
}

bool run_can_overlap(struct service *service)
{
    const struct config_run *run = &service->waiting.config->run;
    const struct generation *main = service->main;
    /* Two debuggers on one port: a client would not know whom it gets. */
    if (service->waiting.config->debug.port || main->debug_port)
        return false;
    return run->handoff && run->overlap && !service->apart && main->life == LIFE_READY &&
           handoff_child_works(main->handoff) && handoff_child_count(main->handoff) > 0;
}

void run_tell_refused(struct service *service)
{
    const char *why = handoff_refused(service->handoff);
    char text[320];
    if (!why || service->told_refused)
        return;
    service->told_refused = true;
    (void)snprintf(text, sizeof text,
                   "no hand-off of listeners: %s; the old version is stopped before the new one "
                   "starts",
                   why);
    service->events.on_notice(service->events.data, text);
}

void run_tell_apart(struct service *service, const char *what)
{
    char text[320];
    if (service->told_apart)
        return;
    service->told_apart = true;
    (void)snprintf(text, sizeof text,
                   "the old version is stopped before the new one is up: %s; connections wait "
                   "meanwhile",
                   what);
    service->events.on_notice(service->events.data, text);
}

/* --- locks on files --- */

/* One that waits in the kernel is seen at the first look. One that tries again and again only has
   the file open: that has to last, but where it was the same file before. */
static bool wants_lock(struct generation *generation, char *path, size_t path_len)
{
    struct service *service = generation->service;
    uint64_t now_ns = clock_mono_ns();
    switch (lock_claim(process_pid(generation->process), process_pid(service->main->process), path,
                       path_len)) {
    case LOCK_WAITS:
        return true;
    case LOCK_OPEN:
        if (!generation->open_ns)
            generation->open_ns = now_ns;
        return (service->lock_path && strcmp(service->lock_path, path) == 0) ||
               now_ns - generation->open_ns >= LOCK_OPEN_MS * CLOCK_NS_PER_MS;
    case LOCK_FREE:
        break;
    }
    generation->open_ns = 0;
    return false;
}

bool run_yields_lock(struct generation *generation)
{
    struct service *service = generation->service;
    char path[4096], what[256];
    if (!wants_lock(generation, path, sizeof path))
        return false;
    mem_replace(&service->lock_path, path);
    (void)snprintf(what, sizeof what,
                   "the new one waits for a lock on %.100s, which the old one has",
                   *path ? path_base(path) : "a file");
    run_tell_apart(service, what);
    run_dispatch(service, RUN_CONFLICT);
    return true;
}

void run_tell_lock(struct service *service)
{
    char path[4096], text[320];
    if (service->told_lock || !service->main->process ||
        !lock_is_held(process_pid(service->main->process), path, sizeof path))
        return;
    service->told_lock = true;
    (void)snprintf(text, sizeof text,
                   "the old version has a lock on %.100s: if the new one ended for want of it, set "
                   "[run] overlap = false",
                   path_base(path));
    service->events.on_notice(service->events.data, text);
}
