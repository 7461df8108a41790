#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static uint64_t now_ns(clockid_t id)
{
    struct timespec now;
    (void)clock_gettime(id, &now);
    return (uint64_t)now.tv_sec * CLOCK_NS_PER_S + (uint64_t)now.tv_nsec;
}

uint64_t clock_mono_ns(void)
{
    return now_ns(CLOCK_MONOTONIC);
}

uint64_t clock_wall_ns(void)
{
    return now_ns(CLOCK_REALTIME);
}

void clock_format_utc(uint64_t wall_ns, char text[CLOCK_WALL_BYTES])
{
    time_t seconds = (time_t)(wall_ns / CLOCK_NS_PER_S);
    struct tm tm;
    char date[24];
    (void)gmtime_r(&seconds, &tm);
    (void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &tm);
    (void)snprintf(text, CLOCK_WALL_BYTES, "%s.%03uZ", date,
                   (unsigned)(wall_ns / CLOCK_NS_PER_MS % 1000));
}

void clock_format_local(uint64_t wall_ns, char text[CLOCK_WALL_BYTES])
{
    time_t seconds = (time_t)(wall_ns / CLOCK_NS_PER_S);
    struct tm tm;
    (void)localtime_r(&seconds, &tm);
    (void)strftime(text, CLOCK_WALL_BYTES, "%H:%M:%S", &tm);
}

void clock_format_duration(uint64_t ns, char text[CLOCK_WALL_BYTES])
{
    if (ns < CLOCK_NS_PER_MS)
        (void)snprintf(text, CLOCK_WALL_BYTES, "%" PRIu64 " µs", ns / 1000);
    else if (ns < CLOCK_NS_PER_S)
        (void)snprintf(text, CLOCK_WALL_BYTES, "%" PRIu64 " ms", ns / CLOCK_NS_PER_MS);
    else if (ns < 60 * CLOCK_NS_PER_S)
        (void)snprintf(text, CLOCK_WALL_BYTES, "%.2f s", (double)ns / (double)CLOCK_NS_PER_S);
    else
        (void)snprintf(text, CLOCK_WALL_BYTES, "%" PRIu64 " min %" PRIu64 " s",
                       ns / (60 * CLOCK_NS_PER_S), ns / CLOCK_NS_PER_S % 60);
}
