/* [[build.rules]]: commands for files of a kind, which then lead to no build. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/regex.h"
#include "compat/air_parts.h"
#include "config/value.h"

#define TABLE "build.rules"

static bool has_elements(const struct node *list)
{
    return list && list->len > 0;
}

/* Below root, "" for root itself; NULL (and a warning) for what lies outside. Heap. */
static char *below_root(struct air *air, const struct node *dir)
{
    char *clean = path_clean(dir->text);
    if (path_is_absolute(clean) || strcmp(clean, "..") == 0 || strncmp(clean, "../", 3) == 0) {
        reading_warning(air->reading, place_of_value(dir), "write it relative to root",
                        "a rule has '%.80s', which is not below root: it matches nothing",
                        dir->text);
        free(clean);
        return NULL;
    }
    if (strcmp(clean, ".") == 0)
        *clean = '\0';
    return clean;
}

/* One glob for each of the extensions, or one for all files; dir is "" or "/dir". */
static void match_in(struct rule *rule, const char *dir, const struct node *extensions)
{
    if (!has_elements(extensions)) {
        strs_pushf(&rule->match, "%s/**", dir);
        return;
    }
    NODES_EACH(node, extensions)
    {
        char *extension = air_extension(node->text);
        char *quoted = strcmp(extension, "*") == 0 ? NULL : air_quote_glob(extension);
        if (!quoted)
            strs_pushf(&rule->match, "%s/**", dir);
        else if (*quoted)
            strs_pushf(&rule->match, "%s/**/*.%s", dir, quoted);
        free(quoted);
        free(extension);
    }
}

/* A rule's directory is watched though exclude_dir or include_dir leave it out. */
static void watch_dir(struct air *air, const char *dir)
{
    struct config_watch *watch = &air->config->watch;
    bool left_out = watch->paths.len > 0;
    STRS_EACH (path, &watch->paths)
        left_out = left_out && path_below(*path, dir) == NULL;
    STRS_EACH (pattern, &watch->exclude) {
        size_t len = strlen(*pattern);
        if (len < 3 || (*pattern)[len - 1] != '/')
            continue;
        char *excluded = mem_string_n(*pattern + 1, len - 2);
        left_out = left_out || path_below(excluded, dir) != NULL;
        free(excluded);
    }
    if (!left_out)
        return;
    if (watch->paths.len == 0)
        strs_push(&watch->paths, ".");
    strs_push(&watch->paths, dir);
}

static void take_dirs(struct air *air, struct rule *rule, const struct node *dirs,
                      const struct node *extensions)
{
    NODES_EACH(node, dirs)
    {
        char *dir = *node->text ? below_root(air, node) : NULL;
        if (dir && *dir) {
            char *quoted = air_quote_glob(dir);
            char *anchored = mem_format("/%s", quoted);
            match_in(rule, anchored, extensions);
            watch_dir(air, dir);
            free(anchored);
            free(quoted);
        } else if (dir) {
            match_in(rule, "", extensions);
        }
        free(dir);
    }
}

static void take_files(struct air *air, struct rule *rule, const struct node *files)
{
    NODES_EACH(node, files)
    {
        char *file = *node->text ? below_root(air, node) : NULL;
        if (file && *file) {
            char *quoted = air_quote_glob(file);
            strs_pushf(&rule->match, "/%s", quoted);
            free(quoted);
        }
        free(file);
    }
}

static void take_regexes(struct air *air, struct rule *rule, const struct node *regexes)
{
    NODES_EACH(node, regexes)
    {
        struct err err;
        if (!*node->text)
            continue;
        struct regex *regex = regex_new(node->text, &err);
        if (regex)
            strs_push(&rule->match_not_regex, node->text);
        else
            reading_err(air->reading, place_of_value(node), &err);
        regex_free(regex);
    }
}

/* False where the rule cannot be used; what is missing has been told. */
static bool take_command(struct air *air, struct rule *rule, const struct node *table)
{
    const struct node *cmd = air_in(table, TABLE, "cmd");
    struct err err;
    if (!air_has_text(cmd)) {
        if (cmd || !node_get(table, "cmd"))
            reading_error(air->reading, place_of_value(cmd ? cmd : table),
                          "say what to run: cmd = \"make assets\"", "the rule has no cmd");
        return false;
    }
    if (value_check_command(cmd->key, cmd->text, &err) != 0) {
        reading_err(air->reading, place_of_value(cmd), &err);
        return false;
    }
    rule->command.line = mem_string(cmd->text);
    return true;
}

static void read_rule(struct air *air, const struct node *table, size_t number)
{
    const struct node *name = air_in(table, TABLE, "name");
    const struct node *dirs = air_in(table, TABLE, "include_dir");
    const struct node *extensions = air_in(table, TABLE, "include_ext");
    const struct node *files = air_in(table, TABLE, "include_file");
    const struct node *regexes = air_in(table, TABLE, "exclude_regex");
    struct rule rule = {.action = ACTION_RUN,
                        .line = table->line,
                        .name = air_has_text(name) ? mem_string(name->text)
                                                   : mem_format("rule-%zu", number)};
    bool right = take_command(air, &rule, table);
    if (has_elements(dirs))
        take_dirs(air, &rule, dirs, extensions);
    else if (has_elements(extensions))
        match_in(&rule, "", extensions);
    if (files)
        take_files(air, &rule, files);
    if (regexes)
        take_regexes(air, &rule, regexes);
    if (!has_elements(dirs) && !has_elements(extensions) && !has_elements(files))
        reading_error(air->reading, place_of_value(table),
                      "say which: include_ext = [\"scss\"], include_dir or include_file",
                      "the rule names no files");
    if (right && rule.match.len)
        vec_push(&air->config->rules, rule);
    else
        rule_fini(&rule);
}

void air_read_rules(struct air *air)
{
    const struct node *rules = air_get(air, "build", "rules");
    VEC(struct rule) before = {0};
    size_t number = 0;
    if (!rules)
        return;
    /* They are asked before include_file and include_ext, which are in the list already. */
    VEC_EACH (struct rule, rule, &air->config->rules)
        vec_push(&before, *rule);
    air->config->rules.len = 0;
    NODES_EACH(table, rules)
    read_rule(air, table, ++number);
    VEC_EACH (struct rule, rule, &before)
        vec_push(&air->config->rules, *rule);
    vec_fini(&before);
}
