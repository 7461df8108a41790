/*
 * The engine: the line a change goes down, from the kernel's event to the version that serves.
 *
 * Life-cycle: engine_run makes everything, runs the loop until zonda is asked to end, and takes
 * everything down again. It owns one struct reload at a time for each of the two places where work
 * can be under way: `building` (commands and the build) and `swapping` (stop, start, ready).
 */
#ifndef ZONDA_ENGINE_ENGINE_H
#define ZONDA_ENGINE_ENGINE_H

#include "base/err.h"
#include "config/config.h"
#include "config/load.h"
#include "config/problem.h"

/* request was used to load config and is used again whenever its file changes; borrowed. config
   moves to the engine. warnings are told once the terminal is there. 0 when zonda was asked to
   end, however the app ended then; a negative code with err where it could not even start. */
int engine_run(const struct config_request *request, struct config *config,
               const struct problems *warnings, struct err *err);

#endif
