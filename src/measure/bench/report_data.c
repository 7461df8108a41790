/* The result for programs: JSON and CSV. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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

void bench_report_sample(struct buf *out, const struct bench_result *result,
                         const struct bench_sample *sample)
{
    struct json_writer writer = {.out = out};
    json_object_begin(&writer, NULL);
    json_string(&writer, "tool", result->tools.at[sample->tool].name);
    json_int(&writer, "round", sample->round);
    json_string(&writer, "figure", bench_figure(sample->figure)->name);
    put_number(&writer, "value", sample->value);
    json_bool(&writer, "missed", sample->missed);
    json_object_end(&writer);
}
