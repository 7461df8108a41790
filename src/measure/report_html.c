/* The result as one HTML file: no script, no font, no picture from elsewhere. */
#include <string.h>

#include "base/clock.h"
#include "base/html.h"
#include "measure/report.h"

static const char STYLE[] =
    ":root{color-scheme:light dark;--back:#fff;--card:#f6f7f9;--text:#1c2230;--dim:#5b6475;"
    "--line:#dfe3ea;--a:#2563c9;--b:#c77a00;--c:#b3266b;--good:#1a7f4b;--bad:#c22b2b}\n"
    "@media(prefers-color-scheme:dark){:root{--back:#14171d;--card:#1c2129;--text:#e6e9ef;"
    "--dim:#98a2b3;--line:#2d3440;--a:#6aa5ff;--b:#f0b04a;--c:#f27bb1;--good:#4cc38a;"
    "--bad:#ff7b72}}\n"
    "*{box-sizing:border-box}body{margin:0 auto;padding:28px 20px 48px;max-width:1040px;"
    "background:var(--back);color:var(--text);font:15px/1.5 system-ui,sans-serif}\n"
    "h1{font-size:26px;margin:0}h2{font-size:17px;margin:34px 0 8px}p{margin:4px 0}"
    ".dim{color:var(--dim)}.note{border-left:3px solid var(--b);padding:4px 12px;"
    "margin:16px 0;background:var(--card)}\n"
    ".head{display:flex;gap:16px;align-items:baseline;flex-wrap:wrap}"
    ".badge{border-radius:99px;padding:2px 12px;font-weight:600;font-size:14px;color:var(--back);"
    "background:var(--good)}.badge.bad{background:var(--bad)}\n"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(120px,1fr));gap:10px;"
    "margin:20px 0}.tile{background:var(--card);border:1px solid var(--line);border-radius:8px;"
    "padding:10px 14px}.tile b{display:block;font-size:21px;font-weight:650;"
    "font-variant-numeric:tabular-nums;white-space:nowrap}.tile.bad b{color:var(--bad)}\n"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;"
    "font-variant-numeric:tabular-nums}th,td{text-align:right;padding:6px 10px;"
    "border-bottom:1px solid var(--line);white-space:nowrap}th{color:var(--dim);font-weight:500}"
    "th:first-child,td:first-child{text-align:left}tr.all td{font-weight:650}"
    "td.good{color:var(--good)}td.bad{color:var(--bad)}\n"
    "figure{margin:0}svg{width:100%;height:auto;display:block}"
    ".legend{display:flex;gap:18px;font-size:13px;color:var(--dim)}.legend i{display:inline-block;"
    "width:14px;height:3px;border-radius:2px;margin-right:6px;vertical-align:middle;"
    "background:currentColor}.legend .a i{color:var(--a)}.legend .b i{color:var(--b)}"
    ".legend .c i{color:var(--c)}.legend .e i{color:var(--bad)}\n"
    ".grid,.base{stroke:var(--line);stroke-width:1;fill:none}.base{stroke:var(--dim)}"
    ".axis{fill:var(--dim);font:12px system-ui,sans-serif}.end{text-anchor:end}"
    ".mid{text-anchor:middle}.line{fill:none;stroke-width:1.8;stroke-linejoin:round}"
    ".line.a{stroke:var(--a)}.line.b{stroke:var(--b)}.line.c{stroke:var(--c)}"
    ".line.e{stroke:var(--bad)}.area.a{fill:var(--a);opacity:.14}.area.e{fill:var(--bad);"
    "opacity:.25}.hint{fill:transparent}.hint:hover{fill:var(--text);opacity:.08}"
    ".reload{fill:var(--good);opacity:.16}td.words,th.words{text-align:left;white-space:normal}\n"
    "@media print{body{max-width:none}}\n";

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
    (void)buf_puts(out, "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
                        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                        "<title>Load on ");
    html_escape(out, scenario->target.url);
    (void)buf_printf(out, "</title>\n<style>\n%s</style>\n<div class=\"head\"><h1>Load on ", STYLE);
    html_escape(out, scenario->target.url);
    (void)buf_puts(out, "</h1>");
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
