/*
 * What a person sees: events as lines on the terminal, colours, a progress line, source excerpts.
 *
 * Subscribes to the bus. App output passes through unchanged; zonda's own lines never split a line
 * of the app. NO_COLOR and TERM=dumb are honoured (no-color.org); color = always wins over both.
 */
#ifndef ZONDA_OBSERVE_TERMINAL_VIEW_H
#define ZONDA_OBSERVE_TERMINAL_VIEW_H

#include "config/config.h"
#include "observe/bus.h"
#include "observe/sink.h"

struct terminal_view;
/* While a build runs, a timer on loop keeps the seconds of its progress line going. */
struct terminal_view *terminal_view_new(struct loop *loop, struct bus *bus, struct sink *out,
                                        const struct config *config, bool tty);
void terminal_view_config(struct terminal_view *view, const struct config *config); /* changed */
void terminal_view_clear(struct terminal_view *view);                               /* the c key */
void terminal_view_print(struct terminal_view *view,
                         const char *text); /* lines of zonda's own: help */
void terminal_view_free(struct terminal_view *view);

#endif
