#include <errno.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "platform/alarm.h"

struct alarm {
    int fd;
    struct io *io;
    alarm_fn *fn;
    void *data;
    uint64_t at_ns;
};

static void rings(void *data, int events)
{
    struct alarm *alarm = data;
    uint64_t count;
    (void)events;
    /* It may have been set anew since the loop saw it: EAGAIN. */
    if (read(alarm->fd, &count, sizeof count) == sizeof count) {
        alarm->at_ns = UINT64_MAX;
        alarm->fn(alarm->data);
    }
}

struct alarm *alarm_new(struct loop *loop, alarm_fn *fn, void *data, struct err *err)
{
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd < 0) {
        err_system(err, errno, "no timer");
        return NULL;
    }
    struct alarm *alarm = mem_new(1, sizeof *alarm);
    *alarm = (struct alarm){.fd = fd, .fn = fn, .data = data, .at_ns = UINT64_MAX};
    alarm->io = io_new(loop, fd, rings, alarm);
    io_want(alarm->io, IO_READ);
    return alarm;
}

void alarm_at(struct alarm *alarm, uint64_t mono_ns)
{
    if (alarm->at_ns == mono_ns)
        return;
    alarm->at_ns = mono_ns;
    struct itimerspec when = {0}; /* all zero: disarmed */
    if (mono_ns != UINT64_MAX) {
        uint64_t at_ns = mono_ns ? mono_ns : 1;
        when.it_value.tv_sec = (time_t)(at_ns / CLOCK_NS_PER_S);
        when.it_value.tv_nsec = (long)(at_ns % CLOCK_NS_PER_S);
    }
    if (timerfd_settime(alarm->fd, TFD_TIMER_ABSTIME, &when, NULL) != 0)
        abort(); /* only for arguments that are wrong: a defect */
}

void alarm_free(struct alarm *alarm)
{
    if (!alarm)
        return;
    io_free(alarm->io);
    (void)close(alarm->fd);
    free(alarm);
}
