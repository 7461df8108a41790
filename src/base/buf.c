#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void buf_init(struct buf *buf, size_t max)
{
    *buf = (struct buf)BUF_INIT(max);
}

void buf_fini(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf)BUF_INIT(buf->max);
}

void buf_reset(struct buf *buf)
{
    buf->len = 0;
    buf->truncated = false;
    if (buf->data)
        buf->data[0] = '\0';
}

static int reserve(struct buf *buf, size_t more)
{
    if (buf->truncated || more > buf->max - buf->len) {
        buf->truncated = true;
        return -1;
    }
    size_t need = buf->len + more + 1;
    if (need > buf->cap) {
        size_t cap = buf->cap ? buf->cap : 64;
        while (cap < need)
            cap *= 2;
        buf->data = mem_resize(buf->data, cap, 1);
        buf->cap = cap;
    }
    return 0;
}

int buf_append(struct buf *buf, const void *data, size_t len)
{
    if (reserve(buf, len))
        return -1;
    if (len)
        memcpy(buf->data + buf->len, data, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
    return 0;
}

int buf_puts(struct buf *buf, const char *text)
{
    return buf_append(buf, text, strlen(text));
}

int buf_putc(struct buf *buf, char character)
{
    return buf_append(buf, &character, 1);
}

int buf_vprintf(struct buf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    int result = -1;
    if (len >= 0 && reserve(buf, (size_t)len) == 0) {
        (void)vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
        result = 0;
    }
    va_end(again);
    return result;
}

int buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int result = buf_vprintf(buf, format, args);
    va_end(args);
    return result;
}

void buf_consume(struct buf *buf, size_t len)
{
    if (!buf->data)
        return;
    if (len > buf->len)
        len = buf->len;
    memmove(buf->data, buf->data + len, buf->len - len + 1);
    buf->len -= len;
}

const char *buf_text(const struct buf *buf)
{
    return buf->data ? buf->data : "";
}

char *buf_steal(struct buf *buf)
{
    char *text = buf->data ? buf->data : mem_string("");
    *buf = (struct buf)BUF_INIT(buf->max);
    return text;
}
