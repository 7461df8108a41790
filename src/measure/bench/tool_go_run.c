/* `go run` by hand: what there is without any tool. */
#include "measure/bench/tool_parts.h"

static int plan(const struct bench_subject *subject, const struct bench_place *place,
                struct bench_plan *plan, struct err *err)
{
    static const char *const WORDS[] = {"run", NULL};
    (void)err;
    tool_begin(plan, place, WORDS);
    strs_push(&plan->argv, subject->package);
    strs_copy(&plan->argv, &subject->args);
    return 0;
}

const struct bench_tool TOOL_GO_RUN = {
    .name = "go-run",
    .program = "go",
    .version = {"version"},
    .package_hint = "Go",
    .by_hand = true,
    .plan = plan,
};
