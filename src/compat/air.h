/*
 * air's configuration, with air's meaning. Read from air v1.67 (.air.toml, air.toml).
 *
 * Maps every key of air to the keys of zonda. Where air ignores what it was given (a zero, a key in
 * the wrong table) zonda obeys it or says so.
 */
#ifndef ZONDA_COMPAT_AIR_H
#define ZONDA_COMPAT_AIR_H
/* filled in with the implementation */
#endif
