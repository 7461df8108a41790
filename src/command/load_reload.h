/*
 * Load through a reload: a thread edits a file of the project again and again while a run goes on,
 * and asks the zonda that runs here how each edit ended.
 *
 * Life-cycle: reloader_start before the run, reloader_stop after it; that puts the file back as it
 * was.
 */
#ifndef ZONDA_COMMAND_LOAD_RELOAD_H
#define ZONDA_COMMAND_LOAD_RELOAD_H

#include <stdint.h>

#include "base/err.h"
#include "measure/windows.h"

struct reloader;

/* Every every_ms, from the begin of one edit to the next one's where the reload does not take
   longer. NULL where no zonda runs here (ERR_APP) or the file cannot be read and written. windows
   is borrowed until reloader_stop. */
struct reloader *reloader_start(const char *file, uint32_t every_ms, struct windows *windows,
                                struct err *err);
/* Waits for the reload under way, at most a minute. NULL is allowed. */
int reloader_stop(struct reloader *reloader, struct err *err);

#endif
