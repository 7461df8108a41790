/*
 * Text from outside (compilers, apps, file names) made harmless: without escape sequences (ECMA-48)
 * and, for a terminal, without control characters.
 */
#ifndef ZONDA_OBSERVE_CLEAN_H
#define ZONDA_OBSERVE_CLEAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Appends text without its escape sequences and NUL bytes; where controls is false also without C0
   characters but the tab, DEL, and C1 characters (as UTF-8). */
void clean_text(const char *text, size_t len, bool controls, struct buf *out);

#endif
