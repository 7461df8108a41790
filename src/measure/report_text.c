/* The result for a terminal and for a README: the same tables. */
#include <string.h>

#include "measure/report.h"

/* Appends what write appends, padded to width characters on the left (or, negative, the right). */
static void pad(struct buf *out, size_t begin, int width)
{
    int shown = 0; /* characters, not bytes */
    char cell[128];
    size_t len = out->len - begin;
    for (size_t i = begin; i < out->len; i++)
        shown += ((unsigned char)out->data[i] & 0xc0) != 0x80;
    if (width < 0) {
        for (; shown < -width; shown++)
            (void)buf_putc(out, ' ');
        return;
    }
    if (len >= sizeof cell || shown >= width)
        return;
    memcpy(cell, out->data + begin, len);
    out->len = begin;
    for (; shown < width; shown++)
        (void)buf_putc(out, ' ');
    (void)buf_append(out, cell, len);
}

static void time_cell(struct buf *out, const struct histogram *latency, double percent, int width)
{
    size_t begin = out->len;
    report_latency(out, latency, percent);
    pad(out, begin, width);
}

static void count_cell(struct buf *out, uint64_t count, int width)
{
    size_t begin = out->len;
    report_count(out, count);
    pad(out, begin, width);
}

/* One line of the table of tasks; bar is what stands between its cells. */
static void tally_line(struct buf *out, const struct load_result *result, const char *name,
                       const struct tally *tally, const char *bar)
{
    static const double PERCENTS[] = {50, 95, 99, 100};
    size_t begin = out->len;
    (void)buf_puts(out, name);
    pad(out, begin, -16);
    (void)buf_puts(out, bar);
    count_cell(out, tally->requests, 10);
    (void)buf_puts(out, bar);
    begin = out->len;
    report_rate(out, load_rate(result, tally));
    pad(out, begin, 8);
    (void)buf_puts(out, bar);
    count_cell(out, tally_failed(tally), 8);
    for (size_t i = 0; i < sizeof PERCENTS / sizeof *PERCENTS; i++) {
        (void)buf_puts(out, bar);
        time_cell(out, &tally->latency, PERCENTS[i], 9);
    }
}

static void tasks(struct buf *out, const struct load_result *result, const char *before,
                  const char *bar, const char *after)
{
    const struct scenario *scenario = result->scenario;
    for (size_t i = 0; i < scenario->tasks.len; i++) {
        (void)buf_puts(out, before);
        tally_line(out, result, scenario->tasks.at[i].name, &result->tasks[i], bar);
        (void)buf_puts(out, after);
    }
    if (scenario->tasks.len > 1) {
        (void)buf_puts(out, before);
        tally_line(out, result, "all", &result->total, bar);
        (void)buf_puts(out, after);
    }
}

static void errors(struct buf *out, const struct load_result *result, const char *between)
{
    bool any = false;
    for (int i = LOAD_OK + 1; i < LOAD_ERRORS; i++) {
        if (!result->total.errors[i])
            continue;
        (void)buf_printf(out, "%s%s ", any ? between : "", load_error_name((enum load_error)i));
        report_count(out, result->total.errors[i]);
        any = true;
    }
    if (!any)
        (void)buf_puts(out, "none");
}

/* Each reload and what became of the requests around it. */
static void reloads(struct buf *out, const struct load_result *result, const char *before,
                    const char *bar, const char *after)
{
    for (size_t i = 0; i < windows_len(result->windows); i++) {
        const struct window *window = windows_at(result->windows, i);
        (void)buf_puts(out, before);
        size_t begin = out->len;
        report_duration(out, (double)(window->begin_ns - result->begin_ns));
        pad(out, begin, 12);
        (void)buf_puts(out, bar);
        count_cell(out, window->tally.requests, 8);
        (void)buf_puts(out, bar);
        count_cell(out, tally_failed(&window->tally), 8);
        (void)buf_puts(out, bar);
        time_cell(out, &window->tally.latency, 50, 9);
        (void)buf_puts(out, bar);
        time_cell(out, &window->tally.latency, 99, 9);
        (void)buf_puts(out, bar);
        time_cell(out, &window->tally.latency, 100, 9);
        (void)buf_printf(out, "%s%s%s", bar, window->what ? window->what : "not over", after);
    }
}

void report_text(const struct load_result *result, struct buf *out)
{
    struct buf caution = BUF_INIT(2000);
    (void)buf_puts(out, "task                requests      /s    failed       p50       p95       "
                        "p99       max\n");
    tasks(out, result, "", " ", "\n");
    if (windows_len(result->windows))
        (void)buf_puts(out, "reload at    requests   failed       p50       p99       max\n");
    reloads(out, result, "", " ", "\n");
    (void)buf_puts(out, "errors: ");
    errors(out, result, ", ");
    (void)buf_putc(out, '\n');
    VEC_EACH (const struct load_verdict, verdict, &result->verdicts) {
        (void)buf_printf(out, "%s %s: ", verdict->kept ? "kept  " : "BROKEN",
                         verdict->threshold->text);
        report_verdict(out, verdict);
        (void)buf_putc(out, '\n');
    }
    report_caution(&caution, result);
    if (caution.len)
        (void)buf_printf(out, "note: %s\n", buf_text(&caution));
    buf_fini(&caution);
}

void report_markdown(const struct load_result *result, struct buf *out)
{
    const struct scenario *scenario = result->scenario;
    struct buf words = BUF_INIT(8000);
    (void)buf_printf(out, "### Load on %s\n\n", scenario->target.url);
    (void)buf_printf(out, "`%s`: ", scenario->file);
    report_stages(out, scenario);
    (void)buf_puts(out, ".\n\n| task | requests | /s | failed | p50 | p95 | p99 | max |\n"
                        "|---|--:|--:|--:|--:|--:|--:|--:|\n");
    tasks(out, result, "| ", " | ", " |\n");
    (void)buf_puts(out, "\nErrors: ");
    errors(out, result, ", ");
    (void)buf_puts(out, ".\n\n");
    if (windows_len(result->windows))
        (void)buf_puts(out, "| reload at | requests | failed | p50 | p99 | max | how it ended |\n"
                            "|--:|--:|--:|--:|--:|--:|---|\n");
    reloads(out, result, "| ", " | ", " |\n");
    if (windows_len(result->windows))
        (void)buf_putc(out, '\n');
    if (result->verdicts.len)
        (void)buf_puts(out, "| threshold | found | |\n|---|--:|---|\n");
    VEC_EACH (const struct load_verdict, verdict, &result->verdicts) {
        (void)buf_printf(out, "| %s | ", verdict->threshold->text);
        report_verdict(out, verdict);
        (void)buf_printf(out, " | %s |\n", verdict->kept ? "kept" : "**broken**");
    }
    if (result->verdicts.len)
        (void)buf_putc(out, '\n');
    report_caution(&words, result);
    if (words.len)
        (void)buf_printf(out, "%s\n\n", buf_text(&words));
    report_machine(out, result);
    (void)buf_puts(out, "\n");
    buf_fini(&words);
}
