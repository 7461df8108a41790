/* [variables], and the names that tasks capture. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "measure/reader.h"

long reader_variable(void *data, const char *name)
{
    const struct scenario *scenario = data;
    for (size_t i = 0; i < scenario->variables.len; i++)
        if (strcmp(scenario->variables.at[i].name, name) == 0)
            return (long)i;
    return -1;
}

static bool is_name(const char *name)
{
    if (!isalpha((unsigned char)*name) && *name != '_')
        return false;
    for (; *name; name++)
        if (!isalnum((unsigned char)*name) && *name != '_')
            return false;
    return true;
}

/* A new variable of this name, or NULL (told). */
static struct variable *add(struct reader *reader, const struct node *node, const char *name)
{
    struct scenario *scenario = reader->scenario;
    struct reading *reading = &reader->reading;
    if (!is_name(name))
        reading_error(reading, place_of_key(node), "letters, digits and _ make a name",
                      "'%.64s' is no name of a variable", name);
    else if (reader_variable(scenario, name) >= 0)
        reading_error(reading, place_of_key(node), "choose another name",
                      "{{%.64s}} is there already, by zonda itself", name);
    else if (scenario->variables.len >= SCENARIO_VARIABLES_MAX)
        reading_error(reading, place_of_key(node), NULL, "there are more than %d variables",
                      SCENARIO_VARIABLES_MAX);
    else {
        struct variable *variable = vec_add(&scenario->variables);
        *variable = (struct variable){
            .name = mem_string(name), .line = node->key_line, .column = node->key_column};
        return variable;
    }
    return NULL;
}

static void take_range(struct reader *reader, const struct node *node, struct variable *variable)
{
    const struct node *from = node_get(node, "from"), *to = node_get(node, "to");
    bool right = from && from->kind == NODE_INT && to && to->kind == NODE_INT &&
                 from->number <= to->number && node->len == 2;
    if (!right) {
        reading_error(&reader->reading, place_of_value(node),
                      "write two whole numbers: { from = 1, to = 100 }",
                      "%s has no range from a number to one that is not less", node->key);
        return;
    }
    variable->kind = VARIABLE_RANGE;
    variable->from = from->number;
    variable->to = to->number;
}

static void take_list(struct reader *reader, const struct node *node, struct variable *variable)
{
    variable->kind = VARIABLE_LIST;
    (void)reading_strings(&reader->reading, node->key, node, &variable->texts);
    if (node->len == 0)
        reading_error(&reader->reading, place_of_value(node), "name at least one value",
                      "%s is an empty list", node->key);
}

static void take_variable(struct reader *reader, const struct node *node)
{
    struct variable *variable = add(reader, node, node->key);
    if (!variable)
        return;
    if (node->kind == NODE_STRING)
        variable->text = mem_string(node->text);
    else if (node->kind == NODE_INT)
        variable->text = mem_format("%lld", (long long)node->number);
    else if (node->kind == NODE_ARRAY)
        take_list(reader, node, variable);
    else if (node->kind == NODE_TABLE)
        take_range(reader, node, variable);
    else
        reading_type(&reader->reading, node->key, node, "a text, a list or a range",
                     "\"text\", [\"one\", \"of\", \"these\"] or { from = 1, to = 100 }");
}

static void add_own(struct scenario *scenario, const char *name, enum variable_kind kind)
{
    vec_push(&scenario->variables, ((struct variable){.name = mem_string(name), .kind = kind}));
}

void reader_variables(struct reader *reader, const struct node *table)
{
    add_own(reader->scenario, "user", VARIABLE_USER);
    add_own(reader->scenario, "iteration", VARIABLE_ITERATION);
    add_own(reader->scenario, "run", VARIABLE_RUN);
    if (!table ||
        !reader_kind(reader, table, NODE_TABLE, "a section", "write [variables] in its own line"))
        return;
    NODES_EACH(node, table)
    take_variable(reader, node);
}

/* What one task captures: a text of [variables] becomes its first value. */
static void take_captured(struct reader *reader, const struct node *node)
{
    long found = reader_variable(reader->scenario, node->key);
    struct variable *variable = found < 0 ? add(reader, node, node->key) : NULL;
    if (found >= 0)
        variable = &reader->scenario->variables.at[found];
    if (!variable)
        return;
    if (found < 0)
        variable->text = mem_string("");
    if (variable->kind == VARIABLE_TEXT)
        variable->kind = VARIABLE_CAPTURED;
    if (variable->kind != VARIABLE_CAPTURED)
        reading_error(&reader->reading, place_of_key(node), "choose another name",
                      "{{%s}} is no text, so nothing can be captured into it", node->key);
}

void reader_captured(struct reader *reader, const struct node *tasks)
{
    if (!tasks || !node_is_tables(tasks))
        return;
    NODES_EACH(task, tasks)
    {
        const struct node *captures = node_get(task, "capture");
        if (!captures || captures->kind != NODE_TABLE)
            continue;
        NODES_EACH(node, captures)
        take_captured(reader, node);
    }
}
