/* Users by when their pause is over: a binary heap that knows where each of them is. */
#include "measure/load_parts.h"

static void put(struct worker *worker, size_t at, struct user *user)
{
    worker->due.at[at] = user;
    user->heap_at = at + 1;
}

static void rise(struct worker *worker, size_t at)
{
    struct user *user = worker->due.at[at];
    while (at > 0 && user->due_ns < worker->due.at[(at - 1) / 2]->due_ns) {
        put(worker, at, worker->due.at[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    put(worker, at, user);
}

static void sink(struct worker *worker, size_t at)
{
    struct user *user = worker->due.at[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child + 1 < worker->due.len &&
            worker->due.at[child + 1]->due_ns < worker->due.at[child]->due_ns)
            child++;
        if (child >= worker->due.len || user->due_ns <= worker->due.at[child]->due_ns)
            break;
        put(worker, at, worker->due.at[child]);
        at = child;
    }
    put(worker, at, user);
}

void heap_add(struct worker *worker, struct user *user)
{
    vec_push(&worker->due, user);
    rise(worker, worker->due.len - 1);
}

void heap_remove(struct worker *worker, struct user *user)
{
    size_t at = user->heap_at - 1;
    struct user *last = worker->due.at[--worker->due.len];
    user->heap_at = 0;
    if (last == user)
        return;
    put(worker, at, last);
    rise(worker, at);
    sink(worker, last->heap_at - 1);
}
