/*
 * A growing byte buffer with a bound.
 *
 * Life-cycle: buf_init (or BUF_INIT(max)), any number of appends, buf_fini. The bytes at data are
 * always followed by a NUL and stay valid until the next call that changes the buffer. Once an
 * append would pass max bytes nothing more is taken and truncated stays true until buf_reset.
 */
#ifndef ZONDA_BASE_BUF_H
#define ZONDA_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data; /* NULL until the first append */
    size_t len; /* bytes in use, the NUL not counted */
    size_t cap;
    size_t max;
    bool truncated;
};

#define BUF_INIT(max_bytes)                                                                        \
    {                                                                                              \
        .max = (max_bytes)                                                                         \
    }

void buf_init(struct buf *buf, size_t max);
void buf_fini(struct buf *buf);

/* Forgets the content and keeps the memory. */
void buf_reset(struct buf *buf);

/* Append bytes, a string, one character, printf's result. 0, or -1 when max would be passed. */
int buf_append(struct buf *buf, const void *data, size_t len);
int buf_puts(struct buf *buf, const char *text);
int buf_putc(struct buf *buf, char character);
int buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
int buf_vprintf(struct buf *buf, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Removes the first len bytes (at most all). */
void buf_consume(struct buf *buf, size_t len);

/* The content as a string, never NULL; borrowed. */
const char *buf_text(const struct buf *buf);

/* The content as a heap string, now the caller's; the buffer is empty afterwards. */
char *buf_steal(struct buf *buf);

#endif
