/*
 * The flags of `go build`: which of them a plan understands, and which ones a dev build gets. Pure.
 */
#ifndef ZONDA_BUILD_GOLANG_FLAGS_H
#define ZONDA_BUILD_GOLANG_FLAGS_H

#include <stdbool.h>

#include "base/strs.h"

#define GOFLAGS_REASON_BYTES 256

/* True where all of them are understood; else the reason in words: "-race needs the go command".
   goflags: the value of GOFLAGS, or NULL. */
bool goflags_understood(const struct strs *flags, const char *goflags,
                        char reason[GOFLAGS_REASON_BYTES]);

/* A flag whose value is the next word: "-tags", not "-tags=a". */
bool goflags_takes_next(const char *word);

/* Appends flags and what a dev build adds: -buildvcs=false where nothing is said about it, and -w
   for the linker unless debug_info. Where GOFLAGS has linker flags they stay alone. */
void goflags_make(const struct strs *flags, const char *goflags, bool debug_info,
                  struct strs *made);

#endif
