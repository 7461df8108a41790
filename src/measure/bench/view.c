#include "measure/bench/view.h"

#include "base/clock.h"

#define TTY_MS   500
#define PLAIN_MS 10000

uint32_t bench_view_every_ms(const struct load_view *view)
{
    return view->tty ? TTY_MS : PLAIN_MS;
}

/* In whole seconds: nobody reads more of a line that changes. */
static void put_time(struct buf *out, uint64_t ns)
{
    uint64_t s = ns / CLOCK_NS_PER_S;
    if (s >= 60)
        (void)buf_printf(out, "%llu min ", (unsigned long long)(s / 60));
    (void)buf_printf(out, "%llu s", (unsigned long long)(s % 60));
}

void bench_view_show(void *data, const struct bench_progress *progress)
{
    struct buf line = BUF_INIT((size_t)1000);
    put_time(&line, progress->elapsed_ns);
    if (progress->left_ns) {
        (void)buf_puts(&line, ", about ");
        put_time(&line, progress->left_ns);
        (void)buf_puts(&line, " left");
    }
    if (progress->round == 0)
        (void)buf_puts(&line, " · warming up");
    else if (progress->round > 0)
        (void)buf_printf(&line, " · round %d of %d", progress->round, progress->rounds);
    (void)buf_printf(&line, " · %s: %s", progress->tool, progress->step);
    load_view_line(data, buf_text(&line));
    buf_fini(&line);
}
