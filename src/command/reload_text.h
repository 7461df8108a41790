/*
 * A reload, as the control socket tells it, in words for a person.
 */
#ifndef ZONDA_COMMAND_RELOAD_TEXT_H
#define ZONDA_COMMAND_RELOAD_TEXT_H

#include "base/buf.h"
#include "base/json.h"

/* "reload 7: served after 812 ms (build 640 ms, start 92 ms)". */
void reload_text_line(const struct json *reload, struct buf *out);
/* What went wrong, "file:line:column: message" each. */
void reload_text_diagnostics(const struct json *reload, struct buf *out);
/* Is the last edit in force: served, unchanged or refreshed? */
bool reload_text_is_good(const struct json *reload);

#endif
