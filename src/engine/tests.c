/*
 * Tests near the change: when they run. How, says tests_run.c.
 *
 * Changed files are collected until a version with them serves; a file that leads to no build (a
 * _test.go) is waited for only until nothing else is under way. A newer change kills the run under
 * way, and what that was about is tested again with it.
 */
#include "engine/state.h"

#include <string.h>

#include "base/path.h"

#define CHANGED_MAX 1000
#define QUIET_MS    50 /* after a save that builds nothing: others may follow */

static bool is_on(const struct engine *engine)
{
    return engine->config->test.on_reload == TESTS_AFFECTED && engine->target.is_go &&
           !engine->quitting;
}

/* May a test read this file? What tests write to testdata while they run is their own. */
static bool counts(const struct engine *engine, const char *path, const struct verdict *verdict)
{
    if (verdict->action == ACTION_IGNORE && (verdict->rule || verdict->config))
        return false;
    if (strstr(path, "/testdata/"))
        return !engine->tests.run;
    return strcmp(path_ext(path), "go") == 0 || verdict->action == ACTION_BUILD;
}

static void collect(struct engine *engine, const char *path)
{
    struct strs *changed = &engine->tests.changed;
    if (strs_has(changed, path))
        return;
    if (changed->len < CHANGED_MAX) {
        strs_push(changed, path);
    } else if (changed->len == CHANGED_MAX) {
        /* Too many to remember: all packages, as if the module had changed. */
        char *all = path_join(engine->config->root, "go.mod");
        strs_push(changed, all);
        free(all);
    }
}

/* Ends the run under way; what it is about waits for the next one. */
static void give_up(struct engine *engine)
{
    struct tests *tests = &engine->tests;
    affected_cancel(tests->listing);
    tests->listing = NULL;
    if (tests->run)
        build_cancel(tests->run);
    STRS_EACH (path, &tests->about)
        collect(engine, *path);
    strs_clear(&tests->about);
}

static bool is_idle(const struct engine *engine)
{
    return !engine->build && !engine->command && !engine->building && !engine->swapping &&
           !engine->owed && !engine->pending_force && !engine->pending.changes.len &&
           !settle_pending(engine->settle);
}

void tests_next(struct engine *engine)
{
    struct tests *tests = &engine->tests;
    if (!tests->due || !tests->changed.len || tests->run || tests->listing ||
        engine->build_failed || !is_on(engine) || !is_idle(engine))
        return;
    tests->due = false;
    strs_copy(&tests->about, &tests->changed);
    strs_clear(&tests->changed);
    tests_run(engine);
}

static void quiet(void *data)
{
    struct engine *engine = data;
    engine->tests.due = true;
    tests_next(engine);
}

void tests_changed(struct engine *engine, const char *path, const struct verdict *verdict)
{
    struct tests *tests = &engine->tests;
    if (!is_on(engine) || !counts(engine, path, verdict))
        return;
    collect(engine, path);
    give_up(engine);
    tests->due = false;
    if (!tests->timer)
        tests->timer = timer_new(engine->loop, quiet, engine);
    if (verdict->action == ACTION_BUILD)
        timer_stop(tests->timer);
    else
        timer_start(tests->timer, QUIET_MS);
}

void tests_reloaded(struct engine *engine, const struct reload *reload)
{
    struct tests *tests = &engine->tests;
    if (reload->outcome == RELOAD_SERVED || reload->outcome == RELOAD_UNCHANGED)
        tests->due = tests->changed.len > 0;
    tests_next(engine);
}

void tests_stop(struct engine *engine)
{
    struct tests *tests = &engine->tests;
    give_up(engine);
    strs_clear(&tests->changed);
    tests->due = false;
    if (tests->timer)
        timer_stop(tests->timer);
}

void tests_configured(struct engine *engine)
{
    struct test_result *last = &engine->tests.last;
    if (is_on(engine))
        return;
    tests_stop(engine);
    test_result_fini(last);
    *last = (struct test_result){0};
    engine->tests.known = false;
}

void tests_fini(struct engine *engine)
{
    struct tests *tests = &engine->tests;
    affected_cancel(tests->listing);
    build_free(tests->run);
    test_output_fini(&tests->output);
    affected_fini(&tests->found);
    test_result_fini(&tests->last);
    timer_free(tests->timer);
    strs_fini(&tests->changed);
    strs_fini(&tests->about);
}
