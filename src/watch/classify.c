#include "watch/classify.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/glob.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/regex.h"
#include "watch/classify_parts.h"

bool verdict_is(struct verdict *verdict, enum action action, const char *format, ...)
{
    va_list args;
    verdict->action = action;
    va_start(args, format);
    (void)vsnprintf(verdict->reason, sizeof verdict->reason, format, args);
    va_end(args);
    return true;
}

/* --- rules --- */

static const char *matching_glob(const struct strs *globs, const char *name)
{
    STRS_EACH (glob, globs)
        if (glob_match(*glob, name))
            return *glob;
    return NULL;
}

static bool matches_regex(const struct strs *regexes, const char *path)
{
    bool matches = false;
    for (size_t i = 0; !matches && i < regexes->len; i++) {
        struct err err;
        struct regex *regex = regex_new(regexes->at[i], &err);
        matches = regex && regex_match(regex, path);
        regex_free(regex);
    }
    return matches;
}

static bool by_rules(const struct config *config, const char *path, struct verdict *verdict)
{
    const char *name = path_show(config->root, path);
    VEC_EACH (const struct rule, rule, &config->rules) {
        const char *glob = matching_glob(&rule->match, name);
        if (!glob || matching_glob(&rule->match_not, name) ||
            matches_regex(&rule->match_not_regex, path))
            continue;
        verdict->rule = rule;
        if (rule->name && *rule->name)
            return verdict_is(verdict, rule->action, "matches %.80s of the rule %.80s", glob,
                              rule->name);
        return verdict_is(verdict, rule->action, "matches %.80s of rule %td", glob,
                          rule - config->rules.at + 1);
    }
    return false;
}

/* --- extensions --- */

static bool has_extension(const struct config_watch *watch, const char *path)
{
    const char *ext = path_ext(path);
    return strs_has(&watch->extensions, "*") || (*ext && strs_has(&watch->extensions, ext));
}

static bool by_only_extensions(const struct config *config, const char *path,
                               struct verdict *verdict)
{
    if (!config->watch.only_extensions || has_extension(&config->watch, path) ||
        strs_has(&config->env_files, path) || strs_has(&config->watch.paths, path))
        return false;
    return verdict_is(verdict, ACTION_IGNORE, "has none of the extensions that are watched");
}

static bool by_extension(const struct config *config, const char *path, struct verdict *verdict)
{
    if (strs_has(&config->watch.paths, path))
        return verdict_is(verdict, ACTION_BUILD, "is named in watch.paths");
    if (!has_extension(&config->watch, path))
        return false;
    return verdict_is(verdict, ACTION_BUILD, "has an extension of watch.extensions");
}

/* --- one file --- */

void classify_file(const struct classify *classify, const char *path, enum change_kind kind,
                   struct verdict *verdict)
{
    const struct config *config = classify->config;
    *verdict = (struct verdict){.action = ACTION_IGNORE};
    if (classify_own_config(config, path, verdict))
        return;
    if (by_rules(config, path, verdict) || by_only_extensions(config, path, verdict)) {
        classify_go_notes(classify, path, kind, verdict);
        return;
    }
    (void)(classify_go(classify, path, kind, verdict) ||
           classify_env_file(classify, path, verdict) || classify_web(classify, path, verdict) ||
           by_extension(config, path, verdict) || classify_app_config(config, path, verdict) ||
           verdict_is(verdict, ACTION_IGNORE,
                      "is nothing that the app is built from or known to read"));
}

/* --- a batch --- */

/* A batch that was too large to be listed: as if every file there is had changed. */
static void everything(const struct config *config, const struct batch *batch, struct plan *plan)
{
    plan->action = ACTION_BUILD;
    plan->refresh = plan->new_graph = true;
    plan->config = config->file != NULL;
    (void)snprintf(plan->reason, sizeof plan->reason,
                   "%zu files changed, too many to look at each of them",
                   batch->changes.len + batch->overflow);
}

/* wanted: a flag for each rule. */
static void take(const struct config *config, const char *path, const struct verdict *verdict,
                 struct plan *plan, bool *wanted)
{
    const char *name = path_show(config->root, path);
    plan->new_graph |= verdict->new_graph;
    plan->config |= verdict->config;
    plan->refresh |= verdict->action == ACTION_REFRESH;
    if (verdict->action == ACTION_RUN && verdict->rule)
        wanted[verdict->rule - config->rules.at] = true;
    if (plan->decider && verdict->action <= plan->action)
        return;
    mem_replace(&plan->decider, path);
    plan->action = verdict->action;
    plan->signal = verdict->action == ACTION_SIGNAL && verdict->rule ? verdict->rule->signal : 0;
    (void)snprintf(plan->reason, sizeof plan->reason, "%.100s %.154s", name, verdict->reason);
}

void classify_batch(const struct classify *classify, const struct batch *batch, struct plan *plan)
{
    const struct config *config = classify->config;
    bool *wanted = mem_new(config->rules.len + 1, sizeof *wanted);
    *plan = (struct plan){.action = ACTION_IGNORE};
    VEC_EACH (const struct change, change, &batch->changes) {
        struct verdict verdict;
        classify_file(classify, change->path, change->kind, &verdict);
        take(config, change->path, &verdict, plan, wanted);
    }
    if (batch->overflow)
        everything(config, batch, plan);
    VEC_EACH (const struct rule, rule, &config->rules)
        if (rule->action == ACTION_RUN && (wanted[rule - config->rules.at] || batch->overflow))
            vec_push(&plan->commands, rule);
    free(wanted);
}
