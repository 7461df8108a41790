/*
 * Shared libraries that are loaded at first use, so that a run that never needs them does not carry
 * them in its memory. dlopen(3).
 */
#ifndef ZONDA_PLATFORM_LIBRARY_H
#define ZONDA_PLATFORM_LIBRARY_H

#include "base/err.h"

struct library_symbol {
    const char *name;
    void (**function)(void); /* where its address goes */
};

/* Loads the library (by its name with version, "libssl.so.3") for the rest of the process and looks
   up count functions in it and in what it needs itself. 0, or ERR_SYSTEM; then none is to be used.
 */
int library_load(const char *name, const struct library_symbol *symbols, unsigned count,
                 struct err *err);

#endif
