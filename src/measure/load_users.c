/* Who asks when: users that think (closed model), arrivals that come (open model). */
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "measure/load_parts.h"

/* --- a user's life --- */

struct user *user_new(struct worker *worker)
{
    const struct scenario *scenario = worker->load->scenario;
    struct user *user = mem_new(1, sizeof *user);
    user->worker = worker;
    user->number =
        (uint32_t)(worker->users.len * (size_t)worker->load->threads + (size_t)worker->index);
    user->random = scenario->seed + user->number * UINT64_C(0xd1342543de82ef95);
    user->drawn = mem_new(scenario->variables.len, sizeof *user->drawn);
    user->captured = mem_new(scenario->variables.len, sizeof *user->captured);
    buf_init(&user->target_text, SCENARIO_REQUEST_MAX);
    buf_init(&user->kept, scenario->body_max_bytes);
    vec_push(&worker->users, user);
    return user;
}

void user_free(struct user *user)
{
    exchange_close(user);
    cookies_fini(&user->cookies);
    for (size_t i = 0; i < user->worker->load->scenario->variables.len; i++)
        free(user->captured[i]);
    free(user->captured);
    free(user->drawn);
    buf_fini(&user->target_text);
    buf_fini(&user->kept);
    free(user);
}

/* All wait equally long at most: who has asked first is first to be given up. */
static void begin_asking(struct user *user)
{
    struct worker *worker = user->worker;
    user->asking = true;
    worker->asking++;
    user->sent_ns = clock_mono_ns();
    user->older = worker->newest;
    user->newer = NULL;
    *(worker->newest ? &worker->newest->newer : &worker->oldest) = user;
    worker->newest = user;
}

static void end_asking(struct user *user)
{
    struct worker *worker = user->worker;
    user->asking = false;
    worker->asking--;
    *(user->older ? &user->older->newer : &worker->oldest) = user->newer;
    *(user->newer ? &user->newer->older : &worker->newest) = user->older;
}

void users_time_out(struct worker *worker, uint64_t now_ns)
{
    uint64_t timeout_ns = worker->load->scenario->timeout_ns;
    while (worker->oldest && worker->oldest->sent_ns + timeout_ns <= now_ns)
        exchange_time_out(worker->oldest);
}

/* The next task of a user; latency counts from intended_ns. */
static void ask(struct user *user, uint64_t intended_ns)
{
    struct worker *worker = user->worker;
    begin_asking(user);
    user->tried_again = false;
    user->iteration++;
    user->intended_ns = intended_ns;
    user->task = deck_draw(worker);
    user_draw(user);
    if (worker->load->scenario->open)
        histogram_add(&worker->late, user->sent_ns - intended_ns);
    exchange_begin(user);
}

static bool has_latency(enum load_error error)
{
    return error == LOAD_OK || error == LOAD_TIMEOUT || error == LOAD_STATUS || error == LOAD_CHECK;
}

static void record(struct worker *worker, size_t task, enum load_error error, uint64_t intended_ns)
{
    struct tally *tally = &worker->tasks[task];
    tally->requests++;
    tally->errors[error]++;
    if (has_latency(error))
        histogram_add(&tally->latency, clock_mono_ns() - intended_ns);
}

/* --- closed: users think --- */

static void think(struct user *user, uint64_t pause_ns)
{
    user->due_ns = clock_mono_ns() + pause_ns;
    heap_add(user->worker, user);
    worker_wake(user->worker, user->due_ns);
}

static void retire(struct user *user)
{
    user->retired = true;
    if (user->heap_at)
        heap_remove(user->worker, user);
    if (!user->asking)
        exchange_close(user);
}

static void next_of_closed(struct user *user, enum load_error error)
{
    const struct scenario *scenario = user->worker->load->scenario;
    uint64_t pause_ns = pause_draw(&scenario->tasks.at[user->task].think, &user->random);
    bool answered = has_latency(error);
    if (user->worker->ending || user->retired) {
        exchange_close(user);
        return;
    }
    if (!answered && pause_ns < LOAD_FAILED_WAIT_NS)
        pause_ns = LOAD_FAILED_WAIT_NS; /* a server that is down is not asked without a breath */
    if (pause_ns == 0)
        ask(user, clock_mono_ns());
    else
        think(user, pause_ns);
}

/* How many of the first count users are this thread's. */
static size_t share_of(const struct worker *worker, double goal)
{
    size_t count = (size_t)(goal + 0.5), threads = (size_t)worker->load->threads;
    return count / threads + (count % threads > (size_t)worker->index);
}

void users_adjust(struct worker *worker, uint64_t now_ns)
{
    const struct load *load = worker->load;
    size_t wanted = share_of(worker, scenario_goal(load->scenario, now_ns - load->begin_ns));
    for (; worker->active < wanted; worker->active++) {
        struct user *user = worker->active < worker->users.len ? worker->users.at[worker->active]
                                                               : user_new(worker);
        user->retired = false;
        if (!user->asking) /* else it goes on after its answer */
            ask(user, clock_mono_ns());
    }
    while (worker->active > wanted)
        retire(worker->users.at[--worker->active]);
}

void users_wake(struct worker *worker, uint64_t now_ns)
{
    while (worker->due.len && worker->due.at[0]->due_ns <= now_ns) {
        struct user *user = worker->due.at[0];
        heap_remove(worker, user);
        ask(user, clock_mono_ns());
    }
}

void users_end(struct worker *worker)
{
    worker->active = 0;
    VEC_EACH (struct user *, user, &worker->users)
        retire(*user);
}

/* --- open: requests come when they are due --- */

/* A user that asks nothing now, or NULL where there are as many as there may be. */
static struct user *free_user(struct worker *worker)
{
    const struct load *load = worker->load;
    struct user *user = worker->free_users;
    size_t threads = (size_t)load->threads, most = load->scenario->connections_max;
    most = most / threads + (most % threads > (size_t)worker->index);
    if (user)
        worker->free_users = user->next_free;
    else if (worker->users.len < most)
        user = user_new(worker);
    return user;
}

static void arrive(struct worker *worker, uint64_t due_ns)
{
    struct user *user = free_user(worker);
    if (user) {
        ask(user, due_ns);
    } else if (worker->waiting_len < LOAD_WAITING_MAX) {
        size_t at = (worker->waiting_at + worker->waiting_len++) % LOAD_WAITING_MAX;
        if (!worker->waiting.at) /* for most never */
            worker->waiting.at = mem_new(LOAD_WAITING_MAX, sizeof *worker->waiting.at);
        worker->waiting.at[at] = due_ns;
    } else {
        record(worker, deck_draw(worker), LOAD_DROPPED, due_ns);
    }
}

/* The longest waiting arrival that has not waited too long; false where there is none. */
static bool next_waiting(struct worker *worker, uint64_t *due_ns)
{
    uint64_t now_ns = clock_mono_ns();
    while (worker->waiting_len) {
        *due_ns = worker->waiting.at[worker->waiting_at];
        worker->waiting_at = (worker->waiting_at + 1) % LOAD_WAITING_MAX;
        worker->waiting_len--;
        if (now_ns - *due_ns < worker->load->scenario->timeout_ns)
            return true;
        record(worker, deck_draw(worker), LOAD_TIMEOUT, *due_ns);
    }
    return false;
}

static void next_of_open(struct user *user)
{
    struct worker *worker = user->worker;
    uint64_t due_ns;
    if (next_waiting(worker, &due_ns)) {
        ask(user, due_ns);
        return;
    }
    user->next_free = worker->free_users;
    worker->free_users = user;
}

void arrivals_due(struct worker *worker, uint64_t now_ns)
{
    const struct load *load = worker->load;
    while (worker->arrival_ns != UINT64_MAX && load->begin_ns + worker->arrival_ns <= now_ns) {
        uint64_t due_ns = load->begin_ns + worker->arrival_ns;
        worker->arrival += load->threads;
        worker->arrival_ns = scenario_arrival_ns(load->scenario, worker->arrival);
        arrive(worker, due_ns);
    }
}

void user_done(struct user *user, enum load_error error)
{
    end_asking(user);
    record(user->worker, user->task, error, user->intended_ns);
    if (user->worker->load->scenario->open)
        next_of_open(user);
    else
        next_of_closed(user, error);
}
