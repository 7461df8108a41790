/* [[rule]]: what files of a kind lead to. */
#include <stdio.h>
#include <string.h>

#include "base/glob.h"
#include "base/mem.h"
#include "base/regex.h"
#include "config/reading.h"
#include "config/value.h"

#define RULES_MAX 1000

struct rule_reading {
    struct reading *reading;
    struct rule *rule;
    bool has_action, has_match;
};

/* One glob or regular expression; one that is wrong is told and left out. */
static void take_pattern(struct rule_reading *rule, const struct node *node, bool globs,
                         struct strs *out)
{
    struct err err;
    struct regex *regex = globs ? NULL : regex_new(node->text, &err);
    if (globs ? glob_check(node->text, &err) == 0 : regex != NULL)
        strs_push(out, node->text);
    else
        reading_err(rule->reading, place_of_value(node), &err);
    regex_free(regex);
}

/* One string or a list of strings. */
static void patterns(struct rule_reading *rule, const struct node *node, bool globs,
                     struct strs *out)
{
    struct strs strings = {0};
    if (node->kind == NODE_STRING) {
        take_pattern(rule, node, globs, out);
        return;
    }
    /* What is no string in the list is told here. */
    (void)reading_strings(rule->reading, node->key, node, &strings);
    strs_fini(&strings);
    if (node->kind != NODE_ARRAY)
        return;
    NODES_EACH(element, node)
    if (element->kind == NODE_STRING && *element->text)
        take_pattern(rule, element, globs, out);
}

static void name_key(struct rule_reading *rule, const struct node *node)
{
    if (node->kind != NODE_STRING)
        reading_type(rule->reading, node->key, node, "a string", "put it in quotes");
    else
        mem_replace(&rule->rule->name, node->text);
}

static void match_key(struct rule_reading *rule, const struct node *node)
{
    rule->has_match = true;
    if (node->kind == NODE_ARRAY && node->len == 0)
        reading_error(rule->reading, place_of_value(node), "name at least one: match = [\"*.sql\"]",
                      "match is an empty list");
    else
        patterns(rule, node, true, &rule->rule->match);
}

static void except_key(struct rule_reading *rule, const struct node *node)
{
    patterns(rule, node, true, &rule->rule->match_not);
}

static void except_regex_key(struct rule_reading *rule, const struct node *node)
{
    patterns(rule, node, false, &rule->rule->match_not_regex);
}

static void action_key(struct rule_reading *rule, const struct node *node)
{
    struct err err;
    rule->has_action = true;
    if (node->kind != NODE_STRING)
        reading_type(rule->reading, node->key, node, "a string",
                     "one of build, restart, signal:NAME, refresh, run, ignore");
    else if (action_parse(node->text, &rule->rule->action, &rule->rule->signal, &err) != 0)
        reading_err(rule->reading, place_of_value(node), &err);
}

static void command_key(struct rule_reading *rule, const struct node *node)
{
    (void)reading_command(rule->reading, node->key, node, &rule->rule->command);
}

/* In the order of SCHEMA_RULE, which has their names and their documentation. */
static void (*const rule_keys[])(struct rule_reading *, const struct node *) = {
    name_key, match_key, except_key, except_regex_key, action_key, command_key};

static void unknown(struct reading *reading, const struct node *node)
{
    struct strs names = {0};
    for (size_t i = 0; SCHEMA_RULE[i].name; i++)
        strs_push(&names, SCHEMA_RULE[i].name);
    reading_unknown(reading, node, "[[rule]]", &names, NULL);
    strs_fini(&names);
}

/* What only the rule as a whole can say. */
static void check(struct rule_reading *reading, const struct node *table)
{
    const struct node *command = node_get(table, "command");
    struct rule *rule = reading->rule;
    if (!reading->has_match)
        reading_error(reading->reading, place_of_value(table),
                      "say which files it is for: match = [\"*.sql\"]", "the rule has no match");
    if (!reading->has_action)
        rule->action = command ? ACTION_RUN : ACTION_BUILD;
    if (rule->action == ACTION_RUN && !command)
        reading_error(reading->reading, place_of_value(table),
                      "say what to run: command = \"make assets\"",
                      "the rule has the action run, but no command");
    if (rule->action != ACTION_RUN && command && reading->has_action)
        reading_error(reading->reading, place_of_key(command), "remove it, or set action = \"run\"",
                      "the rule has a command, but its action is %s", action_name(rule->action));
}

static void read_rule(struct reading *reading, const struct node *table, size_t number)
{
    struct rule rule = {.line = table->line, .name = mem_format("%zu", number)};
    struct rule_reading of_rule = {.reading = reading, .rule = &rule};
    NODES_EACH(node, table)
    {
        size_t i = 0;
        while (SCHEMA_RULE[i].name && strcmp(SCHEMA_RULE[i].name, node->key) != 0)
            i++;
        if (SCHEMA_RULE[i].name)
            rule_keys[i](&of_rule, node);
        else
            unknown(reading, node);
    }
    check(&of_rule, table);
    vec_push(&reading->config->rules, rule);
}

void reading_rules(const struct node *rules, struct reading *reading)
{
    size_t number = 0;
    if (!node_is_tables(rules)) {
        bool empty = rules->kind == NODE_ARRAY && rules->len == 0;
        if (!empty)
            reading_error(reading, place_of_key(rules),
                          "write [[rule]] with two brackets before the keys of each rule",
                          "rule is %s, but it must be an array of tables", node_kind_words(rules));
        return;
    }
    if (rules->len > RULES_MAX) {
        reading_error(reading, place_of_key(rules), "put several patterns into one match",
                      "there are %zu rules, more than %d", rules->len, RULES_MAX);
        return;
    }
    NODES_EACH(table, rules)
    read_rule(reading, table, ++number);
}
