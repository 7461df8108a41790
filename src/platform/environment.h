/*
 * What zonda was started with.
 */
#ifndef ZONDA_PLATFORM_ENVIRONMENT_H
#define ZONDA_PLATFORM_ENVIRONMENT_H

#include "base/strs.h"

void environment_read(struct strs *env); /* appends NAME=value entries, environ(7) */
int environment_pid(void);               /* zonda's own */

#endif
