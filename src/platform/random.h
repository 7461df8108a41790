/*
 * Random names and identifiers from the kernel, getrandom(2).
 */
#ifndef ZONDA_PLATFORM_RANDOM_H
#define ZONDA_PLATFORM_RANDOM_H

#include <stddef.h>
#include <stdint.h>

void random_bytes(void *data, size_t len);  /* ends the program where the kernel has none */
void random_hex(char *text, size_t digits); /* digits hex digits and a NUL */

#endif
