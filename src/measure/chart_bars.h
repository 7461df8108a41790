/*
 * Rows with a name each, and bars or dots to a common scale from 0: inline SVG for the page's
 * styles, as chart.h. Classes: a, b, c, e.
 *
 * Life-cycle: bars_begin with the number of rows and the largest value, for each row bars_row and
 * then bars_part or bars_dot and bars_text, bars_end. Names and texts are escaped here.
 */
#ifndef ZONDA_MEASURE_CHART_BARS_H
#define ZONDA_MEASURE_CHART_BARS_H

#include "measure/chart.h"

struct bars {
    struct buf *out;
    double max; /* becomes a round number */
    chart_label_fn *label;
    int rows, row; /* row: the one under way, from 0 */
    double end;    /* where the next part of the row begins */
};

void bars_begin(struct bars *bars, const char *title);
void bars_row(struct bars *bars, const char *name);
/* One more part of the row's bar. */
void bars_part(struct bars *bars, const char *class, double value);
/* A dot at value, beside the bar. */
void bars_dot(struct bars *bars, const char *class, double value);
/* What stands at the right of the row. */
void bars_text(struct bars *bars, const char *text);
void bars_end(struct bars *bars);

#endif
