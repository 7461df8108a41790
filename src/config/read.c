/* zonda.toml, by the table of the schema. */
#include <stdio.h>
#include <string.h>

#include "config/reading.h"
#include "config/suggest.h"

#define RULE    "rule"
#define SERVICE "service"

static bool is_section(const char *name)
{
    return *name && schema_section(name) != NULL;
}

/* What the root table has beside the sections, or a [service.NAME] where the reading is of one. */
static const struct schema_entry *entry_of(const struct reading *reading, const char *key)
{
    bool known = !reading->service;
    for (const struct schema_words *word = SCHEMA_SERVICE; word->name && !known; word++)
        known = strcmp(word->name, key) == 0;
    return known ? schema_find("", key) : NULL;
}

/* Is it a section that this file, or this service, can have? */
static bool has_section(const struct reading *reading, const char *name)
{
    return is_section(name) && (!reading->service || schema_section(name)->of_service);
}

static void names_of(const struct reading *reading, const char *section, struct strs *names)
{
    if (!*section && reading->service) {
        for (const struct schema_words *word = SCHEMA_SERVICE; word->name; word++)
            strs_push(names, word->name);
    } else {
        for (size_t i = 0; i < SCHEMA_LEN; i++)
            if (strcmp(SCHEMA[i].section, section) == 0)
                strs_push(names, SCHEMA[i].key);
    }
    if (*section)
        return;
    for (size_t i = 0; SCHEMA_SECTIONS[i].name; i++)
        if (has_section(reading, SCHEMA_SECTIONS[i].name))
            strs_push(names, SCHEMA_SECTIONS[i].name);
    strs_push(names, RULE);
    if (!reading->service)
        strs_push(names, SERVICE);
}

/* As people write it: "[run]", "[service.api.run]", "the root table". */
static void table_of(const struct reading *reading, const char *section, char *table, size_t len)
{
    const char *service = reading->service;
    if (!service && !*section)
        (void)snprintf(table, len, "the root table");
    else
        (void)snprintf(table, len, "[%s%s%s%s]", service ? SERVICE "." : "", service ? service : "",
                       service && *section ? "." : "", section);
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
    char table[96], elsewhere[64];
    const struct schema_entry *other = anywhere(node->key);
    bool of_rule = strcmp(node->key, RULE) == 0 || is_section(node->key);
    names_of(reading, section, &names);
    table_of(reading, section, table, sizeof table);
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
        char hint[160], name[96];
        table_of(reading, table->key, name, sizeof name);
        (void)snprintf(hint, sizeof hint, "write %s in a line of its own, and its keys below it",
                       name);
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

static void read_table(struct reading *reading, const struct node *table, const char *later)
{
    NODES_EACH(node, table)
    {
        const struct schema_entry *entry = entry_of(reading, node->key);
        if (entry)
            (void)reading_value(reading, entry, node);
        else if (has_section(reading, node->key))
            read_section(reading, node);
        else if (strcmp(node->key, RULE) == 0)
            reading_rules(node, reading);
        else if (strcmp(node->key, later) != 0)
            unknown(reading, "", node);
    }
}

void reading_own(const struct node *root, struct reading *reading)
{
    read_table(reading, root, SERVICE);
}

void reading_service(const struct node *table, struct reading *reading)
{
    read_table(reading, table, "depends_on");
}
