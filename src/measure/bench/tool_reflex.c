/* reflex, as of v0.3.1. */
#include "measure/bench/tool_parts.h"

static int plan(const struct bench_subject *subject, const struct bench_place *place,
                struct bench_plan *plan, struct err *err)
{
    static const char *const WORDS[] = {"-r", "\\.go$", "-s", "--", NULL};
    static const char *const CONFIG[] = {"-c", "reflex.conf", NULL};
    static const char *const OWN[] = {"reflex.conf", NULL};
    if (!tool_own_file(place, OWN))
        return tool_plan_shell(subject, place, WORDS, plan, err);
    tool_begin(plan, place, CONFIG);
    return 0;
}

const struct bench_tool TOOL_REFLEX = {
    .name = "reflex",
    .program = "reflex",
    .module = "github.com/cespare/reflex",
    .plan = plan,
};
