#include "measure/chart.h"

#include <math.h>

#define LEFT   64
#define RIGHT  12
#define TOP    10
#define BOTTOM 26
#define LINES  4 /* of the grid, about */
#define MARKS  8 /* below the x axis, about */

static double at_x(const struct chart *chart, double x)
{
    return LEFT + (CHART_WIDTH - LEFT - RIGHT) * (chart->x_max > 0 ? x / chart->x_max : 0);
}

static double at_y(const struct chart *chart, double y)
{
    double height = CHART_HEIGHT - TOP - BOTTOM;
    return TOP + height - height * (chart->y_max > 0 ? fmin(y / chart->y_max, 1) : 0);
}

double chart_step(double range, int parts)
{
    double least = range / parts, power = pow(10, floor(log10(least)));
    double factor = least / power;
    return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
}

/* Of seconds people count in others. */
static double round_seconds(double range, int parts)
{
    static const double STEPS[] = {1,   2,   5,    10,   15,   30,   60,    120,
                                   300, 600, 1200, 1800, 3600, 7200, 14400, 28800};
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++)
        if (range / STEPS[i] <= parts)
            return STEPS[i];
    return 86400;
}

void chart_begin(struct chart *chart, const char *title)
{
    struct buf *out = chart->out;
    double range = chart->y_max > 0 ? chart->y_max : 1;
    chart->y_step = chart_step(range, LINES);
    chart->y_max = ceil(range / chart->y_step) * chart->y_step;
    (void)buf_printf(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n",
                     CHART_WIDTH, CHART_HEIGHT, title);
    for (int i = 0; i <= (int)(chart->y_max / chart->y_step + 0.5); i++) {
        double value = i * chart->y_step, y = at_y(chart, value);
        (void)buf_printf(out,
                         "<path class=\"%s\" d=\"M%d %.1fH%d\"/><text class=\"axis end\" x=\"%d\" "
                         "y=\"%.1f\">",
                         i ? "grid" : "base", LEFT, y, CHART_WIDTH - RIGHT, LEFT - 8, y + 4);
        chart->y_label(out, value);
        (void)buf_puts(out, "</text>\n");
    }
    double step = round_seconds(chart->x_max, MARKS);
    for (double x = 0; x <= chart->x_max * 1.0001; x += step) {
        (void)buf_printf(out, "<text class=\"axis mid\" x=\"%.1f\" y=\"%d\">", at_x(chart, x),
                         CHART_HEIGHT - 8);
        chart->x_label(out, x);
        (void)buf_puts(out, "</text>\n");
    }
}

static void points(struct chart *chart, const double *x, const double *y, size_t count)
{
    for (size_t i = 0; i < count; i++)
        (void)buf_printf(chart->out, "%s%.1f %.1f", i ? " " : "", at_x(chart, x[i]),
                         at_y(chart, y[i]));
}

void chart_line(struct chart *chart, const char *class, const double *x, const double *y,
                size_t count)
{
    if (count == 0)
        return;
    (void)buf_printf(chart->out, "<polyline class=\"line %s\" points=\"", class);
    points(chart, x, y, count);
    if (count == 1) /* a line of its own, not nothing */
        (void)buf_printf(chart->out, " %.1f %.1f", at_x(chart, x[0]) + 2, at_y(chart, y[0]));
    (void)buf_puts(chart->out, "\"/>\n");
}

void chart_area(struct chart *chart, const char *class, const double *x, const double *y,
                size_t count)
{
    if (count == 0)
        return;
    (void)buf_printf(chart->out, "<polygon class=\"area %s\" points=\"%.1f %.1f ", class,
                     at_x(chart, x[0]), at_y(chart, 0));
    points(chart, x, y, count);
    (void)buf_printf(chart->out, " %.1f %.1f\"/>\n", at_x(chart, x[count - 1]), at_y(chart, 0));
}

void chart_band(struct chart *chart, const char *class, double from, double to, const char *text)
{
    double begin = at_x(chart, from > 0 ? from : 0);
    double end = at_x(chart, to < chart->x_max ? to : chart->x_max);
    (void)buf_printf(chart->out,
                     "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>"
                     "%s</title></rect>\n",
                     class, begin, TOP, end > begin ? end - begin : 0, CHART_HEIGHT - TOP - BOTTOM,
                     text);
}

void chart_end(struct chart *chart)
{
    (void)buf_puts(chart->out, "</svg>\n");
}
