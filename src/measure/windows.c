#include "measure/windows.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/vec.h"
#include "platform/thread.h"

struct windows {
    struct lock *lock;
    VEC(struct window *) list;
    bool open; /* the last one of list */
};

struct windows *windows_new(void)
{
    struct windows *windows = mem_new(1, sizeof *windows);
    windows->lock = lock_new();
    return windows;
}

void windows_free(struct windows *windows)
{
    if (!windows)
        return;
    VEC_EACH (struct window *, window, &windows->list) {
        free((*window)->what);
        free(*window);
    }
    vec_fini(&windows->list);
    lock_free(windows->lock);
    free(windows);
}

void windows_open(struct windows *windows)
{
    lock_take(windows->lock);
    if (windows->list.len < WINDOWS_MAX) {
        struct window *window = mem_new(1, sizeof *window);
        window->begin_ns = clock_mono_ns();
        vec_push(&windows->list, window);
        windows->open = true;
    }
    lock_give(windows->lock);
}

void windows_close(struct windows *windows, const char *what, bool good)
{
    lock_take(windows->lock);
    if (windows->open) {
        struct window *window = windows->list.at[windows->list.len - 1];
        window->end_ns = clock_mono_ns();
        window->what = mem_string(what);
        window->good = good;
    }
    windows->open = false;
    lock_give(windows->lock);
}

void windows_count(struct windows *windows, const struct tally *tally)
{
    if (!windows)
        return;
    lock_take(windows->lock);
    if (windows->open)
        tally_merge(&windows->list.at[windows->list.len - 1]->tally, tally);
    lock_give(windows->lock);
}

size_t windows_len(const struct windows *windows)
{
    return windows ? windows->list.len : 0;
}

const struct window *windows_at(const struct windows *windows, size_t number)
{
    return windows->list.at[number];
}
