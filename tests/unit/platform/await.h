/* Waits of tests, on the loop and with a bound: what is waited for is looked at, never assumed. */
#ifndef ZONDA_TESTS_AWAIT_H
#define ZONDA_TESTS_AWAIT_H

#include <errno.h>
#include <signal.h>
#include <stdbool.h>

#include "platform/loop.h"

#define AWAIT_ROUNDS 10000 /* of 2 ms */

typedef bool await_fn(void *data);

struct await {
    struct loop *loop;
    struct timer *timer;
    await_fn *fn;
    void *data;
    int rounds;
    bool met;
};

static void await_look(void *data)
{
    struct await *await = data;
    await->met = await->fn(await->data);
    if (await->met || ++await->rounds >= AWAIT_ROUNDS)
        loop_stop(await->loop);
    else
        timer_start(await->timer, 2);
}

/* Runs the loop until fn(data); false where it did not come in 20 s. */
static inline bool await(struct loop *loop, await_fn *fn, void *data)
{
    struct await await = {.loop = loop, .fn = fn, .data = data};
    await.timer = timer_new(loop, await_look, &await);
    timer_start(await.timer, 0);
    loop_run(loop);
    timer_free(await.timer);
    return await.met;
}

/* For await: *(int *)data is the pid of no process any more, not even of a zombie. */
static inline bool await_gone(void *data)
{
    int pid = *(const int *)data;
    return kill(pid, 0) != 0 && errno == ESRCH;
}

static inline bool await_true(void *data)
{
    return *(const bool *)data;
}

#endif
