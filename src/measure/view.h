/*
 * A run as it goes, on standard error: one line that is written over where that is a terminal, else
 * a line every few seconds.
 */
#ifndef ZONDA_MEASURE_VIEW_H
#define ZONDA_MEASURE_VIEW_H

#include <stdbool.h>

#include "measure/load.h"

struct view {
    bool tty;
    bool drawn; /* a line stands there that is to be written over */
};

void view_init(struct view *view);
uint32_t view_every_ms(const struct view *view);
void view_show(void *view, const struct load_progress *progress); /* a load_view_fn */
void view_end(struct view *view); /* what follows has a clean line */

#endif
