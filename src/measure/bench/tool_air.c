/* air, as of v1.67.4. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "measure/bench/tool_parts.h"

/* Its defaults build the package in the root, into tmp/main. */
static int plan(const struct bench_subject *subject, const struct bench_place *place,
                struct bench_plan *plan, struct err *err)
{
    static const char *const WORDS[] = {NULL};
    static const char *const OWN[] = {".air.toml", ".config/air.toml", NULL};
    tool_begin(plan, place, WORDS);
    if (!tool_own_file(place, OWN) && strcmp(subject->package, ".") != 0) {
        char *output = tool_output(place, err);
        if (!output)
            return err->code;
        struct buf line = BUF_INIT((size_t)16 << 10);
        tool_build_line(&line, subject, output);
        strs_push(&plan->argv, "--build.cmd");
        strs_push(&plan->argv, buf_text(&line));
        strs_push(&plan->argv, "--build.entrypoint");
        strs_push(&plan->argv, output);
        buf_fini(&line);
        free(output);
    }
    if (subject->args.len)
        strs_push(&plan->argv, "--");
    strs_copy(&plan->argv, &subject->args);
    return 0;
}

const struct bench_tool TOOL_AIR = {
    .name = "air",
    .program = "air",
    .version = {"-v"},
    .module = "github.com/air-verse/air",
    .plan = plan,
};
