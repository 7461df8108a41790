/* A round of one tool: it is started, files are edited, requests are timed, it is stopped. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "measure/bench/parts.h"
#include "platform/loopback.h"

#define START_PAUSE_MS 4
#define WARM_UP        3 /* times the timeout: what the first start compiles, no later one does */
#define ANSWERS        100

/* --- the start --- */

struct starting {
    struct bench *bench;
    struct running *running;
    uint64_t served_ns;
};

static void take_answer(void *data, const struct answer *answer)
{
    struct starting *starting = data;
    if (!answer->good || starting->served_ns)
        return;
    starting->served_ns = answer->end_ns;
    bench_wake(starting->bench);
}

static bool has_come(void *data)
{
    const struct starting *starting = data;
    return starting->served_ns || starting->running->ended;
}

static bool may_be_asked(void *data)
{
    const struct running *running = data;
    return !running->ready || running->is_ready || running->ended;
}

static uint64_t wait_for_start(struct bench *bench, struct running *running)
{
    struct starting starting = {.bench = bench, .running = running};
    struct prober prober;
    uint64_t timeout_ms = bench->options->timeout_ms;
    timeout_ms *= bench->progress.round > 0 ? 1 : WARM_UP;
    if (!bench_wait(bench, may_be_asked, running, (uint32_t)timeout_ms))
        return 0;
    uint64_t spent_ms = (clock_mono_ns() - running->begun_ns) / CLOCK_NS_PER_MS;
    prober_init(&prober, bench, running->ask_port, 0, take_answer, &starting);
    prober_start(&prober, bench->page, START_PAUSE_MS);
    (void)bench_wait(bench, has_come, &starting,
                     (uint32_t)(timeout_ms > spent_ms ? timeout_ms - spent_ms : 0));
    prober_fini(&prober);
    return starting.served_ns;
}

/* A configuration of the tool may give the app another port than it has alone. */
static void explain_silence(const struct running *running, struct buf *why)
{
    struct buf ports = BUF_INIT((size_t)200);
    (void)buf_printf(why, "its app did not answer on port %u in time", running->ask_port);
    if (loopback_port_is_free(running->ask_port)) {
        if (running_ports(running, &ports))
            (void)buf_printf(why,
                             ": what runs listens on %s instead; the tool's configuration and PORT "
                             "must name the same port",
                             buf_text(&ports));
        else
            (void)buf_puts(why, ": nothing that runs listens on one");
    }
    buf_fini(&ports);
}

/* Why it does not come up, in its own words. */
static void explain(const struct running *running, struct buf *why)
{
    if (running->ended) {
        (void)buf_puts(why, "it ended with ");
        exit_status_words(running->status, why);
    } else {
        explain_silence(running, why);
    }
    struct buf words = BUF_INIT((size_t)2000);
    running_last_words(running, &words);
    if (words.len)
        (void)buf_printf(why, "; its last words: %s", buf_text(&words));
    buf_fini(&words);
}

static void give_up(struct bench *bench, struct contender *contender, const char *why,
                    uint64_t waited_ns)
{
    if (bench->interrupted)
        return;
    if (bench->progress.round > 1) { /* it came up before */
        bench_take(bench, contender->number, FIGURE_START, bench_seconds(waited_ns), true);
        return;
    }
    contender->out = true;
    mem_replace(&bench->result->tools.at[contender->number].skipped, why);
}

bool round_start(struct bench *bench, struct contender *contender, struct running *running)
{
    struct err err = {0};
    uint64_t served_ns = 0;
    struct buf why = BUF_INIT((size_t)4000);
    /* What the floor starts is linked before: its start is that of the app alone. */
    int failed = contender->tool ? 0 : floor_link(bench, &err);
    if (!failed)
        failed = contender_start(bench, contender, running, &err);
    if (failed) {
        (void)buf_puts(&why, err.message);
    } else {
        served_ns = wait_for_start(bench, running);
        if (!served_ns)
            explain(running, &why);
    }
    if (served_ns)
        bench_take(bench, contender->number, FIGURE_START,
                   bench_seconds(served_ns - running->begun_ns), false);
    else
        give_up(bench, contender, buf_text(&why), failed ? 0 : clock_mono_ns() - running->begun_ns);
    if (!served_ns && !failed)
        running_stop(running, false);
    buf_fini(&why);
    return served_ns != 0;
}

int app_of(struct bench *bench, const struct contender *contender, struct running *running)
{
    struct prober prober;
    struct answer answer;
    prober_init(&prober, bench, running->ask_port, process_root(running->process), NULL, NULL);
    (void)prober_ask(&prober, bench->page, &answer);
    prober_fini(&prober);
    return answer_process(bench, contender, &answer);
}

/* --- requests --- */

static void take_answers(struct bench *bench, int tool, double *values, int count)
{
    double sum = 0;
    struct bench_stat stat = bench_stat_of(values, (size_t)count);
    for (int i = 0; i < count; i++)
        sum += values[i];
    bench_take(bench, tool, FIGURE_ANSWER_MEAN, sum / count, false);
    bench_take(bench, tool, FIGURE_ANSWER_MEDIAN, stat.median, false);
    bench_take(bench, tool, FIGURE_ANSWER_P99, values[(count * 99 + 99) / 100 - 1], false);
}

static void measure_answers(struct bench *bench, const struct contender *contender,
                            const struct running *running)
{
    struct prober prober;
    double values[ANSWERS];
    int count = 0;
    builders_settle(bench, process_root(running->process), SETTLE_MS);
    prober_init(&prober, bench, running->ask_port, 0, NULL, NULL);
    prober.kept = true;
    for (int i = 0; i < ANSWERS && !bench->interrupted; i++) {
        struct answer answer;
        if (prober_ask(&prober, bench->page, &answer))
            values[count++] = bench_seconds(answer.end_ns - answer.begin_ns);
    }
    prober_fini(&prober);
    if (count && !bench->interrupted)
        take_answers(bench, contender->number, values, count);
}

/* --- the whole --- */

static bool edits(const struct bench *bench, const struct contender *contender,
                  enum bench_kind kind)
{
    if (!contender->tool && kind != KIND_LEAF && kind != KIND_DEEP)
        return false;
    return bench->subject->files[kind].path && bench_wants(bench, bench_kind_name(kind));
}

void round_of(struct bench *bench, struct contender *contender)
{
    struct running running = {.bench = bench};
    const char *name = bench->result->tools.at[contender->number].name;
    uint64_t begun_ns = clock_mono_ns();
    bench->progress.at_ns = begun_ns;
    bench_step(bench, name, "start");
    bool runs = round_start(bench, contender, &running);
    for (int kind = 0; runs && kind < KINDS && !bench->interrupted; kind++) {
        if (!edits(bench, contender, (enum bench_kind)kind))
            continue;
        bench_step(bench, name, bench_kind_name((enum bench_kind)kind));
        runs = edit_measure(bench, contender, &running, (enum bench_kind)kind);
    }
    if (runs && !bench->interrupted && bench_wants(bench, "answer")) {
        bench_step(bench, name, "answer");
        measure_answers(bench, contender, &running);
    }
    bench_step(bench, name, "stop");
    running_stop(&running, false);
    bench->progress.measured_ns += clock_mono_ns() - begun_ns;
    bench->progress.done++;
    bench->progress.at_ns = clock_mono_ns();
}
