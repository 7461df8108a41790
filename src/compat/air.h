/*
 * air's configuration, with air's meaning (air 1.67: .air.toml, air.toml).
 *
 * Every key of air is mapped to keys of zonda. Where air ignores what it was given (a zero, a key
 * in the wrong table, a name it does not know) zonda obeys it or says so. docs/from-air.md has the
 * table.
 */
#ifndef ZONDA_COMPAT_AIR_H
#define ZONDA_COMPAT_AIR_H

#include "config/load.h"

extern const struct config_dialect COMPAT_AIR;

#endif
