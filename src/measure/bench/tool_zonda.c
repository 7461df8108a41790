/* zonda, as it was built. */
#include <stdlib.h>

#include "measure/bench/tool_parts.h"

/* A zonda.toml or .air.toml says what is built; without one, the package does. */
static int plan(const struct bench_subject *subject, const struct bench_place *place,
                struct bench_plan *plan, struct err *err)
{
    static const char *const WORDS[] = {"run", NULL};
    static const char *const OWN[] = {"zonda.toml", ".air.toml", ".config/air.toml", NULL};
    (void)err;
    tool_begin(plan, place, WORDS);
    if (!tool_own_file(place, OWN))
        strs_pushf(&plan->argv, "--build.package=%s", subject->package);
    if (subject->args.len)
        strs_push(&plan->argv, "--");
    strs_copy(&plan->argv, &subject->args);
    return 0;
}

const struct bench_tool TOOL_ZONDA = {
    .name = "zonda",
    .version = {"--version"},
    .package_hint = "zonda",
    .plan = plan,
};
