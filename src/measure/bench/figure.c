#include <string.h>

#include "measure/bench/result.h"

static const struct bench_figure_info INFO[FIGURES] = {
    [FIGURE_START] = {"start", "Start to the first answer", UNIT_SECONDS},
    [FIGURE_LEAF_NOTICED] = {"leaf.noticed", "Go leaf package: save to compiler", UNIT_SECONDS},
    [FIGURE_LEAF_BUILT] = {"leaf.built", "Go leaf package: build", UNIT_SECONDS},
    [FIGURE_LEAF_STARTED] = {"leaf.started", "Go leaf package: restart", UNIT_SECONDS},
    [FIGURE_LEAF_SERVED] = {"leaf.served", "Go leaf package: save to served", UNIT_SECONDS},
    [FIGURE_LEAF_FAILED] = {"leaf.failed", "Go leaf package: failed requests", UNIT_COUNT},
    [FIGURE_LEAF_GAP] = {"leaf.gap", "Go leaf package: longest gap", UNIT_SECONDS},
    [FIGURE_DEEP_NOTICED] = {"deep.noticed", "Go deep package: save to compiler", UNIT_SECONDS},
    [FIGURE_DEEP_BUILT] = {"deep.built", "Go deep package: build", UNIT_SECONDS},
    [FIGURE_DEEP_STARTED] = {"deep.started", "Go deep package: restart", UNIT_SECONDS},
    [FIGURE_DEEP_SERVED] = {"deep.served", "Go deep package: save to served", UNIT_SECONDS},
    [FIGURE_DEEP_FAILED] = {"deep.failed", "Go deep package: failed requests", UNIT_COUNT},
    [FIGURE_DEEP_GAP] = {"deep.gap", "Go deep package: longest gap", UNIT_SECONDS},
    [FIGURE_TEMPLATE_SERVED] = {"template.served", "Template: save to served", UNIT_SECONDS},
    [FIGURE_STATIC_SERVED] = {"static.served", "Static file: save to served", UNIT_SECONDS},
    [FIGURE_CONFIG_SERVED] = {"config.served", "Configuration file: save to served", UNIT_SECONDS},
    [FIGURE_ANSWER_MEAN] = {"answer.mean", "Answer: mean", UNIT_SECONDS},
    [FIGURE_ANSWER_MEDIAN] = {"answer.median", "Answer: median", UNIT_SECONDS},
    [FIGURE_ANSWER_P99] = {"answer.p99", "Answer: p99", UNIT_SECONDS},
    [FIGURE_STORM_BUILDS] = {"storm.builds", "Storm of saves: builds", UNIT_COUNT},
    [FIGURE_STORM_CPU] = {"storm.cpu", "Storm of saves: CPU time", UNIT_SECONDS},
    [FIGURE_STORM_SERVED] = {"storm.served", "Storm of saves: last save to served", UNIT_SECONDS},
    [FIGURE_IDLE_CPU] = {"idle.cpu", "Idle: CPU time a second", UNIT_SECONDS},
    [FIGURE_IDLE_MEMORY] = {"idle.memory", "Idle: memory of the tool", UNIT_BYTES},
    [FIGURE_APP_MEMORY] = {"app.memory", "Idle: memory of the app", UNIT_BYTES},
};

const struct bench_figure_info *bench_figure(enum bench_figure figure)
{
    return &INFO[figure];
}

int bench_figure_find(const char *name)
{
    for (int i = 0; i < FIGURES; i++)
        if (strcmp(INFO[i].name, name) == 0)
            return i;
    return -1;
}
