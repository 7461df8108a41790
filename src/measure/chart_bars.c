#include "measure/chart_bars.h"

#include <math.h>

#include "base/html.h"

#define LEFT   130
#define RIGHT  150
#define ROW    28
#define BAR    16
#define BOTTOM 24
#define PARTS  5 /* of the grid, about */

static double at_x(const struct bars *bars, double value)
{
    double share = bars->max > 0 ? fmin(value / bars->max, 1) : 0;
    return LEFT + (CHART_WIDTH - LEFT - RIGHT) * share;
}

void bars_begin(struct bars *bars, const char *title)
{
    int height = bars->rows * ROW;
    double range = bars->max > 0 ? bars->max : 1, step = chart_step(range, PARTS);
    bars->max = ceil(range / step) * step;
    bars->row = -1;
    (void)buf_printf(bars->out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"",
                     CHART_WIDTH, height + BOTTOM);
    html_escape(bars->out, title);
    (void)buf_puts(bars->out, "\">\n");
    for (int i = 0; i <= (int)(bars->max / step + 0.5); i++) {
        double x = at_x(bars, i * step);
        (void)buf_printf(bars->out,
                         "<path class=\"%s\" d=\"M%.1f 0V%d\"/><text class=\"axis mid\" x=\"%.1f\" "
                         "y=\"%d\">",
                         i ? "grid" : "base", x, height, x, height + BOTTOM - 8);
        bars->label(bars->out, i * step);
        (void)buf_puts(bars->out, "</text>\n");
    }
}

void bars_row(struct bars *bars, const char *name)
{
    bars->row++;
    bars->end = 0;
    (void)buf_printf(bars->out, "<text class=\"name end\" x=\"%d\" y=\"%d\">", LEFT - 10,
                     bars->row * ROW + ROW / 2 + 5);
    html_escape(bars->out, name);
    (void)buf_puts(bars->out, "</text>\n");
}

void bars_part(struct bars *bars, const char *class, double value)
{
    double from = at_x(bars, bars->end);
    bars->end += value;
    (void)buf_printf(
        bars->out, "<rect class=\"fill %s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>\n",
        class, from, bars->row * ROW + (ROW - BAR) / 2, at_x(bars, bars->end) - from, BAR);
}

void bars_dot(struct bars *bars, const char *class, double value)
{
    (void)buf_printf(bars->out, "<circle class=\"fill dot %s\" cx=\"%.1f\" cy=\"%d\" r=\"5\"/>\n",
                     class, at_x(bars, value), bars->row * ROW + ROW / 2);
}

void bars_text(struct bars *bars, const char *text)
{
    (void)buf_printf(bars->out, "<text class=\"axis end\" x=\"%d\" y=\"%d\">", CHART_WIDTH - 4,
                     bars->row * ROW + ROW / 2 + 4);
    html_escape(bars->out, text);
    (void)buf_puts(bars->out, "</text>\n");
}

void bars_end(struct bars *bars)
{
    (void)buf_puts(bars->out, "</svg>\n");
}
