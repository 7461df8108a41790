/*
 * How a command tells an error: the one place that prints a struct err.
 */
#ifndef ZONDA_COMMAND_REPORT_H
#define ZONDA_COMMAND_REPORT_H

#include "base/err.h"

/* Prints err on stderr: "zonda: message" (or "place: message") and "  hint: …". The exit status. */
int command_report(const struct err *err);

#endif
