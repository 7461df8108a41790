/* Any bytes: reading them ends, with a scenario that is whole, or with an error that is told; what
   can be read can be written for the other engines. */
#include <stdlib.h>

#include "measure/emit.h"
#include "measure/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct problems problems = {0};
    struct buf out = BUF_INIT(EMIT_BYTES_MAX);
    struct err err;
    struct scenario *scenario =
        scenario_read((const char *)data, len, "f.toml", "http://127.0.0.1", &problems);
    if ((scenario == NULL) != (problems.errors > 0))
        abort();
    problems_print(&problems, &out);
    if (scenario) {
        if (!scenario->tasks.len || !scenario->stages.len || !scenario_length_ns(scenario))
            abort();
        uint64_t first = scenario_arrival_ns(scenario, 0), next = scenario_arrival_ns(scenario, 1);
        if (scenario->open && first > next)
            abort();
        (void)emit(scenario, "k6", &out, &err);
        (void)emit(scenario, "locust", &out, &err);
    }
    scenario_free(scenario);
    buf_fini(&out);
    problems_fini(&problems);
    return 0;
}
