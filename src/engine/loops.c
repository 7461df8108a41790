/*
 * Loops: a build that writes a file which starts a build.
 *
 * A command that writes the same content again is no change (digests), so an ordinary generator
 * ends by itself. One that writes a time stamp does not. Such a file is seen by its pattern: batch
 * after batch it alone changed, each time while a command of ours ran. Nothing can be lost by a
 * wrong guess: its builds are only held back, and it is named.
 */
#include "engine/state.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"

#define REPEATS_MAX 8
#define HOLD_MIN_MS 3000
#define HOLD_MAX_MS 30000

static void forget(struct loop_guard *guard)
{
    mem_replace(&guard->path, NULL);
    guard->repeats = 0;
    guard->hold_ms = 0;
    if (guard->timer)
        timer_stop(guard->timer);
}

static void held_long_enough(void *data)
{
    struct engine *engine = data;
    engine->guard.pass = true;
    line_resume(engine);
}

void loops_note(struct engine *engine, bool ours)
{
    struct loop_guard *guard = &engine->guard;
    if (!ours)
        guard->elsewhere = true;
}

bool loops_holds(struct engine *engine, const struct batch *batch)
{
    struct loop_guard *guard = &engine->guard;
    if (guard->pass) {
        guard->pass = false;
        return false;
    }
    bool alone = batch->changes.len == 1 && !batch->overflow && !guard->elsewhere;
    guard->elsewhere = false;
    if (!alone || (guard->path && strcmp(guard->path, batch->changes.at[0].path) != 0)) {
        forget(guard);
        if (!alone)
            return false;
    }
    if (!guard->path)
        guard->path = mem_string(batch->changes.at[0].path);
    if (++guard->repeats < REPEATS_MAX)
        return false;
    guard->hold_ms = guard->hold_ms ? guard->hold_ms * 2 : HOLD_MIN_MS;
    if (guard->hold_ms > HOLD_MAX_MS)
        guard->hold_ms = HOLD_MAX_MS;
    notice(engine, LOG_WARN,
           "exclude it with [watch] exclude, or let the command leave an "
           "unchanged file alone",
           "%s changes whenever its own build runs: the next build waits %u s",
           path_show(engine->config->root, guard->path), guard->hold_ms / 1000);
    if (!guard->timer)
        guard->timer = timer_new(engine->loop, held_long_enough, engine);
    timer_start(guard->timer, guard->hold_ms);
    return true;
}

void loops_fini(struct engine *engine)
{
    forget(&engine->guard);
    timer_free(engine->guard.timer);
}
