/* The result for programs: JSON and CSV. */
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/version.h"
#include "measure/report.h"
#include "platform/sysinfo.h"

static void latency(struct json_writer *writer, const char *name, const struct histogram *histogram)
{
    static const struct {
        const char *name;
        double percent;
    } PERCENTS[] = {{"p50", 50}, {"p75", 75},    {"p90", 90},     {"p95", 95},
                    {"p99", 99}, {"p999", 99.9}, {"p9999", 99.99}};
    json_object_begin(writer, name);
    json_int(writer, "count", (int64_t)histogram->count);
    json_double(writer, "mean", histogram_mean(histogram) / 1e6);
    json_double(writer, "min", (double)histogram->min_ns / 1e6);
    for (size_t i = 0; i < sizeof PERCENTS / sizeof *PERCENTS; i++)
        json_double(writer, PERCENTS[i].name,
                    (double)histogram_percentile(histogram, PERCENTS[i].percent) / 1e6);
    json_double(writer, "max", (double)histogram->max_ns / 1e6);
    json_object_end(writer);
}

static void tally(struct json_writer *writer, const struct load_result *result,
                  const struct tally *tally)
{
    json_int(writer, "requests", (int64_t)tally->requests);
    json_double(writer, "rate", load_rate(result, tally));
    json_int(writer, "failed", (int64_t)tally_failed(tally));
    json_object_begin(writer, "errors");
    for (int i = LOAD_OK + 1; i < LOAD_ERRORS; i++)
        if (tally->errors[i])
            json_int(writer, load_error_name((enum load_error)i), (int64_t)tally->errors[i]);
    json_object_end(writer);
    json_int(writer, "retried", (int64_t)tally->retried);
    json_int(writer, "connections", (int64_t)tally->connections);
    json_int(writer, "sent_bytes", (int64_t)tally->sent_bytes);
    json_int(writer, "received_bytes", (int64_t)tally->received_bytes);
    latency(writer, "latency_ms", &tally->latency);
}

static void machine(struct json_writer *writer, const struct load_result *result)
{
    json_object_begin(writer, "machine");
    json_string(writer, "system", sysinfo_system());
    json_string(writer, "processor", sysinfo_processor());
    json_int(writer, "processors", sysinfo_processors());
    json_object_end(writer);
    json_object_begin(writer, "generator");
    json_string(writer, "zonda", ZONDA_VERSION);
    json_int(writer, "threads", result->threads);
    json_double(writer, "cpu_s", (double)result->cpu_ns / 1e9);
    json_bool(writer, "saturated", load_was_saturated(result));
    json_object_end(writer);
}

static void reloads(struct json_writer *writer, const struct load_result *result)
{
    json_array_begin(writer, "reloads");
    for (size_t i = 0; i < windows_len(result->windows); i++) {
        const struct window *window = windows_at(result->windows, i);
        json_object_begin(writer, NULL);
        json_double(writer, "begin_s", ((double)window->begin_ns - (double)result->begin_ns) / 1e9);
        json_double(writer, "end_s", ((double)window->end_ns - (double)result->begin_ns) / 1e9);
        json_string(writer, "outcome", window->what);
        json_bool(writer, "good", window->good);
        json_int(writer, "requests", (int64_t)window->tally.requests);
        json_int(writer, "failed", (int64_t)tally_failed(&window->tally));
        latency(writer, "latency_ms", &window->tally.latency);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void points(struct json_writer *writer, const struct load_result *result)
{
    json_array_begin(writer, "points");
    VEC_EACH (const struct load_point, point, &result->points) {
        json_object_begin(writer, NULL);
        json_double(writer, "begin_s", (double)point->begin_ns / 1e9);
        json_double(writer, "end_s", (double)point->end_ns / 1e9);
        json_int(writer, "requests", (int64_t)point->requests);
        json_int(writer, "failed", (int64_t)point->failed);
        json_int(writer, "users", point->users);
        json_double(writer, "p50_ms", (double)point->p50_ns / 1e6);
        json_double(writer, "p95_ms", (double)point->p95_ns / 1e6);
        json_double(writer, "p99_ms", (double)point->p99_ns / 1e6);
        json_double(writer, "max_ms", (double)point->max_ns / 1e6);
        json_object_end(writer);
    }
    json_array_end(writer);
}

void report_json(const struct load_result *result, struct buf *out)
{
    const struct scenario *scenario = result->scenario;
    struct json_writer writer = {.out = out};
    char started[CLOCK_WALL_BYTES];
    clock_format_utc(result->started_wall_ns, started);
    json_object_begin(&writer, NULL);
    json_int(&writer, "v", REPORT_VERSION);
    json_string(&writer, "scenario", scenario->file);
    json_string(&writer, "url", scenario->target.url);
    json_string(&writer, "model", scenario->open ? "open" : "closed");
    json_int(&writer, "seed", (int64_t)scenario->seed);
    json_string(&writer, "started", started);
    json_double(&writer, "elapsed_s", (double)result->elapsed_ns / 1e9);
    json_double(&writer, "load_s", (double)result->load_ns / 1e9);
    json_bool(&writer, "interrupted", result->interrupted);
    json_int(&writer, "unfinished", (int64_t)result->unfinished);
    json_int(&writer, "users_max", result->users_max);
    machine(&writer, result);
    json_array_begin(&writer, "thresholds");
    VEC_EACH (const struct load_verdict, verdict, &result->verdicts) {
        struct buf found = BUF_INIT(100);
        report_verdict(&found, verdict);
        json_object_begin(&writer, NULL);
        json_string(&writer, "threshold", verdict->threshold->text);
        json_string(&writer, "found", buf_text(&found));
        json_bool(&writer, "kept", verdict->kept);
        json_object_end(&writer);
        buf_fini(&found);
    }
    json_array_end(&writer);
    json_object_begin(&writer, "total");
    tally(&writer, result, &result->total);
    json_object_end(&writer);
    json_array_begin(&writer, "tasks");
    for (size_t i = 0; i < scenario->tasks.len; i++) {
        json_object_begin(&writer, NULL);
        json_string(&writer, "name", scenario->tasks.at[i].name);
        json_int(&writer, "weight", scenario->tasks.at[i].weight);
        tally(&writer, result, &result->tasks[i]);
        json_object_end(&writer);
    }
    json_array_end(&writer);
    if (scenario->open)
        latency(&writer, "late_ms", &result->late);
    reloads(&writer, result);
    points(&writer, result);
    json_object_end(&writer);
    (void)buf_putc(out, '\n');
}

void report_csv(const struct load_result *result, struct buf *out)
{
    (void)buf_puts(out, "begin_s,end_s,users,requests,rate,failed,p50_ms,p95_ms,p99_ms,max_ms\r\n");
    VEC_EACH (const struct load_point, point, &result->points) {
        double seconds = (double)(point->end_ns - point->begin_ns) / 1e9;
        (void)buf_printf(out, "%.3f,%.3f,%u,%llu,%.3f,%llu,%.3f,%.3f,%.3f,%.3f\r\n",
                         (double)point->begin_ns / 1e9, (double)point->end_ns / 1e9, point->users,
                         (unsigned long long)point->requests,
                         seconds > 0 ? (double)point->requests / seconds : 0,
                         (unsigned long long)point->failed, (double)point->p50_ns / 1e6,
                         (double)point->p95_ns / 1e6, (double)point->p99_ns / 1e6,
                         (double)point->max_ns / 1e6);
    }
}
