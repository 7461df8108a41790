/* What the targets config and air share: a whole configuration from any bytes. */
#ifndef ZONDA_TESTS_FUZZ_LOAD_H
#define ZONDA_TESTS_FUZZ_LOAD_H

#include <stdlib.h>
#include <string.h>

#include "config/reading.h"

/* Either there is a configuration that is whole, or an error that is told. */
static inline void load_any(const struct config_request *request, const char *file,
                            const uint8_t *data, size_t len)
{
    struct problems problems = {0};
    struct strs changed = {0};
    struct buf text = BUF_INIT((size_t)1 << 22);
    struct config *config = config_load_text(request, file, (const char *)data, len, &problems);
    if ((config == NULL) != (problems.errors > 0))
        abort();
    problems_print(&problems, &text);
    if (problems.list.len && text.len == 0)
        abort();
    if (config) {
        if (!config->root || *config->root != '/' || *config->tmp_dir != '/' ||
            config->watch.paths.len == 0)
            abort();
        if (config_difference(config, config, &changed) != EFFECT_NONE || changed.len)
            abort();
        VEC_EACH (const struct rule, rule, &config->rules)
            if (!rule->name || rule->match.len == 0)
                abort();
    }
    config_free(config);
    buf_fini(&text);
    strs_fini(&changed);
    problems_fini(&problems);
}

#endif
