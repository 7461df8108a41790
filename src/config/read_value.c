/* One value of the file, by its type in the schema. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/words.h"
#include "config/reading.h"
#include "config/value.h"

#define HINT_MAX 512

void reading_type(struct reading *reading, const char *key, const struct node *node,
                  const char *wanted, const char *hint)
{
    reading_error(reading, place_of_value(node), hint, "%s is %s, but it must be %s", key,
                  node_kind_words(node), wanted);
}

/* A hint that shows the entry as it is written. */
static void wrong_type(struct reading *reading, const struct schema_entry *entry,
                       const struct node *node)
{
    struct buf hint = BUF_INIT(HINT_MAX);
    const char *like = entry->example ? entry->example : entry->fallback;
    if (entry->type == VALUE_BOOL && node->kind == NODE_STRING)
        (void)buf_printf(&hint, "without quotes: %s = true, or false", entry->key);
    else
        (void)buf_printf(&hint, "write it like this: %s = %s", entry->key, like);
    reading_type(reading, entry->key, node, schema_type_words(entry->type), buf_text(&hint));
    buf_fini(&hint);
}

/* What stands in front of key in the table of a map, NAME=value, is checked as one text. */
static bool take_map(struct reading *reading, const struct schema_entry *entry,
                     const struct node *node, struct strs *out)
{
    bool right = true;
    NODES_EACH(child, node)
    {
        struct err err;
        if (child->kind != NODE_STRING) {
            reading_type(reading, child->key, child, "a string", "put the value in quotes");
            right = false;
            continue;
        }
        char *text = mem_format("%s=%s", child->key, child->text);
        if (strchr(child->key, '=')) {
            reading_error(reading, place_of_key(child), NULL, "%s has the name '%.64s' with a '='",
                          entry->key, child->key);
            right = false;
        } else if (value_check_element(entry, text, &err) != 0) {
            reading_err(reading, place_of_key(child), &err);
            right = false;
        } else {
            strs_env_set(out, child->key, child->text);
        }
        free(text);
    }
    return right;
}

/* Appends the strings of a list; entry (or NULL) checks each. */
static bool take_list(struct reading *reading, const char *key, const struct schema_entry *entry,
                      const struct node *node, struct strs *out)
{
    bool right = true;
    NODES_EACH(child, node)
    {
        struct err err;
        if (child->kind != NODE_STRING) {
            reading_error(reading, place_of_value(child), "put each element in quotes",
                          "%s has %s in its list, but it takes strings only", key,
                          node_kind_words(child));
            right = false;
        } else if (!entry && !*child->text) {
            reading_error(reading, place_of_value(child), "leave it out", "%s has an empty element",
                          key);
            right = false;
        } else if (entry && value_check_element(entry, child->text, &err) != 0) {
            reading_err(reading, place_of_value(child), &err);
            right = false;
        } else {
            strs_push(out, child->text);
        }
    }
    return right;
}

bool reading_strings(struct reading *reading, const char *key, const struct node *node,
                     struct strs *out)
{
    if (node->kind == NODE_ARRAY)
        return take_list(reading, key, NULL, node, out);
    reading_type(reading, key, node, "a list of strings", "put it in brackets: [\"…\"]");
    return false;
}

/* Words may be empty strings, but the program may not. */
static bool take_words(struct reading *reading, const char *key, const struct node *node,
                       struct strs *out)
{
    bool right = node->len > 0 && node->at[0].kind == NODE_STRING ? *node->at[0].text != '\0'
                                                                  : node->len > 0;
    if (!right)
        reading_error(reading, place_of_value(node), "leave the key out for the default",
                      node->len ? "%s begins with an empty word" : "%s is an empty list", key);
    NODES_EACH(child, node)
    {
        if (child->kind != NODE_STRING) {
            reading_error(reading, place_of_value(child), "put each word in quotes",
                          "%s has %s in its list, but it takes strings only", key,
                          node_kind_words(child));
            right = false;
            continue;
        }
        strs_push(out, child->text);
    }
    return right;
}

bool reading_command(struct reading *reading, const char *key, const struct node *node,
                     struct command *out)
{
    struct command taken = {0};
    struct err err;
    bool right = false;
    if (node->kind == NODE_ARRAY) {
        right = take_words(reading, key, node, &taken.words);
    } else if (node->kind != NODE_STRING) {
        reading_type(reading, key, node, schema_type_words(VALUE_COMMAND),
                     "put the command line in quotes");
    } else if (value_check_command(key, node->text, &err) != 0) {
        reading_err(reading, place_of_value(node), &err);
    } else {
        taken.line = mem_string(node->text);
        right = true;
    }
    if (!right) {
        command_fini(&taken);
        return false;
    }
    command_fini(out);
    *out = taken;
    return true;
}

static void warn_of_unit(struct reading *reading, const struct schema_entry *entry,
                         const struct node *node, const char *text)
{
    struct err err;
    struct place place = place_of_value(node);
    if (value_is_bare_duration(entry, text, &err))
        reading_warning(reading, place, err.hint, "%s", err.message);
}

/* Integers, and what may be written as one: durations in ms, sizes in bytes. */
static bool take_number(struct reading *reading, const struct schema_entry *entry,
                        const struct node *node)
{
    struct err err;
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", (long long)node->number);
    if (node->number < 0) {
        err_set(&err, ERR_CONFIG, "%s is %lld, but it must not be negative", entry->key,
                (long long)node->number);
    } else if (value_set_number(entry, reading->config, (uint64_t)node->number, &err) == 0) {
        warn_of_unit(reading, entry, node, text);
        return true;
    }
    reading_err(reading, place_of_value(node), &err);
    return false;
}

static bool take_text(struct reading *reading, const struct schema_entry *entry,
                      const struct node *node)
{
    struct err err;
    if (value_set_string(entry, reading->config, node->text, &err) == 0) {
        warn_of_unit(reading, entry, node, node->text);
        return true;
    }
    reading_err(reading, place_of_value(node), &err);
    return false;
}

static bool take_strs(struct reading *reading, const struct schema_entry *entry,
                      const struct node *node)
{
    struct strs taken = {0};
    if (reading->service && entry->type == VALUE_MAP)
        strs_copy(&taken, value_at(entry, reading->config));
    bool right = entry->type == VALUE_MAP ? take_map(reading, entry, node, &taken)
                                          : take_list(reading, entry->key, entry, node, &taken);
    if (right) {
        struct strs *list = value_at(entry, reading->config);
        strs_fini(list);
        *list = taken;
    } else {
        strs_fini(&taken);
    }
    return right;
}

static bool take(struct reading *reading, const struct schema_entry *entry, const struct node *node)
{
    enum node_kind kind = node->kind;
    bool number =
        entry->type == VALUE_INT || entry->type == VALUE_DURATION || entry->type == VALUE_SIZE;
    bool list = value_is_list(entry);
    if (entry->type == VALUE_BOOL && kind == NODE_BOOL) {
        *(bool *)value_at(entry, reading->config) = node->number != 0;
        return true;
    }
    if (entry->type == VALUE_COMMAND)
        return reading_command(reading, entry->key, node, value_at(entry, reading->config));
    if (number && kind == NODE_INT)
        return take_number(reading, entry, node);
    if ((list && kind == NODE_ARRAY) || (entry->type == VALUE_MAP && kind == NODE_TABLE))
        return take_strs(reading, entry, node);
    if (kind == NODE_STRING && !list && entry->type != VALUE_BOOL && entry->type != VALUE_INT &&
        entry->type != VALUE_MAP)
        return take_text(reading, entry, node);
    wrong_type(reading, entry, node);
    return false;
}

bool reading_value(struct reading *reading, const struct schema_entry *entry,
                   const struct node *node)
{
    bool right = take(reading, entry, node);
    if (right)
        reading_came(reading, entry->section, entry->key, node);
    return right;
}
