/*
 * Signals to zonda itself, as events on the loop.
 */
#ifndef ZONDA_PLATFORM_SIGNALS_H
#define ZONDA_PLATFORM_SIGNALS_H

#include "base/err.h"
#include "platform/loop.h"

struct signals;
typedef void signals_fn(void *data, int signal);

/* Delivers SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGWINCH and SIGCONT to fn on the loop
   (signalfd(2)); SIGPIPE is ignored. */
struct signals *signals_open(struct loop *loop, signals_fn *fn, void *data, struct err *err);
void signals_close(struct signals *signals);

#endif
