#include "base/html.h"

void html_escape(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '<')
            (void)buf_puts(out, "&lt;");
        else if (*text == '>')
            (void)buf_puts(out, "&gt;");
        else if (*text == '&')
            (void)buf_puts(out, "&amp;");
        else if (*text == '"')
            (void)buf_puts(out, "&quot;");
        else
            (void)buf_putc(out, *text);
    }
}
