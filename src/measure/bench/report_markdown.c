/* The result as tables for a README. */
#include "measure/bench/report.h"
#include "measure/bench/table.h"

/* Text in a cell: a bar would end it, a line break the table. */
static void cell(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            (void)buf_putc(out, '\\');
        (void)buf_putc(out, *text == '\n' || *text == '\r' ? ' ' : *text);
    }
}

static void draw(struct buf *out, const struct bench_table *table)
{
    for (size_t i = 0; i < table->cells.len; i++) {
        size_t column = i % table->columns;
        bool bold = *table->tones.at[i] != '\0';
        (void)buf_puts(out, column ? " | " : "| ");
        (void)buf_puts(out, bold ? "**" : "");
        cell(out, table->cells.at[i]);
        (void)buf_puts(out, bold ? "**" : "");
        if (column + 1 < table->columns)
            continue;
        (void)buf_puts(out, " |\n");
        if (i + 1 == table->columns) {
            (void)buf_puts(out, "|---|");
            for (size_t c = 1; c < table->columns; c++)
                (void)buf_puts(out, "--:|");
            (void)buf_putc(out, '\n');
        }
    }
    (void)buf_putc(out, '\n');
}

static void tables(struct buf *out, const struct bench_result *result,
                   const struct bench_result *old)
{
    for (int i = 0; i < BENCH_GROUPS_LEN; i++) {
        struct bench_table table;
        struct buf words = BUF_INIT(4000);
        bench_table_make(&table, &BENCH_GROUPS[i], result, old);
        (void)buf_printf(out, "### %s\n\n", BENCH_GROUPS[i].title);
        if (bench_table_rows(&table)) {
            bench_words_subject(&words, result, BENCH_GROUPS[i].kind);
            (void)buf_printf(out, "%s%s%s\n\n", BENCH_GROUPS[i].about, words.len ? " " : "",
                             buf_text(&words));
            draw(out, &table);
        } else {
            bench_words_missing(&words, result, &BENCH_GROUPS[i]);
            (void)buf_printf(out, "%s\n\n", buf_text(&words));
        }
        bench_table_fini(&table);
        buf_fini(&words);
    }
}

static void tools(struct buf *out, const struct bench_result *result)
{
    (void)buf_puts(out, "### Tools\n\n| tool | version | run as |\n|---|---|---|\n");
    VEC_EACH (const struct bench_tool_result, tool, &result->tools) {
        (void)buf_puts(out, "| ");
        cell(out, tool->name);
        (void)buf_puts(out, " | ");
        cell(out, tool->version ? tool->version : "");
        (void)buf_puts(out, tool->skipped ? " | skipped: " : " | `");
        cell(out, tool->skipped ? tool->skipped : tool->command ? tool->command : "");
        (void)buf_puts(out, tool->skipped ? " |\n" : "` |\n");
    }
    (void)buf_putc(out, '\n');
}

void bench_report_markdown(const struct bench_result *result, const struct bench_result *old,
                           struct buf *out)
{
    struct buf words = BUF_INIT(8000);
    (void)buf_printf(out, "## Hot-reload tools on %s\n\n", result->project ? result->project : "");
    bench_words_machine(out, result);
    (void)buf_puts(out, "  \n");
    bench_words_run(out, result);
    (void)buf_puts(out, ".\n\nMedians of the rounds, with the fastest and the slowest.\n\n");
    bench_words_caution(&words, result, old);
    if (words.len)
        (void)buf_printf(out, "%s\n\n", buf_text(&words));
    tables(out, result, old);
    tools(out, result);
    buf_fini(&words);
}
