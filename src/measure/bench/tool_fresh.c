/* fresh, as of 2024-06. */
#include <string.h>

#include "measure/bench/tool_parts.h"

/* It builds the directory that it watches, into tmp/runner-build, and hands nothing to the app. */
static int plan(const struct bench_subject *subject, const struct bench_place *place,
                struct bench_plan *plan, struct err *err)
{
    static const char *const WORDS[] = {NULL};
    static const char *const OWN[] = {"runner.conf", NULL};
    tool_begin(plan, place, WORDS);
    if (tool_own_file(place, OWN))
        return 0;
    if (strcmp(subject->package, ".") != 0)
        return err_set(err, ERR_CONFIG,
                       "fresh watches nothing but the package that it builds, which is %.200s",
                       subject->package);
    if (subject->args.len)
        return err_set(err, ERR_CONFIG, "fresh cannot hand arguments to the app");
    return 0;
}

const struct bench_tool TOOL_FRESH = {
    .name = "fresh",
    .program = "fresh",
    .module = "github.com/gravityblast/fresh",
    .plan = plan,
};
