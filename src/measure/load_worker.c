/* A thread of a run: its loop, which wakes for what is due next. */
#include <stdlib.h>

#include "base/clock.h"
#include "measure/load_parts.h"

void worker_wake(struct worker *worker, uint64_t due_ns)
{
    if (due_ns >= worker->alarm_ns)
        return;
    worker->alarm_ns = due_ns;
    alarm_at(worker->alarm, due_ns);
}

static uint32_t users_of(const struct worker *worker)
{
    return (uint32_t)(worker->load->scenario->open ? worker->asking + worker->waiting_len
                                                   : worker->active);
}

/* Hands over what was counted since the last time. */
static void flush(struct worker *worker)
{
    struct load *load = worker->load;
    uint32_t users = users_of(worker);
    atomic_fetch_add(&load->users, users - worker->told_users);
    worker->told_users = users;
    lock_take(load->lock);
    for (size_t i = 0; i < load->scenario->tasks.len; i++) {
        tally_merge(&load->tasks[i], &worker->tasks[i]);
        tally_merge(&load->viewed, &worker->tasks[i]);
        tally_merge(&load->pointed, &worker->tasks[i]);
        windows_count(load->windows, &worker->tasks[i]);
        tally_reset(&worker->tasks[i]);
    }
    histogram_merge(&load->late, &worker->late);
    lock_give(load->lock);
    histogram_reset(&worker->late);
}

/* Is the run over, or the time for what is under way? */
static bool is_over(struct worker *worker, uint64_t now_ns)
{
    struct load *load = worker->load;
    bool stop = atomic_load(&load->stop);
    if (!worker->ending && (stop || now_ns >= load->begin_ns + load->length_ns)) {
        worker->ending = true;
        worker->arrival_ns = UINT64_MAX;
        worker->end_ns = now_ns + load->scenario->timeout_ns + 2 * LOAD_TICK_NS;
        users_end(worker);
    }
    return worker->ending &&
           (stop || now_ns >= worker->end_ns || (worker->asking == 0 && worker->waiting_len == 0));
}

static void turn(void *data)
{
    struct worker *worker = data;
    const struct load *load = worker->load;
    uint64_t now_ns = clock_mono_ns();
    worker->alarm_ns = UINT64_MAX;
    /* Also those that came due just before the end, although it is seen now. */
    if (!worker->ending && load->scenario->open && !atomic_load(&load->stop))
        arrivals_due(worker, now_ns);
    users_time_out(worker, now_ns);
    if (is_over(worker, now_ns)) {
        loop_stop(worker->loop);
        return;
    }
    if (!worker->ending && !load->scenario->open && now_ns >= load->begin_ns)
        users_adjust(worker, now_ns);
    users_wake(worker, now_ns);
    if (now_ns >= worker->flush_ns) {
        flush(worker);
        worker->flush_ns = now_ns + LOAD_FLUSH_NS;
    }
    worker_wake(worker, now_ns + LOAD_TICK_NS);
    if (worker->arrival_ns != UINT64_MAX)
        worker_wake(worker, load->begin_ns + worker->arrival_ns);
    if (worker->due.len)
        worker_wake(worker, worker->due.at[0]->due_ns);
}

static int open_worker(struct worker *worker, struct err *err)
{
    const struct scenario *scenario = worker->load->scenario;
    worker->alarm_ns = worker->arrival_ns = UINT64_MAX;
    worker->loop = loop_new(err);
    if (!worker->loop)
        return err->code;
    worker->alarm = alarm_new(worker->loop, turn, worker, err);
    if (!worker->alarm)
        return err->code;
    worker->http = http_worker_new(worker->loop);
    worker->tasks = mem_new(scenario->tasks.len, sizeof *worker->tasks);
    worker->random = scenario->seed * 1000003 + (uint64_t)worker->index;
    buf_init(&worker->request, 2 * SCENARIO_REQUEST_MAX);
    buf_init(&worker->scratch, SCENARIO_REQUEST_MAX);
    deck_make(worker);
    requests_fix(worker);
    if (scenario->open) {
        worker->arrival = worker->index;
        worker->arrival_ns = scenario_arrival_ns(scenario, worker->arrival);
    }
    return 0;
}

static void close_worker(struct worker *worker)
{
    size_t unfinished = worker->asking + worker->waiting_len;
    VEC_EACH (struct user *, user, &worker->users)
        user_free(*user);
    requests_fini(worker);
    http_worker_free(worker->http);
    alarm_free(worker->alarm);
    loop_free(worker->loop);
    vec_fini(&worker->users);
    vec_fini(&worker->due);
    vec_fini(&worker->deck);
    vec_fini(&worker->waiting);
    buf_fini(&worker->request);
    buf_fini(&worker->scratch);
    free(worker->tasks);
    lock_take(worker->load->lock);
    worker->load->unfinished += unfinished;
    lock_give(worker->load->lock);
}

void worker_main(void *data)
{
    struct worker *worker = data;
    struct load *load = worker->load;
    struct err err;
    if (open_worker(worker, &err) == 0) {
        worker_wake(worker, load->begin_ns);
        loop_run(worker->loop);
        flush(worker);
    } else {
        lock_take(load->lock);
        load->failed = err;
        lock_give(load->lock);
        atomic_store(&load->stop, true);
    }
    close_worker(worker);
    atomic_fetch_sub(&load->running, 1);
}
