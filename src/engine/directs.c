/*
 * The direct Go builder, kept from build to build: its plan and its compiled packages are what
 * makes the next build short. One at a time; a configuration that builds otherwise gets a new one,
 * and the old one ends by itself. Those of several services share what they compile.
 */
#include "engine/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build/tmp_dir.h"

#define KEY_BYTES_MAX ((size_t)4 << 20)

static void on_planned(void *data, int packages)
{
    if (packages)
        notice(data, LOG_DEBUG, NULL, "the next build is direct: %d package%s may be edited",
               packages, packages == 1 ? "" : "s");
}

static void on_exact(void *data, int packages)
{
    notice(data, LOG_DEBUG, NULL, "the next link is exact: %d package%s compiled in the background",
           packages, packages == 1 ? "" : "s");
}

static void on_closed(void *data)
{
    struct engine *engine = data;
    engine->directs_closing--;
    if (engine->quitting)
        quit_next(engine);
}

void directs_close(struct engine *engine)
{
    struct direct *direct = engine->direct;
    engine->direct = NULL;
    mem_replace(&engine->direct_key, NULL);
    if (!direct)
        return;
    engine->directs_closing++;
    direct_close(direct, on_closed, engine);
}

void directs_touch(struct engine *engine, const char *path)
{
    if (engine->direct)
        direct_touch(engine->direct, path);
}

/* All that a builder is made from. Heap. */
static char *key_of(const struct direct_request *request)
{
    struct buf key = BUF_INIT(KEY_BYTES_MAX);
    (void)buf_printf(&key, "%s\n%s\n%s\n%d %d\n", request->dir, request->package, request->artifact,
                     request->debug_info, request->exact);
    STRS_EACH (flag, request->flags)
        (void)buf_printf(&key, "%s\n", *flag);
    (void)buf_puts(&key, "\n");
    STRS_EACH (variable, request->env)
        (void)buf_printf(&key, "%s\n", *variable);
    return buf_steal(&key);
}

/* Said once, and again where it has become another. */
static void say_why(struct engine *engine, const char *why)
{
    if (strcmp(engine->direct_why, why) == 0)
        return;
    (void)snprintf(engine->direct_why, sizeof engine->direct_why, "%s", why);
    if (*why && engine->target.is_default)
        notice(engine, LOG_INFO, NULL, "built by go build: %s", why);
    else if (*why)
        notice(engine, LOG_DEBUG, NULL, "built by its command: %s", why);
}

/* Several services share what their builders compile. A single one has nobody to share with. */
static struct gostore *store_of(struct engine *engine)
{
    struct supervisor *supervisor = engine->supervisor;
    struct err ignored = {0}; /* without it each has its own */
    if (engine->name && !supervisor->store)
        supervisor->store = gostore_open(engine->config->tmp_dir, &ignored);
    return engine->name ? supervisor->store : NULL;
}

static void open_new(struct engine *engine, struct direct_request *request)
{
    char *key = key_of(request);
    struct err err = {0};
    if (engine->direct && strcmp(engine->direct_key, key) == 0) {
        free(key);
        return;
    }
    directs_close(engine);
    if (tmp_dir_make(request->cache_dir, &err) == 0) {
        request->store = store_of(engine);
        engine->direct = direct_open(engine->loop, request, &err);
    }
    engine->direct_key = key;
    if (!engine->direct)
        notice_err(engine, LOG_DEBUG, &err); /* what builds instead says it better */
}

struct direct *directs_get(struct engine *engine, const struct strs *env)
{
    const struct config *config = engine->config;
    const struct target *target = &engine->target;
    if (!target->is_direct) {
        directs_close(engine);
        say_why(engine, target->why_not);
        return NULL;
    }
    struct direct_request request = {.go = "go",
                                     .dir = config->root,
                                     .package = target->go_package,
                                     .flags = &target->go_flags,
                                     .env = env,
                                     .cache_dir = config->tmp_dir,
                                     .debug_info = target->debug_info,
                                     .exact = config->build.precision == PRECISION_EXACT,
                                     .earlier = target->go_output,
                                     .on_planned = on_planned,
                                     .on_exact = on_exact,
                                     .data = engine};
    open_new(engine, &request);
    const char *why = engine->direct ? direct_never(engine->direct) : NULL;
    say_why(engine, why ? why : "");
    return why ? NULL : engine->direct;
}
