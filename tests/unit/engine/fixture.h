/* An engine with a bus and nothing else, and what it said last. */
#ifndef ZONDA_TESTS_ENGINE_FIXTURE_H
#define ZONDA_TESTS_ENGINE_FIXTURE_H

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "engine/state.h"

static struct engine *engine;
static char said[1024]; /* the last notice */
static enum event_kind heard;

static inline void hear(void *data, const struct event *event)
{
    (void)data;
    heard = event->kind;
    if (event->kind == EVENT_NOTICE)
        (void)snprintf(said, sizeof said, "%s", event->text);
}

static inline int engine_make(void **state)
{
    struct err err;
    (void)state;
    engine = mem_new(1, sizeof *engine);
    engine->supervisor = mem_new(1, sizeof *engine->supervisor);
    engine->loop = loop_new(&err);
    engine->bus = bus_new();
    engine->config = mem_new(1, sizeof *engine->config);
    engine->config->root = mem_string("/project");
    said[0] = '\0';
    return bus_subscribe(engine->bus, hear, NULL);
}

static inline int engine_free(void **state)
{
    (void)state;
    loops_fini(engine);
    reloads_fini(engine);
    bus_free(engine->bus);
    loop_free(engine->loop);
    free(engine->config->root);
    free(engine->config);
    free(engine->supervisor);
    free(engine);
    return 0;
}

#endif
