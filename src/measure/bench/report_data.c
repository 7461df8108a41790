/* The result for programs: JSON and CSV. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "measure/bench/report.h"
#include "measure/report.h"

/* The shortest that reads back as the same number; null where it is none. */
static void number(char text[40], double value)
{
    (void)snprintf(text, 40, "null");
    if (!isfinite(value))
        return;
    for (int digits = 9; digits <= 17; digits++) {
        (void)snprintf(text, 40, "%.*g", digits, value);
        double back = strtod(text, NULL);
        if (back >= value && back <= value)
            break;
    }
}

static void put_number(struct json_writer *writer, const char *name, double value)
{
    char text[40];
    number(text, value);
    json_raw(writer, name, text);
}

static void put_sample(struct json_writer *writer, const struct bench_result *result,
                       const struct bench_sample *sample)
{
    json_object_begin(writer, NULL);
    json_string(writer, "tool", result->tools.at[sample->tool].name);
    json_int(writer, "round", sample->round);
    json_string(writer, "figure", bench_figure(sample->figure)->name);
    put_number(writer, "value", sample->value);
    json_bool(writer, "missed", sample->missed);
    json_object_end(writer);
}

void bench_report_sample(struct buf *out, const struct bench_result *result,
                         const struct bench_sample *sample)
{
    struct json_writer writer = {.out = out};
    put_sample(&writer, result, sample);
}

static void put_ratio(struct json_writer *writer, const char *name,
                      const struct bench_result *result, int tool, int base,
                      enum bench_figure figure)
{
    put_number(writer, name, base < 0 ? NAN : bench_ratio(result, tool, base, figure));
}

static void put_figure(struct json_writer *writer, const struct bench_result *result,
                       enum bench_figure figure)
{
    static const char *const UNITS[] = {
        [UNIT_SECONDS] = "s", [UNIT_COUNT] = "count", [UNIT_BYTES] = "bytes"};
    json_object_begin(writer, NULL);
    json_string(writer, "name", bench_figure(figure)->name);
    json_string(writer, "title", bench_figure(figure)->title);
    json_string(writer, "unit", UNITS[bench_figure(figure)->unit]);
    json_array_begin(writer, "tools");
    for (int tool = 0; tool < (int)result->tools.len; tool++) {
        struct bench_stat stat = bench_stat(result, tool, figure);
        if (stat.n + stat.missed == 0)
            continue;
        json_object_begin(writer, NULL);
        json_string(writer, "tool", result->tools.at[tool].name);
        json_int(writer, "n", stat.n);
        json_int(writer, "missed", stat.missed);
        put_number(writer, "min", stat.n ? stat.min : NAN);
        put_number(writer, "median", stat.n ? stat.median : NAN);
        put_number(writer, "max", stat.n ? stat.max : NAN);
        put_ratio(writer, "ratio_first", result, tool, result->first, figure);
        put_ratio(writer, "ratio_floor", result, tool, result->floor, figure);
        json_object_end(writer);
    }
    json_array_end(writer);
    json_object_end(writer);
}

static void put_tools(struct json_writer *writer, const struct bench_result *result)
{
    json_array_begin(writer, "tools");
    VEC_EACH (const struct bench_tool_result, tool, &result->tools) {
        json_object_begin(writer, NULL);
        json_string(writer, "name", tool->name);
        json_string(writer, "version", tool->version);
        json_string(writer, "path", tool->path);
        json_string(writer, "command", tool->command);
        json_string(writer, "skipped", tool->skipped);
        json_object_end(writer);
    }
    json_array_end(writer);
    json_string(writer, "first", result->first < 0 ? NULL : result->tools.at[result->first].name);
    json_string(writer, "floor", result->floor < 0 ? NULL : result->tools.at[result->floor].name);
    json_array_begin(writer, "subjects");
    VEC_EACH (const struct bench_subject_result, subject, &result->subjects) {
        json_object_begin(writer, NULL);
        json_string(writer, "kind", subject->kind);
        json_string(writer, "file", subject->file);
        json_string(writer, "why", subject->why);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void put_run(struct json_writer *writer, const struct bench_result *result)
{
    char started[CLOCK_WALL_BYTES];
    clock_format_utc(result->started_wall_ns, started);
    json_int(writer, "v", REPORT_VERSION);
    json_string(writer, "project", result->project);
    json_string(writer, "package", result->package);
    json_string(writer, "started", started);
    json_int(writer, "started_ns", (int64_t)result->started_wall_ns);
    json_int(writer, "elapsed_ns", (int64_t)result->elapsed_ns);
    json_int(writer, "rounds", result->rounds);
    put_number(writer, "storm_s", result->storm_s);
    put_number(writer, "idle_s", result->idle_s);
    json_bool(writer, "interrupted", result->interrupted);
    json_object_begin(writer, "machine");
    json_string(writer, "name", result->machine);
    put_number(writer, "load_before", result->load_before);
    put_number(writer, "load_after", result->load_after);
    json_object_end(writer);
    json_object_begin(writer, "versions");
    json_string(writer, "zonda", result->zonda);
    json_string(writer, "go", result->go);
    json_object_end(writer);
}

void bench_report_json(const struct bench_result *result, struct buf *out)
{
    struct json_writer writer = {.out = out};
    json_object_begin(&writer, NULL);
    put_run(&writer, result);
    put_tools(&writer, result);
    json_array_begin(&writer, "figures");
    for (int i = 0; i < FIGURES; i++)
        put_figure(&writer, result, (enum bench_figure)i);
    json_array_end(&writer);
    json_array_begin(&writer, "samples");
    VEC_EACH (const struct bench_sample, sample, &result->samples)
        put_sample(&writer, result, sample);
    json_array_end(&writer);
    json_object_end(&writer);
    (void)buf_putc(out, '\n');
}

/* RFC 4180, section 2: in double quotes where it must be, with these doubled. */
static void put_field(struct buf *out, const char *text)
{
    if (!strpbrk(text, "\",\r\n")) {
        (void)buf_puts(out, text);
        return;
    }
    (void)buf_putc(out, '"');
    for (; *text; text++)
        (void)buf_printf(out, *text == '"' ? "\"%c" : "%c", *text);
    (void)buf_putc(out, '"');
}

void bench_report_csv(const struct bench_result *result, struct buf *out)
{
    char text[40];
    (void)buf_puts(out, "tool,round,figure,value,missed\r\n");
    VEC_EACH (const struct bench_sample, sample, &result->samples) {
        put_field(out, result->tools.at[sample->tool].name);
        number(text, sample->value);
        (void)buf_printf(out, ",%d,%s,%s,%s\r\n", sample->round, bench_figure(sample->figure)->name,
                         text, sample->missed ? "true" : "false");
    }
}
