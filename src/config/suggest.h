/*
 * "Did you mean": the nearest of some names, by the count of edits.
 */
#ifndef ZONDA_CONFIG_SUGGEST_H
#define ZONDA_CONFIG_SUGGEST_H

#include <stddef.h>

/* The name nearest to word, or NULL where none is near (a third of its letters may differ, at least
   one edit; a swap of two neighbours counts one). '-' and '_' and case do not matter. */
const char *suggest(const char *word, const char *const *names, size_t len);

#endif
