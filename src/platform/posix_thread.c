#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "platform/thread.h"

struct thread {
    pthread_t id;
    thread_fn *fn;
    void *data;
};

struct lock {
    pthread_mutex_t mutex;
};

struct gate {
    pthread_mutex_t mutex;
    pthread_cond_t opened;
    bool open;
};

static void *begin(void *data)
{
    struct thread *thread = data;
    thread->fn(thread->data);
    return NULL;
}

struct thread *thread_start(thread_fn *fn, void *data, struct err *err)
{
    struct thread *thread = mem_new(1, sizeof *thread);
    thread->fn = fn;
    thread->data = data;
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&thread->id, NULL, begin, thread);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!failed)
        return thread;
    err_system(err, failed, "no further thread");
    free(thread);
    return NULL;
}

void thread_join(struct thread *thread)
{
    if (!thread)
        return;
    if (pthread_join(thread->id, NULL) != 0)
        abort(); /* joined twice: a defect */
    free(thread);
}

struct lock *lock_new(void)
{
    struct lock *lock = mem_new(1, sizeof *lock);
    if (pthread_mutex_init(&lock->mutex, NULL) != 0)
        abort(); /* never on Linux */
    return lock;
}

void lock_take(struct lock *lock)
{
    if (pthread_mutex_lock(&lock->mutex) != 0)
        abort();
}

void lock_give(struct lock *lock)
{
    if (pthread_mutex_unlock(&lock->mutex) != 0)
        abort();
}

void lock_free(struct lock *lock)
{
    if (!lock)
        return;
    (void)pthread_mutex_destroy(&lock->mutex);
    free(lock);
}

struct gate *gate_new(void)
{
    struct gate *gate = mem_new(1, sizeof *gate);
    pthread_condattr_t monotonic;
    if (pthread_mutex_init(&gate->mutex, NULL) != 0 || pthread_condattr_init(&monotonic) != 0 ||
        pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) != 0 ||
        pthread_cond_init(&gate->opened, &monotonic) != 0)
        abort(); /* never on Linux */
    (void)pthread_condattr_destroy(&monotonic);
    return gate;
}

void gate_open(struct gate *gate)
{
    (void)pthread_mutex_lock(&gate->mutex);
    gate->open = true;
    (void)pthread_cond_broadcast(&gate->opened);
    (void)pthread_mutex_unlock(&gate->mutex);
}

bool gate_wait(struct gate *gate, uint32_t timeout_ms)
{
    uint64_t until_ns = clock_mono_ns() + timeout_ms * CLOCK_NS_PER_MS;
    struct timespec until = {.tv_sec = (time_t)(until_ns / CLOCK_NS_PER_S),
                             .tv_nsec = (long)(until_ns % CLOCK_NS_PER_S)};
    int waited = 0;
    (void)pthread_mutex_lock(&gate->mutex);
    while (!gate->open && waited == 0) /* anything but 0 is the end of the time */
        waited = pthread_cond_timedwait(&gate->opened, &gate->mutex, &until);
    bool open = gate->open;
    (void)pthread_mutex_unlock(&gate->mutex);
    return open;
}

void gate_free(struct gate *gate)
{
    if (!gate)
        return;
    (void)pthread_cond_destroy(&gate->opened);
    (void)pthread_mutex_destroy(&gate->mutex);
    free(gate);
}
