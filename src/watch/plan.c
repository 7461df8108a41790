#include "watch/plan.h"

void batch_fini(struct batch *batch)
{
    VEC_EACH (struct change, change, &batch->changes)
        free(change->path);
    vec_fini(&batch->changes);
    *batch = (struct batch){0};
}

void plan_fini(struct plan *plan)
{
    free(plan->decider);
    plan->decider = NULL;
    vec_fini(&plan->commands);
}
