/* watchexec, as of 2.8.0. */
#include "measure/bench/tool_parts.h"

/* Without --shell=none it would hand the words to a shell of its own, unquoted. */
static int plan(const struct bench_subject *subject, const struct bench_place *place,
                struct bench_plan *plan, struct err *err)
{
    static const char *const WORDS[] = {"-r", "-e", "go", "--shell=none", "--", NULL};
    return tool_plan_shell(subject, place, WORDS, plan, err);
}

const struct bench_tool TOOL_WATCHEXEC = {
    .name = "watchexec",
    .program = "watchexec",
    .version = {"--version"},
    .crate = "watchexec-cli",
    .package_hint = "the package watchexec of your distribution, or cargo, which can fetch it",
    .plan = plan,
};
