/*
 * Time: monotonic for durations, wall for people.
 */
#ifndef ZONDA_BASE_CLOCK_H
#define ZONDA_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define CLOCK_NS_PER_MS  UINT64_C(1000000)
#define CLOCK_NS_PER_S   UINT64_C(1000000000)
#define CLOCK_WALL_BYTES 32

uint64_t clock_mono_ns(void); /* CLOCK_MONOTONIC, clock_gettime(2) */
uint64_t clock_wall_ns(void); /* since 1970 UTC */

/* 2026-11-24T14:02:03.456Z (RFC 3339, UTC, milliseconds) into text. */
void clock_format_utc(uint64_t wall_ns, char text[CLOCK_WALL_BYTES]);
/* 14:02:03 in local time. */
void clock_format_local(uint64_t wall_ns, char text[CLOCK_WALL_BYTES]);

/* A duration as people write it: "850 µs", "12 ms", "1.24 s", "3 min 5 s". */
void clock_format_duration(uint64_t ns, char text[CLOCK_WALL_BYTES]);

#endif
