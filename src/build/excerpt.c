/* The source around a diagnostic, as plain text. */
#include <string.h>

#include "build/diagnostics.h"
#include "platform/fs.h"

#define SOURCE_BYTES_MAX ((size_t)4 << 20)
#define LINE_CHARS_MAX   200
#define TAB_BLANKS       4

static int digits_of(int number)
{
    int digits = 1;
    for (; number >= 10; number /= 10)
        digits++;
    return digits;
}

/* The place of the first byte of a line (from 1); NULL where there is none. */
static const char *find_line(const char *text, int number)
{
    for (int at = 1; at < number; at++) {
        text = strchr(text, '\n');
        if (!text)
            return NULL;
        text++;
    }
    return *text ? text : NULL;
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* The line without its end, its tabs as blanks. */
static void put_source(const char *line, size_t len, struct buf *out)
{
    int chars = 0;
    for (size_t i = 0; i < len; i++) {
        if (chars >= LINE_CHARS_MAX && !is_continuation(line[i])) {
            (void)buf_puts(out, " ...");
            return;
        }
        if (line[i] == '\t')
            (void)buf_printf(out, "%*s", TAB_BLANKS, "");
        else if (line[i])
            (void)buf_putc(out, line[i]);
        chars += line[i] == '\t' ? TAB_BLANKS : !is_continuation(line[i]);
    }
}

static void put_caret(const char *line, size_t len, int column, int width, struct buf *out)
{
    int blanks = 0;
    for (size_t i = 0; i < len && i + 1 < (size_t)column; i++)
        blanks += line[i] == '\t' ? TAB_BLANKS : !is_continuation(line[i]);
    if (column > 0 && (size_t)column <= len + 1 && blanks < LINE_CHARS_MAX)
        (void)buf_printf(out, " %*s | %*s^\n", width, "", blanks, "");
}

void diagnostic_excerpt(const struct diagnostic *diagnostic, int before, int after, struct buf *out)
{
    struct buf source = BUF_INIT(SOURCE_BYTES_MAX);
    struct err ignored;
    int wanted = diagnostic->line;
    int first = wanted > before ? wanted - before : 1, last = wanted + after;
    const char *line = NULL;
    if (wanted > 0 && fs_read(diagnostic->file, &source, &ignored) == 0 &&
        find_line(buf_text(&source), wanted))
        line = find_line(buf_text(&source), first);
    int width = digits_of(last) + 2;
    for (int number = first; line && *line && number <= last; number++) {
        size_t whole = strcspn(line, "\n"), len = whole;
        if (len && line[len - 1] == '\r')
            len--;
        (void)buf_printf(out, "%c%*d |%s", number == wanted ? '>' : ' ', width, number,
                         len ? " " : "");
        put_source(line, len, out);
        (void)buf_putc(out, '\n');
        if (number == wanted)
            put_caret(line, len, diagnostic->column, width, out);
        line += whole + (line[whole] == '\n');
    }
    buf_fini(&source);
}
