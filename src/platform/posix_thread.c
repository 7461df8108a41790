#include <pthread.h>
#include <stdlib.h>

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
    int failed = pthread_create(&thread->id, NULL, begin, thread);
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
