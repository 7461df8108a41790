/* From the configuration to the argument vector of the app. Pure. */
#ifndef ZONDA_RUN_COMMAND_H
#define ZONDA_RUN_COMMAND_H

#include <stdint.h>

#include "base/err.h"
#include "base/strs.h"
#include "config/config.h"

/* Appends run.command, or artifact (may be NULL) where it is unset, and then run.args and app_args
   to argv. A line that needs a shell becomes /bin/sh -c LINE, with the arguments quoted behind it.
   ERR_CONFIG where there is nothing to run or a quote has no end. */
int run_command(const struct config *config, const char *artifact, struct strs *argv,
                struct err *err);

/* Where argv is `dlv exec` or the like: the port on which it was told to listen; 0: none. */
uint16_t run_debugger_port(const struct strs *argv);

#endif
