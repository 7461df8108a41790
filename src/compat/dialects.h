/*
 * The configuration languages of other tools that zonda understands.
 *
 * Handed to config_load by the request, so that config/ need not know this room.
 */
#ifndef ZONDA_COMPAT_DIALECTS_H
#define ZONDA_COMPAT_DIALECTS_H

#include "config/load.h"

extern const struct config_dialect *const COMPAT_DIALECTS[]; /* NULL-terminated */

#endif
