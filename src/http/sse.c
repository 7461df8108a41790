#include "http/sse.h"

#include <stdbool.h>
#include <string.h>

static bool one_line(const char *text)
{
    return !text || !strpbrk(text, "\r\n");
}

int sse_event(struct buf *out, const char *id, const char *event, const char *data)
{
    if (!one_line(id) || !one_line(event))
        return -1;
    int failed = 0;
    if (id)
        failed |= buf_printf(out, "id: %s\n", id);
    if (event)
        failed |= buf_printf(out, "event: %s\n", event);
    for (const char *line = data;;) {
        size_t len = strcspn(line, "\r\n");
        failed |= buf_puts(out, "data: ") | buf_append(out, line, len) | buf_putc(out, '\n');
        line += len;
        if (!*line)
            break;
        line += line[0] == '\r' && line[1] == '\n' ? 2 : 1;
    }
    failed |= buf_putc(out, '\n');
    return failed ? -1 : 0;
}

int sse_retry(struct buf *out, uint32_t retry_ms)
{
    return buf_printf(out, "retry: %u\n\n", retry_ms);
}

int sse_comment(struct buf *out, const char *comment)
{
    if (!one_line(comment))
        return -1;
    return buf_printf(out, ": %s\n\n", comment);
}
