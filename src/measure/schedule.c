/* The stages of a scenario as a function of time: a line of ramps and holds. */
#include <math.h>

#include "measure/scenario.h"

uint64_t scenario_length_ns(const struct scenario *scenario)
{
    uint64_t sum = 0;
    VEC_EACH (const struct stage, stage, &scenario->stages)
        sum += stage->ramp_ns + stage->hold_ns;
    return sum;
}

double scenario_goal(const struct scenario *scenario, uint64_t at_ns)
{
    double before = 0;
    VEC_EACH (const struct stage, stage, &scenario->stages) {
        if (at_ns < stage->ramp_ns)
            return before + (stage->goal - before) * (double)at_ns / (double)stage->ramp_ns;
        at_ns -= stage->ramp_ns;
        if (at_ns < stage->hold_ns)
            return stage->goal;
        at_ns -= stage->hold_ns;
        before = stage->goal;
    }
    return 0;
}

double scenario_goal_max(const struct scenario *scenario)
{
    double most = 0;
    VEC_EACH (const struct stage, stage, &scenario->stages)
        most = fmax(most, stage->goal);
    return most;
}

/* Seconds into a piece of so many seconds, whose rate goes evenly from one to another, until
   number arrivals have come; more than seconds where it does not reach that many. */
static double reached(double number, double from, double to, double seconds)
{
    double slope = seconds > 0 ? (to - from) / seconds : 0;
    if (number <= 0)
        return 0;
    if (slope == 0)
        return from > 0 ? number / from : INFINITY;
    /* number = from·t + slope/2·t²; this form of the root also bears slopes near 0 */
    double root = from * from + 2 * slope * number;
    return root < 0 ? INFINITY : 2 * number / (from + sqrt(root));
}

uint64_t scenario_arrival_ns(const struct scenario *scenario, double number)
{
    double before = 0, at = 0;
    VEC_EACH (const struct stage, stage, &scenario->stages) {
        const struct {
            double from, to, seconds;
        } PIECES[] = {{before, stage->goal, (double)stage->ramp_ns / 1e9},
                      {stage->goal, stage->goal, (double)stage->hold_ns / 1e9}};
        for (size_t i = 0; i < 2; i++) {
            double count = (PIECES[i].from + PIECES[i].to) / 2 * PIECES[i].seconds;
            if (number < count)
                return (uint64_t)((at + reached(number, PIECES[i].from, PIECES[i].to,
                                                PIECES[i].seconds)) *
                                  1e9);
            number -= count;
            at += PIECES[i].seconds;
        }
        before = stage->goal;
    }
    return UINT64_MAX;
}
