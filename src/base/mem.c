#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *or_end(void *memory)
{
    if (!memory) {
        (void)fputs("zonda: out of memory\n", stderr);
        abort();
    }
    return memory;
}

void *mem_new(size_t count, size_t size)
{
    return or_end(calloc(count ? count : 1, size ? size : 1));
}

void *mem_resize(void *old, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        or_end(NULL);
    size_t total = count * size;
    return or_end(realloc(old, total ? total : 1));
}

char *mem_string(const char *text)
{
    return text ? mem_string_n(text, strlen(text)) : NULL;
}

char *mem_string_n(const char *text, size_t len)
{
    char *copy = mem_new(len + 1, 1);
    memcpy(copy, text, len);
    return copy;
}

char *mem_vformat(const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    char *text = mem_new((size_t)(len < 0 ? 0 : len) + 1, 1);
    (void)vsnprintf(text, (size_t)(len < 0 ? 0 : len) + 1, format, again);
    va_end(again);
    return text;
}

char *mem_format(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = mem_vformat(format, args);
    va_end(args);
    return text;
}

void mem_replace(char **slot, const char *text)
{
    char *copy = mem_string(text);
    free(*slot);
    *slot = copy;
}
