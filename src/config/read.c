/* zonda.toml, by the table of the schema. */
#include <stdio.h>
#include <string.h>

#include "config/reading.h"
#include "config/suggest.h"

#define RULE "rule"

static bool is_section(const char *name)
{
    for (size_t i = 0; SCHEMA_SECTIONS[i].name; i++)
        if (strcmp(SCHEMA_SECTIONS[i].name, name) == 0)
            return *name != '\0';
    return false;
}

static void names_of(const char *section, struct strs *names)
{
    for (size_t i = 0; i < SCHEMA_LEN; i++)
        if (strcmp(SCHEMA[i].section, section) == 0)
            strs_push(names, SCHEMA[i].key);
}

static const struct schema_entry *anywhere(const char *key)
{
    for (size_t i = 0; i < SCHEMA_LEN; i++)
        if (strcmp(SCHEMA[i].key, key) == 0)
            return &SCHEMA[i];
    return NULL;
}

static void unknown(struct reading *reading, const char *section, const struct node *node)
{
    struct strs names = {0};
    char table[64], elsewhere[64];
    const struct schema_entry *other = anywhere(node->key);
    bool of_rule = strcmp(node->key, RULE) == 0 || is_section(node->key);
    names_of(section, &names);
    if (*section) {
        (void)snprintf(table, sizeof table, "[%s]", section);
    } else {
        (void)snprintf(table, sizeof table, "the root table");
        for (size_t i = 0; SCHEMA_SECTIONS[i].name; i++)
            if (*SCHEMA_SECTIONS[i].name)
                strs_push(&names, SCHEMA_SECTIONS[i].name);
        strs_push(&names, RULE);
    }
    if (of_rule)
        (void)snprintf(elsewhere, sizeof elsewhere, "a table of its own, %s%s%s",
                       strcmp(node->key, RULE) == 0 ? "[[" : "[", node->key,
                       strcmp(node->key, RULE) == 0 ? "]]" : "]");
    else if (other && *other->section)
        (void)snprintf(elsewhere, sizeof elsewhere, "[%s]", other->section);
    else
        (void)snprintf(elsewhere, sizeof elsewhere, "the root table, before the first [section]");
    reading_unknown(reading, node, table, &names, other || of_rule ? elsewhere : NULL);
    strs_fini(&names);
}

static void read_section(struct reading *reading, const struct node *table)
{
    if (table->kind != NODE_TABLE) {
        char hint[128];
        (void)snprintf(hint, sizeof hint, "write [%s] in a line of its own, and its keys below it",
                       table->key);
        reading_error(reading, place_of_key(table), hint, "%s is %s, but it must be a section",
                      table->key, node_kind_words(table));
        return;
    }
    NODES_EACH(node, table)
    {
        const struct schema_entry *entry = schema_find(table->key, node->key);
        if (entry)
            (void)reading_value(reading, entry, node);
        else
            unknown(reading, table->key, node);
    }
}

void reading_own(const struct node *root, struct reading *reading)
{
    NODES_EACH(node, root)
    {
        const struct schema_entry *entry = schema_find("", node->key);
        if (entry)
            (void)reading_value(reading, entry, node);
        else if (is_section(node->key))
            read_section(reading, node);
        else if (strcmp(node->key, RULE) == 0)
            reading_rules(node, reading);
        else
            unknown(reading, "", node);
    }
}
