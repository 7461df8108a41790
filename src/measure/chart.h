/*
 * Line charts as inline SVG, readable without scripts and in light and dark by the page's styles.
 *
 * Life-cycle: chart_begin with the ranges, chart_area and chart_line for each series, chart_end.
 * Classes of the page: grid, axis, and the series' own.
 */
#ifndef ZONDA_MEASURE_CHART_H
#define ZONDA_MEASURE_CHART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define CHART_WIDTH  960
#define CHART_HEIGHT 230

typedef void chart_label_fn(struct buf *out, double value);

struct chart {
    struct buf *out;
    double x_max, y_max; /* y_max becomes a round number */
    chart_label_fn *x_label, *y_label;
    double y_step;
};

/* 1, 2 or 5 times a power of ten: the least that cuts range into at most parts. */
double chart_step(double range, int parts);

/* title: for those who do not see it. */
void chart_begin(struct chart *chart, const char *title);
/* x and y of count points. A line, or the area under it. */
void chart_line(struct chart *chart, const char *class, const double *x, const double *y,
                size_t count);
void chart_area(struct chart *chart, const char *class, const double *x, const double *y,
                size_t count);
/* The stretch between two x, over the whole height; text shows where the pointer is. */
void chart_band(struct chart *chart, const char *class, double from, double to, const char *text);
void chart_end(struct chart *chart);

#endif
