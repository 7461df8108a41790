/*
 * Memory that is either there or the program ends.
 *
 * A developer tool that cannot get a few kilobytes has nothing better to do than to say so and end
 * (its guard on the app's process group still holds), so no caller checks for NULL. What comes from
 * outside is bounded before it gets here. Every result is the caller's, to be freed with free().
 */
#ifndef ZONDA_BASE_MEM_H
#define ZONDA_BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

/* Zeroed memory for count things of size bytes; ends the program on overflow and exhaustion. */
void *mem_new(size_t count, size_t size);

/* realloc() to count things of size bytes; what is new is not zeroed. */
void *mem_resize(void *old, size_t count, size_t size);

/* Copies of a string, of its first len bytes, and of printf's result. NULL copies to NULL. */
char *mem_string(const char *text);
char *mem_string_n(const char *text, size_t len);
char *mem_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *mem_vformat(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

/* Replaces the owned string at *slot by a copy of text (which may be NULL or *slot itself). */
void mem_replace(char **slot, const char *text);

#endif
