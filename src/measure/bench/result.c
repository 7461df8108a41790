#include "measure/bench/result.h"

#include <stdlib.h>
#include <string.h>

struct bench_result *bench_result_new(void)
{
    struct bench_result *result = mem_new(1, sizeof *result);
    result->first = result->floor = -1;
    return result;
}

void bench_result_free(struct bench_result *result)
{
    if (!result)
        return;
    VEC_EACH (struct bench_tool_result, tool, &result->tools) {
        free(tool->name);
        free(tool->version);
        free(tool->path);
        free(tool->command);
        free(tool->skipped);
    }
    VEC_EACH (struct bench_subject_result, subject, &result->subjects) {
        free(subject->kind);
        free(subject->file);
        free(subject->why);
    }
    vec_fini(&result->tools);
    vec_fini(&result->subjects);
    vec_fini(&result->samples);
    free(result->project);
    free(result->package);
    free(result->machine);
    free(result->go);
    free(result->zonda);
    free(result);
}

int bench_result_find(const struct bench_result *result, const char *name)
{
    for (size_t i = 0; i < result->tools.len; i++)
        if (strcmp(result->tools.at[i].name, name) == 0)
            return (int)i;
    return -1;
}

int bench_result_tool(struct bench_result *result, const char *name)
{
    int known = bench_result_find(result, name);
    if (known >= 0)
        return known;
    struct bench_tool_result *tool = vec_add(&result->tools);
    *tool = (struct bench_tool_result){.name = mem_string(name)};
    return (int)result->tools.len - 1;
}

void bench_sample_add(struct bench_result *result, struct bench_sample sample)
{
    if (result->samples.len < BENCH_SAMPLES_MAX)
        vec_push(&result->samples, sample);
}
