/* The result as one HTML file: no script, no font, no picture from elsewhere. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/html.h"
#include "base/mem.h"
#include "measure/report.h"

/* --- figures --- */

static void tile_begin(struct buf *out, bool bad)
{
    (void)buf_printf(out, "<div class=\"tile%s\"><b>", bad ? " bad" : "");
}

static void tile_end(struct buf *out, const char *name)
{
    (void)buf_printf(out, "</b><span class=\"dim\">%s</span></div>\n", name);
}

static void tiles(struct buf *out, const struct load_result *result)
{
    static const struct {
        const char *name;
        double percent;
    } TIMES[] = {{"median", 50}, {"p95", 95}, {"p99", 99}, {"longest", 100}};
    const struct tally *total = &result->total;
    uint64_t failed = tally_failed(total);
    (void)buf_puts(out, "<div class=\"tiles\">\n");
    tile_begin(out, false);
    report_count(out, total->requests);
    tile_end(out, "requests");
    tile_begin(out, false);
    report_rate(out, load_rate(result, total));
    tile_end(out, "a second");
    tile_begin(out, failed > 0);
    report_percent(out, total->requests ? (double)failed / (double)total->requests : 0);
    tile_end(out, "failed");
    for (size_t i = 0; i < sizeof TIMES / sizeof *TIMES; i++) {
        tile_begin(out, false);
        report_latency(out, &total->latency, TIMES[i].percent);
        tile_end(out, TIMES[i].name);
    }
    (void)buf_puts(out, "</div>\n");
}

static void thresholds(struct buf *out, const struct load_result *result)
{
    if (!result->verdicts.len)
        return;
    (void)buf_puts(out, "<h2>Thresholds</h2>\n<div class=\"scroll\"><table>\n"
                        "<tr><th>demanded</th><th>found</th><th></th></tr>\n");
    VEC_EACH (const struct load_verdict, verdict, &result->verdicts) {
        (void)buf_puts(out, "<tr><td>");
        html_escape(out, verdict->threshold->text);
        (void)buf_puts(out, "</td><td>");
        report_verdict(out, verdict);
        (void)buf_printf(out, "</td><td class=\"%s\">%s</td></tr>\n",
                         verdict->kept ? "good" : "bad", verdict->kept ? "kept" : "broken");
    }
    (void)buf_puts(out, "</table></div>\n");
}

static void task_row(struct buf *out, const struct load_result *result, const char *name,
                     const struct tally *tally, bool all)
{
    static const double PERCENTS[] = {50, 90, 95, 99, 99.9, 100};
    uint64_t failed = tally_failed(tally);
    (void)buf_printf(out, "<tr%s><td>%s</td><td>", all ? " class=\"all\"" : "", name);
    report_count(out, tally->requests);
    (void)buf_puts(out, "</td><td>");
    report_percent(
        out, result->total.requests ? (double)tally->requests / (double)result->total.requests : 0);
    (void)buf_puts(out, "</td><td>");
    report_rate(out, load_rate(result, tally));
    (void)buf_printf(out, "</td><td%s>", failed ? " class=\"bad\"" : "");
    report_count(out, failed);
    (void)buf_puts(out, "</td><td>");
    if (tally->latency.count)
        report_duration(out, histogram_mean(&tally->latency));
    else
        (void)buf_puts(out, "–");
    for (size_t i = 0; i < sizeof PERCENTS / sizeof *PERCENTS; i++) {
        (void)buf_puts(out, "</td><td>");
        report_latency(out, &tally->latency, PERCENTS[i]);
    }
    (void)buf_puts(out, "</td></tr>\n");
}

static void tasks(struct buf *out, const struct load_result *result)
{
    (void)buf_puts(out,
                   "<h2>Tasks</h2>\n<div class=\"scroll\"><table>\n<tr><th>task</th><th>requests"
                   "</th><th>share</th><th>/s</th><th>failed</th><th>mean</th><th>p50</th>"
                   "<th>p90</th><th>p95</th><th>p99</th><th>p99.9</th><th>max</th></tr>\n");
    for (size_t i = 0; i < result->scenario->tasks.len; i++)
        task_row(out, result, result->scenario->tasks.at[i].name, &result->tasks[i], false);
    if (result->scenario->tasks.len > 1)
        task_row(out, result, "all", &result->total, true);
    (void)buf_puts(out, "</table></div>\n");
}

static void reloads(struct buf *out, const struct load_result *result)
{
    static const double PERCENTS[] = {50, 99, 100};
    if (windows_len(result->windows) == 0)
        return;
    (void)buf_puts(
        out, "<h2>Reloads</h2>\n<p class=\"dim\">Requests that ended between an edit and 300 ms "
             "after it "
             "was served; green in the pictures.</p><div class=\"scroll\"><table>\n<tr><th>at</th>"
             "<th>requests</th><th>failed</th><th>p50</th><th>p99</th><th>max</th>"
             "<th class=\"words\">how it ended</th></tr>\n");
    for (size_t i = 0; i < windows_len(result->windows); i++) {
        const struct window *window = windows_at(result->windows, i);
        uint64_t failed = tally_failed(&window->tally);
        (void)buf_puts(out, "<tr><td>");
        report_duration(out, (double)(window->begin_ns - result->begin_ns));
        (void)buf_puts(out, "</td><td>");
        report_count(out, window->tally.requests);
        (void)buf_printf(out, "</td><td%s>", failed ? " class=\"bad\"" : "");
        report_count(out, failed);
        for (size_t p = 0; p < sizeof PERCENTS / sizeof *PERCENTS; p++) {
            (void)buf_puts(out, "</td><td>");
            report_latency(out, &window->tally.latency, PERCENTS[p]);
        }
        (void)buf_printf(out, "</td><td class=\"words%s\">", window->good ? "" : " bad");
        html_escape(out, window->what ? window->what : "not over");
        (void)buf_puts(out, "</td></tr>\n");
    }
    (void)buf_puts(out, "</table></div>\n");
}

static void errors(struct buf *out, const struct load_result *result)
{
    static const char *const MEANINGS[LOAD_ERRORS] = {
        [LOAD_REFUSED] = "nobody listened there",
        [LOAD_RESET] = "the connection was broken off",
        [LOAD_CLOSED] = "the connection ended before the answer did",
        [LOAD_TIMEOUT] = "no whole answer in time",
        [LOAD_MALFORMED] = "what came is no HTTP",
        [LOAD_TLS] = "no TLS, or a certificate that is not trusted",
        [LOAD_STATUS] = "a status that the scenario does not want",
        [LOAD_CHECK] = "an answer that the scenario's check does not want",
        [LOAD_DROPPED] = "no connection became free for it",
        [LOAD_SYSTEM] = "this machine refused to send it",
    };
    if (tally_failed(&result->total) == 0)
        return;
    (void)buf_puts(out, "<h2>Errors</h2>\n<div class=\"scroll\"><table>\n"
                        "<tr><th>kind</th><th>meaning</th><th>requests</th></tr>\n");
    for (int i = LOAD_OK + 1; i < LOAD_ERRORS; i++) {
        if (!result->total.errors[i])
            continue;
        (void)buf_printf(out, "<tr><td>%s</td><td>%s</td><td>", load_error_name((enum load_error)i),
                         MEANINGS[i]);
        report_count(out, result->total.errors[i]);
        (void)buf_puts(out, "</td></tr>\n");
    }
    (void)buf_puts(out, "</table></div>\n");
}

/* --- the page --- */

static void head(struct buf *out, const struct load_result *result)
{
    const struct scenario *scenario = result->scenario;
    size_t broken = 0;
    VEC_EACH (const struct load_verdict, verdict, &result->verdicts)
        broken += !verdict->kept;
    char *title = mem_format("Load on %s", scenario->target.url);
    report_page(out, title);
    free(title);
    if (result->verdicts.len && !broken)
        (void)buf_puts(out, "<span class=\"badge\">all thresholds kept</span>");
    if (broken)
        (void)buf_printf(out, "<span class=\"badge bad\">%zu of %zu thresholds broken</span>",
                         broken, result->verdicts.len);
    (void)buf_puts(out, "</div>\n<p>");
    html_escape(out, scenario->file);
    (void)buf_puts(out, ": ");
    report_stages(out, scenario);
    (void)buf_puts(out, ".</p>\n");
}

static void about(struct buf *out, const struct load_result *result)
{
    const struct scenario *scenario = result->scenario;
    char started[CLOCK_WALL_BYTES];
    clock_format_utc(result->started_wall_ns, started);
    (void)buf_printf(out, "<h2>How it was measured</h2>\n<p>%s</p>\n",
                     scenario->open
                         ? "Open model: requests come when they are due, whatever the server does, "
                           "and latency counts from when a request was due, sent or not."
                         : "Closed model: each user waits for its answer, thinks, and asks again; "
                           "latency counts from when it sends to the end of the answer.");
    (void)buf_puts(out, "<p>Percentiles are exact to 0.4 %.</p>\n<p>Begun ");
    (void)buf_printf(out, "%s, took ", started);
    report_duration(out, (double)result->elapsed_ns);
    (void)buf_printf(out, "; seed %llu; ", (unsigned long long)scenario->seed);
    report_count(out, result->total.connections);
    (void)buf_puts(out, " connections opened, ");
    report_count(out, result->total.retried);
    (void)buf_puts(out, " requests sent again on a new one; the generator used ");
    report_duration(out, (double)result->cpu_ns);
    (void)buf_puts(out, " of CPU time.</p>\n<p>");
    struct buf machine = BUF_INIT(2000);
    report_machine(&machine, result);
    html_escape(out, buf_text(&machine));
    buf_fini(&machine);
    (void)buf_puts(out, "</p>\n");
}

void report_html(const struct load_result *result, struct buf *out)
{
    struct buf caution = BUF_INIT(2000);
    head(out, result);
    tiles(out, result);
    report_caution(&caution, result);
    if (caution.len)
        (void)buf_printf(out, "<p class=\"note\">%s</p>\n", buf_text(&caution));
    thresholds(out, result);
    report_charts(out, result);
    tasks(out, result);
    reloads(out, result);
    errors(out, result);
    about(out, result);
    (void)buf_puts(out, "</html>\n");
    buf_fini(&caution);
}
