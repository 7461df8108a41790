#include "measure/load_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure/report.h"
#include "platform/terminal.h"

#define TTY_MS   500
#define PLAIN_MS 5000
#define STDERR   2

void load_view_init(struct load_view *view)
{
    const char *term = getenv("TERM");
    *view = (struct load_view){.tty = terminal_is_tty(STDERR) && term && strcmp(term, "dumb") != 0};
}

uint32_t load_view_every_ms(const struct load_view *view)
{
    return view->tty ? TTY_MS : PLAIN_MS;
}

/* The bytes of the first count characters; a terminal's line must not wrap. */
static size_t bytes_of(const char *text, int count)
{
    size_t len = 0;
    for (; text[len]; len++)
        if (((unsigned char)text[len] & 0xc0) != 0x80 && count-- == 0)
            break;
    return len;
}

static void write_progress(const struct load_progress *progress, struct buf *out)
{
    report_duration(out, (double)progress->elapsed_ns);
    (void)buf_puts(out, " of ");
    report_duration(out, (double)progress->length_ns);
    (void)buf_puts(out, " · ");
    report_count(out, progress->users);
    (void)buf_puts(out, " at work · ");
    report_rate(out, progress->rate);
    (void)buf_puts(out, "/s · ");
    if (progress->p99_ns) { /* an answer came since the last line */
        (void)buf_puts(out, "p50 ");
        report_duration(out, (double)progress->p50_ns);
        (void)buf_puts(out, " · p95 ");
        report_duration(out, (double)progress->p95_ns);
        (void)buf_puts(out, " · p99 ");
        report_duration(out, (double)progress->p99_ns);
        (void)buf_puts(out, " · ");
    }
    report_count(out, progress->failed);
    (void)buf_puts(out, " of ");
    report_count(out, progress->requests);
    (void)buf_puts(out, progress->stopping ? " failed · waiting for the last answers" : " failed");
}

void load_view_line(struct load_view *view, const char *line)
{
    if (view->tty)
        (void)fprintf(stderr, "\r%.*s\033[K", (int)bytes_of(line, terminal_columns(STDERR) - 1),
                      line);
    else
        (void)fprintf(stderr, "%s\n", line);
    (void)fflush(stderr);
    view->drawn = view->tty;
}

void load_view_show(void *data, const struct load_progress *progress)
{
    struct buf line = BUF_INIT(1000);
    write_progress(progress, &line);
    load_view_line(data, buf_text(&line));
    buf_fini(&line);
}

void load_view_end(struct load_view *view)
{
    if (view->drawn)
        (void)fputs("\r\033[K", stderr);
    view->drawn = false;
}
