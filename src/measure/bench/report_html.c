/* The result as one HTML file. */
#include <stdlib.h>

#include "base/html.h"
#include "measure/bench/report.h"
#include "measure/bench/report_charts.h"
#include "measure/bench/table.h"
#include "measure/report_file.h"

typedef void words_fn(struct buf *out, const struct bench_result *result);

static void paragraph(struct buf *out, const char *class, const char *text)
{
    (void)buf_printf(out, "<p class=\"%s\">", class);
    html_escape(out, text);
    (void)buf_puts(out, "</p>\n");
}

static void draw(struct buf *out, const struct bench_table *table)
{
    (void)buf_puts(out, "<div class=\"scroll\"><table>\n");
    for (size_t i = 0; i < table->cells.len; i++) {
        size_t column = i % table->columns;
        const char *tag = i < table->columns ? "th" : "td";
        (void)buf_printf(out, "%s<%s class=\"%s\">", column ? "" : "<tr>", tag, table->tones.at[i]);
        html_escape(out, table->cells.at[i]);
        (void)buf_printf(out, "</%s>%s", tag, column + 1 == table->columns ? "</tr>\n" : "");
    }
    (void)buf_puts(out, "</table></div>\n");
}

static void group(struct buf *out, const struct bench_result *result,
                  const struct bench_result *old, const struct bench_group *group)
{
    struct bench_table table;
    struct buf words = BUF_INIT(4000);
    bench_table_make(&table, group, result, old);
    (void)buf_printf(out, "<h2>%s</h2>\n", group->title);
    if (bench_table_rows(&table)) {
        (void)buf_printf(&words, "%s ", group->about);
        bench_words_subject(&words, result, group->kind);
        paragraph(out, "dim", buf_text(&words));
        bench_chart(out, result, group);
        draw(out, &table);
    } else {
        bench_words_missing(&words, result, group);
        paragraph(out, "dim", buf_text(&words));
    }
    bench_table_fini(&table);
    buf_fini(&words);
}

static void tools(struct buf *out, const struct bench_result *result)
{
    (void)buf_puts(out, "<h2>Tools</h2>\n<div class=\"scroll\"><table>\n<tr><th>tool</th>"
                        "<th class=\"words\">version</th><th class=\"words\">run as</th></tr>\n");
    VEC_EACH (const struct bench_tool_result, tool, &result->tools) {
        (void)buf_puts(out, "<tr><td>");
        html_escape(out, tool->name);
        (void)buf_puts(out, "</td><td class=\"words\">");
        html_escape(out, tool->version ? tool->version : "");
        (void)buf_puts(out, tool->skipped ? "</td><td class=\"words\">skipped: "
                                          : "</td><td class=\"words\"><code>");
        html_escape(out, tool->skipped ? tool->skipped : tool->command ? tool->command : "");
        (void)buf_puts(out, tool->skipped ? "</td></tr>\n" : "</code></td></tr>\n");
    }
    (void)buf_puts(out, "</table></div>\n");
}

static void say(struct buf *out, const struct bench_result *result, words_fn *words)
{
    struct buf text = BUF_INIT(4000);
    words(&text, result);
    paragraph(out, "", buf_text(&text));
    buf_fini(&text);
}

void bench_report_html(const struct bench_result *result, const struct bench_result *old,
                       struct buf *out)
{
    struct buf caution = BUF_INIT(8000);
    char *title = mem_format("Hot-reload tools on %s", result->project ? result->project : "?");
    report_page(out, title);
    (void)buf_puts(out, "</div>\n");
    say(out, result, bench_words_machine);
    say(out, result, bench_words_run);
    paragraph(out, "dim", "Medians of the rounds, with the fastest and the slowest.");
    bench_words_caution(&caution, result, old);
    if (caution.len)
        paragraph(out, "note", buf_text(&caution));
    for (int i = 0; i < BENCH_GROUPS_LEN; i++)
        group(out, result, old, &BENCH_GROUPS[i]);
    tools(out, result);
    (void)buf_puts(out, "</html>\n");
    free(title);
    buf_fini(&caution);
}
