/* A run from outside: threads are started, watched and joined; what they found is put together. */
#include "measure/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "http/tls.h"
#include "measure/load_parts.h"
#include "platform/process.h"
#include "platform/random.h"
#include "platform/signals.h"
#include "platform/sysinfo.h"

#define LOOK_MS      50                     /* how often the threads are looked after */
#define HEAD_START   (CLOCK_NS_PER_MS * 20) /* for the threads to be there when it begins */
#define OTHER_FILES  64                     /* descriptors that are no connections */
#define INTERVAL_MIN CLOCK_NS_PER_S

struct run {
    struct load load;
    const struct load_options *options;
    struct load_result *result;
    struct worker *workers;
    struct loop *loop;
    struct timer *timer;
    struct signals *signals;
    uint64_t interval_ns, viewed_ns, pointed_ns;
};

/* --- while it runs --- */

static void add_point(struct run *run, uint64_t now_ns)
{
    struct load *load = &run->load;
    const struct tally *tally = &load->pointed;
    uint32_t users = atomic_load(&load->users);
    lock_take(load->lock);
    vec_push(&run->result->points,
             ((struct load_point){.begin_ns = run->pointed_ns - load->begin_ns,
                                  .end_ns = now_ns - load->begin_ns,
                                  .requests = tally->requests,
                                  .failed = tally_failed(tally),
                                  .users = users,
                                  .p50_ns = histogram_percentile(&tally->latency, 50),
                                  .p95_ns = histogram_percentile(&tally->latency, 95),
                                  .p99_ns = histogram_percentile(&tally->latency, 99),
                                  .max_ns = tally->latency.max_ns}));
    tally_reset(&load->pointed);
    lock_give(load->lock);
    run->pointed_ns = now_ns;
}

static void view(struct run *run, uint64_t now_ns)
{
    struct load *load = &run->load;
    struct load_progress progress = {.elapsed_ns = now_ns - load->begin_ns,
                                     .length_ns = load->length_ns,
                                     .users = atomic_load(&load->users)};
    lock_take(load->lock);
    for (size_t i = 0; i < load->scenario->tasks.len; i++) {
        progress.requests += load->tasks[i].requests;
        progress.failed += tally_failed(&load->tasks[i]);
    }
    progress.rate = (double)load->viewed.requests * 1e9 / (double)(now_ns - run->viewed_ns);
    progress.p50_ns = histogram_percentile(&load->viewed.latency, 50);
    progress.p95_ns = histogram_percentile(&load->viewed.latency, 95);
    progress.p99_ns = histogram_percentile(&load->viewed.latency, 99);
    tally_reset(&load->viewed);
    lock_give(load->lock);
    progress.stopping = progress.elapsed_ns >= load->length_ns || atomic_load(&load->stop);
    run->viewed_ns = now_ns;
    if (run->options->view)
        run->options->view(run->options->data, &progress);
}

static void look(void *data)
{
    struct run *run = data;
    uint64_t now_ns = clock_mono_ns();
    uint32_t users = atomic_load(&run->load.users);
    if (users > run->result->users_max)
        run->result->users_max = users;
    if (atomic_load(&run->load.running) == 0) {
        loop_stop(run->loop);
        return;
    }
    if (now_ns >= run->pointed_ns + run->interval_ns)
        add_point(run, now_ns);
    if (now_ns >= run->viewed_ns + (uint64_t)run->options->view_ms * CLOCK_NS_PER_MS)
        view(run, now_ns);
    timer_start(run->timer, LOOK_MS);
}

static void on_signal(void *data, int signal)
{
    struct run *run = data;
    const char *name = signal_name(signal);
    bool ends = strcmp(name, "SIGINT") == 0 || strcmp(name, "SIGTERM") == 0 ||
                strcmp(name, "SIGHUP") == 0 || strcmp(name, "SIGQUIT") == 0;
    if (!ends || run->result->interrupted)
        return;
    uint64_t at_ns = clock_mono_ns() - run->load.begin_ns;
    run->result->interrupted = true;
    if (at_ns < run->result->load_ns)
        run->result->load_ns = at_ns;
    atomic_store(&run->load.stop, true);
}

/* --- before --- */

static int check_files(const struct load *load, struct err *err)
{
    const struct scenario *scenario = load->scenario;
    double wanted =
        scenario->open ? (double)scenario->connections_max : scenario_goal_max(scenario);
    long files = sysinfo_files_raise();
    if (wanted + OTHER_FILES + load->threads * 8 <= (double)files)
        return 0;
    err_set(err, ERR_SYSTEM, "%.0f connections are more than the %ld open files that are allowed",
            wanted, files);
    err_hint(err, "raise the hard limit (ulimit -Hn) or ask for less");
    return ERR_SYSTEM;
}

static int prepare(struct load *load, const struct load_options *options, struct err *err)
{
    const struct scenario *scenario = load->scenario;
    const struct target *target = &scenario->target;
    double most = scenario_goal_max(scenario);
    load->threads = options->threads ? options->threads : sysinfo_processors();
    if (load->threads > most)
        load->threads = most < 1 ? 1 : (int)most;
    if (check_files(load, err) != 0)
        return err->code;
    if (target->tls) {
        load->tls = tls_client_new(scenario->tls_ca, !scenario->tls_verify, err);
        if (!load->tls)
            return err->code;
    }
    bool ipv6 = strchr(target->host, ':') != NULL;
    bool usual = target->port == (target->tls ? 443 : 80);
    char port[16] = "";
    if (!usual)
        (void)snprintf(port, sizeof port, ":%u", target->port);
    (void)snprintf(load->authority, sizeof load->authority, "%s%.255s%s%s", ipv6 ? "[" : "",
                   target->host, ipv6 ? "]" : "", port);
    random_hex(load->run, sizeof load->run - 1);
    load->length_ns = scenario_length_ns(scenario);
    load->lock = lock_new();
    load->tasks = mem_new(scenario->tasks.len, sizeof *load->tasks);
    return 0;
}

static int start_threads(struct run *run, struct err *err)
{
    struct load *load = &run->load;
    run->workers = mem_new((size_t)load->threads, sizeof *run->workers);
    load->begin_ns = run->viewed_ns = run->pointed_ns = clock_mono_ns() + HEAD_START;
    for (int i = 0; i < load->threads; i++) {
        struct worker *worker = &run->workers[i];
        worker->load = load;
        worker->index = i;
        atomic_fetch_add(&load->running, 1);
        worker->thread = thread_start(worker_main, worker, err);
        if (worker->thread)
            continue;
        atomic_fetch_sub(&load->running, 1);
        atomic_store(&load->stop, true);
        return err->code;
    }
    return 0;
}

static int open_run(struct run *run, struct err *err)
{
    run->loop = loop_new(err);
    if (!run->loop)
        return err->code;
    run->timer = timer_new(run->loop, look, run);
    /* Before the threads, which are not to take any signal. */
    run->signals = signals_open(run->loop, on_signal, run, err);
    if (!run->signals)
        return err->code;
    run->interval_ns = run->load.length_ns / LOAD_POINTS;
    if (run->interval_ns < INTERVAL_MIN)
        run->interval_ns = INTERVAL_MIN;
    return 0;
}

/* --- after --- */

static void finish(struct run *run)
{
    struct load *load = &run->load;
    struct load_result *result = run->result;
    uint64_t now_ns = clock_mono_ns();
    if (load->pointed.requests)
        add_point(run, now_ns);
    result->begin_ns = load->begin_ns;
    result->elapsed_ns = now_ns - load->begin_ns;
    result->tasks = load->tasks;
    load->tasks = NULL;
    for (size_t i = 0; i < load->scenario->tasks.len; i++)
        tally_merge(&result->total, &result->tasks[i]);
    result->late = load->late;
    result->unfinished = load->unfinished;
    (void)load_judge(result);
}

static void close_run(struct run *run)
{
    for (int i = 0; run->workers && i < run->load.threads; i++)
        thread_join(run->workers[i].thread);
    signals_close(run->signals);
    timer_free(run->timer);
    loop_free(run->loop);
    tls_context_free(run->load.tls);
    lock_free(run->load.lock);
    free(run->load.tasks);
    free(run->workers);
}

struct load_result *load_run(const struct scenario *scenario, const struct load_options *options,
                             struct err *err)
{
    struct run *run = mem_new(1, sizeof *run);
    struct load_result *result = mem_new(1, sizeof *result);
    clock_t cpu = clock();
    *err = (struct err){0};
    run->load.scenario = result->scenario = scenario;
    run->options = options;
    run->result = result;
    run->load.windows = options->windows;
    result->windows = options->windows;
    int failed = prepare(&run->load, options, err);
    failed = failed ? failed : open_run(run, err);
    result->started_wall_ns = clock_wall_ns();
    result->threads = run->load.threads;
    result->load_ns = run->load.length_ns;
    if (!failed)
        failed = start_threads(run, err);
    if (run->workers) {
        timer_start(run->timer, LOOK_MS);
        loop_run(run->loop);
        result->cpu_ns = (uint64_t)(clock() - cpu) * (CLOCK_NS_PER_S / CLOCKS_PER_SEC);
    }
    if (!failed && run->load.failed.code) {
        *err = run->load.failed;
        failed = err->code;
    }
    if (!failed)
        finish(run);
    close_run(run);
    free(run);
    if (!failed)
        return result;
    load_result_free(result);
    return NULL;
}
