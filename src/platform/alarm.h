/*
 * An alarm on the loop that is exact to the kernel's timers, where struct timer is exact to
 * milliseconds: timerfd_create(2) with CLOCK_MONOTONIC.
 *
 * Life-cycle: alarm_new, alarm_at any number of times, alarm_free, also from its own callback.
 */
#ifndef ZONDA_PLATFORM_ALARM_H
#define ZONDA_PLATFORM_ALARM_H

#include <stdint.h>

#include "base/err.h"
#include "platform/loop.h"

struct alarm;
typedef void alarm_fn(void *data);

/* NULL and ERR_SYSTEM. fn is called on the loop's thread. */
struct alarm *alarm_new(struct loop *loop, alarm_fn *fn, void *data, struct err *err);
/* Rings once at mono_ns of clock_mono_ns, at once where that has passed; takes the place of what
   was set before. UINT64_MAX: never. */
void alarm_at(struct alarm *alarm, uint64_t mono_ns);
void alarm_free(struct alarm *alarm); /* NULL is allowed */

#endif
