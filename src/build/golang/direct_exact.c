/* Between builds: importers that a quick build has left for later, compiled exactly, at low
 * priority. */
#include "build/golang/direct_state.h"

#define IDLE_MS 200 /* the new version starts meanwhile */
#define LOW     15  /* niceness */

static void on_wave(void *data, const struct gowave_result *result)
{
    struct direct *direct = data;
    bool complete = result->outcome == GOWAVE_DONE;
    int packages = result->compiled;
    gowave_free(direct->wave);
    direct->wave = NULL;
    direct->stage = DIRECT_IDLE;
    if (complete)
        goplan_adopt_exact(direct->plan);
    if (direct->building)
        direct_begin(direct);
    else if (complete && !direct->closed && direct->request.on_exact)
        direct->request.on_exact(direct->request.data, packages);
}

void direct_exact_later(struct direct *direct)
{
    if (!direct->closed)
        timer_start(direct->soon, IDLE_MS);
}

void direct_exact_start(struct direct *direct)
{
    struct gowave_request request = {.plan = direct->plan,
                                     .store = direct->store,
                                     .view = GOVIEW_EXACT,
                                     .jobs = 1,
                                     .nice = LOW,
                                     .on_done = on_wave,
                                     .data = direct};
    if (direct->stage != DIRECT_IDLE || !direct->plan || direct->closed)
        return;
    direct->stage = DIRECT_EXACT;
    direct->wave = gowave_start(direct->loop, &request);
}
