/*
 * Programs that are none of zonda's children: a browser goes on when zonda ends.
 */
#ifndef ZONDA_PLATFORM_DETACH_H
#define ZONDA_PLATFORM_DETACH_H

#include "base/err.h"

/* Starts argv (looked up in PATH) in a session of its own, with /dev/null for its streams.
   posix_spawn(3). Nobody hears how it ends. ERR_APP where it cannot be started. */
int detach(const char *const *argv, const char *const *env, struct err *err);

#endif
