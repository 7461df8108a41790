/* The loop, which runs while something is waited for, and what comes in between. */
#include "base/clock.h"
#include "build/golang/child.h"
#include "measure/bench/ask.h"
#include "measure/bench/parts.h"

#define COMMAND_TIMEOUT_MS 600000
#define CALM_MS            3000 /* start and stop of a tool that is measured at the end */

static void wake_up(void *data)
{
    bench_wake(data);
}

void bench_wake(struct bench *bench)
{
    loop_stop(bench->loop);
}

static bool wait_for(struct bench *bench, bench_ready_fn *ready, void *data, uint32_t timeout_ms,
                     bool anyway)
{
    uint64_t end_ns = clock_mono_ns() + timeout_ms * CLOCK_NS_PER_MS;
    bool came = false;
    while (!(came = ready && ready(data)) && (anyway || !bench->interrupted)) {
        uint64_t now_ns = clock_mono_ns();
        if (now_ns >= end_ns)
            break;
        timer_start(bench->deadline, (end_ns - now_ns) / CLOCK_NS_PER_MS + 1);
        loop_run(bench->loop);
    }
    timer_stop(bench->deadline);
    return came;
}

bool bench_wait(struct bench *bench, bench_ready_fn *ready, void *data, uint32_t timeout_ms)
{
    return wait_for(bench, ready, data, timeout_ms, false);
}

bool bench_wait_anyway(struct bench *bench, bench_ready_fn *ready, void *data, uint32_t timeout_ms)
{
    return wait_for(bench, ready, data, timeout_ms, true);
}

/* --- progress --- */

bool bench_wants(const struct bench *bench, const char *step)
{
    return bench->options->only.len == 0 || strs_has(&bench->options->only, step);
}

/* From what the rounds so far took, those still to come, and the waits at the end. */
static uint64_t left_ns(const struct bench *bench)
{
    const struct bench_options *options = bench->options;
    uint64_t all = 0;
    VEC_EACH (const struct contender, contender, &bench->contenders)
        all += contender->out ? 0 : (uint64_t)options->rounds + 1;
    uint64_t done = (uint64_t)bench->progress.done, left = all > done ? all - done : 0;
    if (done == 0)
        return 0;
    uint64_t calm_ms = CALM_MS + (bench_wants(bench, "storm") ? options->storm_ms : 0) +
                       (bench_wants(bench, "idle") ? options->idle_ms : 0);
    uint64_t ns = left * (bench->progress.measured_ns / done) +
                  (uint64_t)bench->progress.calm * calm_ms * CLOCK_NS_PER_MS;
    uint64_t spent_ns = clock_mono_ns() - bench->progress.at_ns;
    return ns > spent_ns ? ns - spent_ns : 0;
}

static void view(void *data)
{
    struct bench *bench = data;
    struct bench_progress progress = {
        .elapsed_ns = clock_mono_ns() - bench->progress.begun_ns,
        .left_ns = left_ns(bench),
        .round = bench->progress.round,
        .rounds = bench->options->rounds,
        .tool = bench->progress.tool,
        .step = bench->progress.step,
    };
    if (!bench->options->view)
        return;
    bench->options->view(bench->options->data, &progress);
    timer_start(bench->viewer, bench->options->view_ms);
}

void bench_step(struct bench *bench, const char *tool, const char *step)
{
    bench->progress.tool = tool;
    bench->progress.step = step;
}

/* --- the loop --- */

static void signalled(void *data, int signal)
{
    struct bench *bench = data;
    if (signal != signal_number("INT") && signal != signal_number("TERM") &&
        signal != signal_number("HUP") && signal != signal_number("QUIT"))
        return;
    bench->interrupted = bench->result->interrupted = true;
    bench_wake(bench);
}

int bench_open_loop(struct bench *bench, struct err *err)
{
    bench->loop = loop_new(err);
    if (!bench->loop || process_init(bench->loop, err) != 0)
        return err->code;
    bench->signals = signals_open(bench->loop, signalled, bench, err);
    if (!bench->signals)
        return err->code;
    bench->http = http_worker_new(bench->loop);
    bench->deadline = timer_new(bench->loop, wake_up, bench);
    bench->viewer = timer_new(bench->loop, view, bench);
    view(bench);
    return 0;
}

void bench_close_loop(struct bench *bench)
{
    timer_free(bench->viewer);
    timer_free(bench->deadline);
    http_worker_free(bench->http);
    if (bench->signals)
        signals_close(bench->signals);
    process_fini();
    if (bench->loop)
        loop_free(bench->loop);
}

/* --- commands --- */

int bench_command(struct bench *bench, const struct strs *argv, const struct strs *env,
                  const char *dir, struct buf *out, struct err *err)
{
    struct bench_ask ask = {
        .argv = argv, .dir = dir, .timeout_ms = COMMAND_TIMEOUT_MS, .joined = true};
    struct strs whole = {0};
    go_child_env(&whole, env ? env : &bench->env, dir);
    int result = bench_ask_on(bench->loop, &ask, &whole, &bench->interrupted, out, err);
    strs_fini(&whole);
    return result;
}
