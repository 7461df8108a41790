/*
 * Is a build command a plain `go build -o OUTPUT [FLAGS] [PACKAGE]`, which can be built without it?
 * Pure.
 */
#ifndef ZONDA_BUILD_GOLANG_PLAIN_H
#define ZONDA_BUILD_GOLANG_PLAIN_H

#include <stdbool.h>

#include "base/strs.h"
#include "config/config.h"

#define GOPLAIN_REASON_BYTES 256

struct goplain {
    char *output;      /* as it stands there */
    char *package;     /* "." where none is named */
    struct strs flags; /* without -o */
};

/* True and all of plain filled in; else the reason in words: "it needs a shell". */
bool goplain_read(const struct command *command, struct goplain *plain,
                  char reason[GOPLAIN_REASON_BYTES]);
void goplain_fini(struct goplain *plain);

#endif
