#include <stdlib.h>

#include "config/reading.h"
#include "config/value.h"

void rule_fini(struct rule *rule)
{
    free(rule->name);
    strs_fini(&rule->match);
    strs_fini(&rule->match_not);
    strs_fini(&rule->match_not_regex);
    command_fini(&rule->command);
}

struct config *config_use(struct config *config)
{
    config->users++;
    return config;
}

void config_free(struct config *config)
{
    if (!config)
        return;
    if (config->users) {
        config->users--;
        return;
    }
    for (size_t i = 0; i < config->services.len; i++)
        config_free(config->services.at[i]);
    vec_fini(&config->services);
    strs_fini(&config->depends_on);
    free(config->service);
    for (size_t i = 0; i < SCHEMA_LEN; i++)
        value_fini(&SCHEMA[i], config);
    VEC_EACH (struct rule, rule, &config->rules)
        rule_fini(rule);
    vec_fini(&config->rules);
    strs_fini(&config->app_args);
    free(config->file);
    free(config->kind);
    free(config->origins);
    free(config);
}
