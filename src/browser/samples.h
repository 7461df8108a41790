/*
 * The app's memory and processor time, once a second, the last SAMPLES_KEPT of them.
 *
 * Life-cycle: samples_open begins, samples_close. They are taken on the work queue.
 */
#ifndef ZONDA_BROWSER_SAMPLES_H
#define ZONDA_BROWSER_SAMPLES_H

#include <stdint.h>

#include "base/buf.h"
#include "platform/loop.h"

#define SAMPLES_KEPT      600
#define SAMPLES_PERIOD_MS 1000

struct samples;
struct sample {
    uint64_t wall_ns;
    int processes; /* 0: the app does not run */
    uint64_t memory_bytes;
    double cpu_percent; /* of one processor, since the sample before */
};

#define SAMPLES_PIDS_MAX 64                                        /* services */
typedef size_t samples_pids_fn(void *data, int *pids, size_t max); /* of the apps that run */
typedef void samples_fn(void *data, const struct sample *sample);
struct samples *samples_open(struct loop *loop, samples_pids_fn *pids, samples_fn *on_sample,
                             void *data);
void samples_close(struct samples *samples); /* NULL is allowed */

struct json_writer;
void sample_write_members(const struct sample *sample, struct json_writer *json);
void samples_write(const struct samples *samples,
                   struct json_writer *json); /* elements, oldest first */

#endif
