/* What differs between two configurations, and what must be done again because of it. */
#include <string.h>

#include "config/load.h"
#include "config/schema.h"
#include "config/value.h"

static bool same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool same_rule(const struct rule *a, const struct rule *b)
{
    return same(a->name, b->name) && strs_equal(&a->match, &b->match) &&
           strs_equal(&a->match_not, &b->match_not) &&
           strs_equal(&a->match_not_regex, &b->match_not_regex) && a->action == b->action &&
           a->signal == b->signal && command_equal(&a->command, &b->command);
}

static bool same_rules(const struct config *a, const struct config *b)
{
    bool is = a->rules.len == b->rules.len;
    for (size_t i = 0; is && i < a->rules.len; i++)
        is = same_rule(&a->rules.at[i], &b->rules.at[i]);
    return is;
}

unsigned config_difference(const struct config *old, const struct config *new_one,
                           struct strs *changed)
{
    unsigned effects = EFFECT_NONE;
    for (size_t i = 0; i < SCHEMA_LEN; i++) {
        const struct schema_entry *entry = &SCHEMA[i];
        if (value_equal(entry, old, new_one))
            continue;
        effects |= entry->effect;
        strs_pushf(changed, "%s%s%s", entry->section, *entry->section ? "." : "", entry->key);
    }
    if (!same_rules(old, new_one)) {
        effects |= EFFECT_LIVE; /* a rule is asked when its file changes */
        strs_push(changed, "rule");
    }
    if (!strs_equal(&old->depends_on, &new_one->depends_on)) {
        effects |= EFFECT_LIVE; /* asked at the next start */
        strs_push(changed, "depends_on");
    }
    if (!strs_equal(&old->app_args, &new_one->app_args)) {
        effects |= EFFECT_RESTART;
        strs_push(changed, "arguments for the app");
    }
    if (!same(old->file, new_one->file)) {
        effects |= EFFECT_WATCH; /* which is watched whatever the rules say */
        strs_push(changed, "the configuration file");
    }
    return effects;
}
