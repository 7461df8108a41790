/* The result for a terminal. */
#include <string.h>

#include "measure/bench/report.h"
#include "measure/bench/table.h"

#define COLUMNS_MAX 16

static size_t shown(const char *text) /* characters, not bytes */
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static void spaces(struct buf *out, size_t count)
{
    while (count--)
        (void)buf_putc(out, ' ');
}

/* The first column to the left, the others to the right. */
static void draw(struct buf *out, const struct bench_table *table)
{
    size_t width[COLUMNS_MAX] = {0}, columns = table->columns;
    for (size_t i = 0; i < table->cells.len; i++) {
        size_t len = shown(table->cells.at[i]);
        if (len > width[i % columns])
            width[i % columns] = len;
    }
    for (size_t i = 0; i < table->cells.len; i++) {
        const char *text = table->cells.at[i];
        size_t column = i % columns, rest = width[column] - shown(text);
        spaces(out, column ? 2 + rest : 2);
        (void)buf_puts(out, text);
        if (column + 1 == columns) {
            while (out->len && out->data[out->len - 1] == ' ') /* of an empty cell */
                out->len--;
            (void)buf_putc(out, '\n');
        }
        if (column == 0)
            spaces(out, rest);
    }
}

static void tables(struct buf *out, const struct bench_result *result,
                   const struct bench_result *old)
{
    for (int i = 0; i < BENCH_GROUPS_LEN; i++) {
        struct bench_table table;
        struct buf words = BUF_INIT(4000);
        bench_table_make(&table, &BENCH_GROUPS[i], result, old);
        if (bench_table_rows(&table)) {
            bench_words_subject(&words, result, BENCH_GROUPS[i].kind);
            (void)buf_printf(out, "%s%s%s\n", BENCH_GROUPS[i].title, words.len ? ": " : "",
                             buf_text(&words));
            draw(out, &table);
        } else {
            bench_words_missing(&words, result, &BENCH_GROUPS[i]);
            (void)buf_printf(out, "%s: %s\n", BENCH_GROUPS[i].title, buf_text(&words));
        }
        (void)buf_putc(out, '\n');
        bench_table_fini(&table);
        buf_fini(&words);
    }
}

void bench_report_text(const struct bench_result *result, const struct bench_result *old,
                       struct buf *out)
{
    struct buf words = BUF_INIT(8000);
    tables(out, result, old);
    VEC_EACH (const struct bench_tool_result, tool, &result->tools)
        if (tool->skipped)
            (void)buf_printf(out, "skipped: %s: %s\n", tool->name, tool->skipped);
    bench_words_caution(&words, result, old);
    if (words.len)
        (void)buf_printf(out, "note: %s\n", buf_text(&words));
    bench_words_run(out, result);
    (void)buf_putc(out, '\n');
    bench_words_machine(out, result);
    (void)buf_putc(out, '\n');
    buf_fini(&words);
}
