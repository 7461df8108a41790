/* gin, the reloader of that name, as of 2023-02. */
#include <stdlib.h>

#include "base/path.h"
#include "measure/bench/tool_parts.h"

/* A proxy that cannot be switched off: it answers on its port, and sets PORT for the app. The name
   of the output is joined to the working directory. It starts the app when it is asked (runner.go);
   asked before the first build is done it fails, and takes that for a process for ever after. */
static int plan(const struct bench_subject *subject, const struct bench_place *place,
                struct bench_plan *plan, struct err *err)
{
    static const char *const WORDS[] = {NULL};
    const char *below = path_below(place->copy, place->output);
    char *output = tool_output(place, err);
    if (!output)
        return err->code;
    free(output);
    if (!below)
        return err_set(err, ERR_CONFIG, "gin builds below its directory only, and %.200s is not",
                       place->output);
    tool_begin(plan, place, WORDS);
    strs_push(&plan->argv, "--port");
    strs_pushf(&plan->argv, "%u", place->own_port);
    strs_push(&plan->argv, "--appPort");
    strs_pushf(&plan->argv, "%u", place->app_port);
    strs_push(&plan->argv, "--build");
    strs_push(&plan->argv, subject->package);
    strs_push(&plan->argv, "--bin");
    strs_push(&plan->argv, below);
    strs_push(&plan->argv, "run");
    strs_copy(&plan->argv, &subject->args);
    plan->ask_port = place->own_port;
    return 0;
}

const struct bench_tool TOOL_GIN = {
    .name = "gin",
    .program = "gin",
    .module = "github.com/codegangsta/gin",
    .through_proxy = true,
    .ready = "Build finished",
    .plan = plan,
};
