#include "browser/samples.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "platform/usage.h"

/* What one piece of work is about; the other thread touches nothing else. */
struct look {
    struct samples *samples; /* NULL: closed meanwhile */
    int pids[SAMPLES_PIDS_MAX];
    size_t len;
    struct usage usage; /* of all of them */
};

struct samples {
    struct loop *loop;
    struct timer *timer;
    samples_pids_fn *pids;
    samples_fn *on_sample;
    void *data;
    struct look *look; /* under way, or NULL */

    struct sample ring[SAMPLES_KEPT];
    size_t first, len;
    int last_pid;
    uint64_t last_cpu_ms, last_ns;
};

static void work(void *data)
{
    struct look *look = data;
    for (size_t i = 0; i < look->len; i++) {
        struct usage one;
        usage_of(look->pids[i], &one);
        look->usage.processes += one.processes;
        look->usage.memory_bytes += one.memory_bytes;
        look->usage.cpu_ms += one.cpu_ms;
    }
}

/* Where a process is new, or the family lost a member, it begins at 0. */
static double percent(struct samples *samples, const struct look *look)
{
    uint64_t now_ns = clock_mono_ns();
    uint64_t passed_ns = now_ns - samples->last_ns, cpu_ms = look->usage.cpu_ms;
    double used = 0;
    int first = look->len ? look->pids[0] : 0;
    if (first == samples->last_pid && cpu_ms >= samples->last_cpu_ms && passed_ns > 0)
        used = (double)(cpu_ms - samples->last_cpu_ms) * (double)CLOCK_NS_PER_MS * 100 /
               (double)passed_ns;
    samples->last_pid = first;
    samples->last_cpu_ms = cpu_ms;
    samples->last_ns = now_ns;
    return used;
}

static void done(void *data)
{
    struct look *look = data;
    struct samples *samples = look->samples;
    if (samples) {
        struct sample sample = {.wall_ns = clock_wall_ns(),
                                .processes = look->usage.processes,
                                .memory_bytes = look->usage.memory_bytes,
                                .cpu_percent = percent(samples, look)};
        samples->look = NULL;
        samples->ring[(samples->first + samples->len) % SAMPLES_KEPT] = sample;
        if (samples->len < SAMPLES_KEPT)
            samples->len++;
        else
            samples->first = (samples->first + 1) % SAMPLES_KEPT;
        samples->on_sample(samples->data, &sample);
        timer_start(samples->timer, SAMPLES_PERIOD_MS);
    }
    free(look);
}

static void look_again(void *data)
{
    struct samples *samples = data;
    struct look *look = mem_new(1, sizeof *look);
    look->samples = samples;
    look->len = samples->pids(samples->data, look->pids, SAMPLES_PIDS_MAX);
    samples->look = look;
    work_submit(samples->loop, work, done, look);
}

struct samples *samples_open(struct loop *loop, samples_pids_fn *pids, samples_fn *on_sample,
                             void *data)
{
    struct samples *samples = mem_new(1, sizeof *samples);
    samples->loop = loop;
    samples->pids = pids;
    samples->on_sample = on_sample;
    samples->data = data;
    samples->timer = timer_new(loop, look_again, samples);
    timer_start(samples->timer, SAMPLES_PERIOD_MS);
    return samples;
}

void samples_close(struct samples *samples)
{
    if (!samples)
        return;
    timer_free(samples->timer);
    if (samples->look)
        samples->look->samples = NULL; /* done frees it */
    free(samples);
}

void sample_write_members(const struct sample *sample, struct json_writer *json)
{
    json_int(json, "at", (int64_t)(sample->wall_ns / CLOCK_NS_PER_MS));
    json_int(json, "processes", sample->processes);
    json_int(json, "memory_bytes", (int64_t)sample->memory_bytes);
    json_double(json, "cpu_percent", sample->cpu_percent);
}

void samples_write(const struct samples *samples, struct json_writer *json)
{
    for (size_t i = 0; i < samples->len; i++) {
        json_object_begin(json, NULL);
        sample_write_members(&samples->ring[(samples->first + i) % SAMPLES_KEPT], json);
        json_object_end(json);
    }
}
