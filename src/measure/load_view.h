/*
 * A run as it goes, on standard error: one line that is written over where that is a terminal, else
 * a line every few seconds.
 */
#ifndef ZONDA_MEASURE_LOAD_VIEW_H
#define ZONDA_MEASURE_LOAD_VIEW_H

#include <stdbool.h>

#include "measure/load.h"

struct load_view {
    bool tty;
    bool drawn; /* a line stands there that is to be written over */
};

void load_view_init(struct load_view *view);
uint32_t load_view_every_ms(const struct load_view *view);
void load_view_show(void *view, const struct load_progress *progress); /* a load_view_fn */
void load_view_line(struct load_view *view, const char *line); /* in place of the last one */
void load_view_end(struct load_view *view);                    /* what follows has a clean line */

#endif
