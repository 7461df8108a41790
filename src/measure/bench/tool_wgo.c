/* wgo, as of v0.7.1. */
#include <string.h>

#include "measure/bench/tool_parts.h"

/* It ends a command at "::", and has ":::" for that. */
static int plan(const struct bench_subject *subject, const struct bench_place *place,
                struct bench_plan *plan, struct err *err)
{
    static const char *const WORDS[] = {"run", NULL};
    (void)err;
    tool_begin(plan, place, WORDS);
    strs_push(&plan->argv, subject->package);
    STRS_EACH (arg, &subject->args) {
        size_t colons = strspn(*arg, ":");
        bool separates = colons >= 2 && (*arg)[colons] == '\0';
        strs_pushf(&plan->argv, "%s%s", *arg, separates ? ":" : "");
    }
    return 0;
}

const struct bench_tool TOOL_WGO = {
    .name = "wgo",
    .program = "wgo",
    .module = "github.com/bokwoon95/wgo",
    .plan = plan,
};
