/* Figures as people read them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/version.h"
#include "measure/report.h"
#include "platform/sysinfo.h"

/* Three digits that mean something. */
static void digits(struct buf *out, double value, const char *unit)
{
    int places = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    (void)buf_printf(out, "%.*f%s", places, value, unit);
}

void report_duration(struct buf *out, double ns)
{
    if (ns < 1e6 * 0.9995)
        (void)buf_printf(out, "%.0f µs", ns / 1e3);
    else if (ns < 1e9 * 0.9995)
        digits(out, ns / 1e6, " ms");
    else if (ns < 120e9)
        digits(out, ns / 1e9, " s");
    else
        (void)buf_printf(out, "%.0f min %.0f s", floor(ns / 60e9), floor(fmod(ns / 1e9, 60)));
}

void report_latency(struct buf *out, const struct histogram *latency, double percent)
{
    if (latency->count)
        report_duration(out, (double)histogram_percentile(latency, percent));
    else
        (void)buf_puts(out, "–");
}

void report_span(struct buf *out, uint64_t ns)
{
    uint64_t ms = ns / CLOCK_NS_PER_MS;
    if (ms % 1000 || !ms) {
        digits(out, (double)ms / (ms < 1000 ? 1 : 1000), ms < 1000 ? " ms" : " s");
        return;
    }
    uint64_t minutes = ms / 60000, seconds = ms / 1000 % 60;
    if (minutes)
        (void)buf_printf(out, "%llu min", (unsigned long long)minutes);
    if (seconds || !minutes)
        (void)buf_printf(out, "%s%llu s", minutes ? " " : "", (unsigned long long)seconds);
}

void report_count(struct buf *out, uint64_t count)
{
    char text[32];
    int len = snprintf(text, sizeof text, "%llu", (unsigned long long)count);
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            (void)buf_putc(out, ',');
        (void)buf_putc(out, text[i]);
    }
}

void report_rate(struct buf *out, double rate)
{
    if (rate < 99.95)
        (void)buf_printf(out, "%.1f", rate);
    else
        report_count(out, (uint64_t)(rate + 0.5));
}

void report_percent(struct buf *out, double share)
{
    double percent = share * 100;
    int places = percent <= 0 || percent >= 99.95 ? 0 : percent < 0.995 ? 2 : 1;
    /* What is not none is not shown as none. */
    if (percent > 0 && percent < 0.01)
        (void)buf_puts(out, "< 0.01 %");
    else
        (void)buf_printf(out, "%.*f %%", places, percent);
}

void report_verdict(struct buf *out, const struct load_verdict *verdict)
{
    const struct threshold *threshold = verdict->threshold;
    if (threshold->metric == METRIC_ERRORS && threshold->is_share)
        report_percent(out, verdict->found);
    else if (threshold->metric == METRIC_ERRORS)
        report_count(out, (uint64_t)verdict->found);
    else if (threshold->metric == METRIC_RATE)
        report_rate(out, verdict->found);
    else if (verdict->found > 0)
        report_duration(out, verdict->found);
    else
        (void)buf_puts(out, "no answer came");
    if (threshold->metric == METRIC_RATE)
        (void)buf_puts(out, "/s");
}

void report_machine(struct buf *out, const struct load_result *result)
{
    int processors = sysinfo_processors();
    const char *processor = sysinfo_processor();
    (void)buf_printf(out, "%s · %d × %s · zonda %s, %d thread%s", sysinfo_system(), processors,
                     *processor ? processor : "processor", ZONDA_VERSION, result->threads,
                     result->threads == 1 ? "" : "s");
}

void report_stages(struct buf *out, const struct scenario *scenario)
{
    double before = 0;
    VEC_EACH (const struct stage, stage, &scenario->stages) {
        if (stage != scenario->stages.at)
            (void)buf_puts(out, ", then ");
        if (stage->goal != before || stage == scenario->stages.at)
            (void)buf_printf(out, "%s%g %s",
                             !stage->ramp_ns        ? ""
                             : stage->goal < before ? "down to "
                                                    : "up to ",
                             stage->goal, scenario->open ? "arrivals a second" : "users");
        else
            (void)buf_puts(out, "the same");
        if (stage->ramp_ns) {
            (void)buf_puts(out, " in ");
            report_span(out, stage->ramp_ns);
        }
        if (stage->hold_ns) {
            (void)buf_puts(out, stage->ramp_ns ? ", held for " : " for ");
            report_span(out, stage->hold_ns);
        }
        before = stage->goal;
    }
}

void report_caution(struct buf *out, const struct load_result *result)
{
    if (result->interrupted)
        (void)buf_puts(out, "The run was stopped before its end. ");
    if (load_was_saturated(result))
        (void)buf_printf(
            out,
            "The generator itself was busy for %.0f %% of the time: the figures may be "
            "its own. ",
            100 * (double)result->cpu_ns / ((double)result->elapsed_ns * result->threads));
    if (result->late.count && histogram_percentile(&result->late, 99) > 10 * CLOCK_NS_PER_MS) {
        (void)buf_puts(out, "1 % of the requests were sent ");
        report_duration(out, (double)histogram_percentile(&result->late, 99));
        (void)buf_puts(out, " or more after they were due, as no connection was free or the "
                            "generator was busy; their latency counts from when they were due. ");
    }
    if (result->unfinished) {
        report_count(out, result->unfinished);
        (void)buf_puts(out, " requests were under way at the end and are not counted. ");
    }
}
