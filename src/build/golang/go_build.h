/*
 * The command line of the default build. Pure but for reading the go command's own settings.
 */
#ifndef ZONDA_BUILD_GOLANG_GO_BUILD_H
#define ZONDA_BUILD_GOLANG_GO_BUILD_H

#include <stdbool.h>

#include "base/err.h"
#include "base/strs.h"

struct go_build {
    const char *package;      /* as go_package gives it */
    const char *output;       /* the file to write */
    const struct strs *flags; /* the user's */
    const struct strs *env;
    bool debug_info;
};

/* Appends go build -v -buildvcs=false [-ldflags=-w] -o OUTPUT FLAGS PACKAGE. -w is put before the
   user's own -ldflags, wherever these are (flags, GOFLAGS in env or in the file of `go env -w`), as
   the go command would take only one of both. ERR_CONFIG where flags hold an -o. */
int go_build_command(const struct go_build *build, struct strs *argv, struct err *err);

/* The import path on a line of go build -v, which is line itself; NULL where it is another line. */
const char *go_build_progress(const char *line);

#endif
