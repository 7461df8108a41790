/* The JSON Schema of zonda.toml. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "config/schema.h"
#include "config/toml.h"

#define DRAFT            "https://json-schema.org/draft/2020-12/schema"
#define DURATION_PATTERN "^([0-9]+(\\.[0-9]+)? *(ms|s|m|h))+$|^[0-9]+$"
#define SIZE_PATTERN     "^[0-9]+(\\.[0-9]+)? *(B|KiB|MiB|GiB|K|M|G|KB|MB|GB)$|^[0-9]+$"

static void node(struct json_writer *json, const char *name, const struct node *from)
{
    switch (from->kind) {
    case NODE_TABLE:
        json_object_begin(json, name);
        NODES_EACH(child, from)
        node(json, child->key, child);
        json_object_end(json);
        break;
    case NODE_ARRAY:
        json_array_begin(json, name);
        NODES_EACH(child, from)
        node(json, NULL, child);
        json_array_end(json);
        break;
    case NODE_STRING:
        json_string(json, name, from->text);
        break;
    case NODE_BOOL:
        json_bool(json, name, from->number != 0);
        break;
    default:
        json_int(json, name, from->number);
        break;
    }
}

/* What the table has as TOML, as JSON. */
static void value(struct json_writer *json, const char *name, const char *toml)
{
    struct problems problems = {0};
    char *text = mem_format("value = %s\n", toml);
    struct node *root = toml_parse(text, strlen(text), "schema", &problems);
    const struct node *found = node_get(root, "value");
    if (found)
        node(json, name, found);
    node_free(root);
    problems_fini(&problems);
    free(text);
}

static void examples(struct json_writer *json, const char *example)
{
    if (!example)
        return;
    json_array_begin(json, "examples");
    value(json, NULL, example);
    json_array_end(json);
}

static void string_or(struct json_writer *json, const char *other)
{
    json_array_begin(json, "type");
    json_string(json, NULL, "string");
    json_string(json, NULL, other);
    json_array_end(json);
}

static void strings(struct json_writer *json, const char *name)
{
    json_object_begin(json, name);
    json_string(json, "type", "string");
    json_object_end(json);
}

static void number(struct json_writer *json, const struct schema_entry *entry)
{
    json_int(json, "minimum", (int64_t)entry->min);
    json_int(json, "maximum", (int64_t)entry->max);
}

static void type(struct json_writer *json, const struct schema_entry *entry)
{
    switch (entry->type) {
    case VALUE_BOOL:
        json_string(json, "type", "boolean");
        break;
    case VALUE_INT:
        json_string(json, "type", "integer");
        number(json, entry);
        break;
    case VALUE_DURATION:
    case VALUE_SIZE:
        string_or(json, "integer");
        json_string(json, "pattern", entry->type == VALUE_SIZE ? SIZE_PATTERN : DURATION_PATTERN);
        number(json, entry);
        break;
    case VALUE_LIST:
    case VALUE_PATHS:
    case VALUE_GLOBS:
    case VALUE_REGEXES:
        json_string(json, "type", "array");
        strings(json, "items");
        break;
    case VALUE_COMMAND:
        string_or(json, "array");
        strings(json, "items");
        break;
    case VALUE_MAP:
        json_string(json, "type", "object");
        strings(json, "additionalProperties");
        break;
    default:
        json_string(json, "type", "string");
        break;
    }
    if (!entry->choices)
        return;
    json_array_begin(json, "enum");
    for (size_t i = 0; entry->choices[i]; i++)
        json_string(json, NULL, entry->choices[i]);
    json_array_end(json);
}

static void keys(struct json_writer *json, const char *section)
{
    for (size_t i = 0; i < SCHEMA_LEN; i++) {
        const struct schema_entry *entry = &SCHEMA[i];
        if (strcmp(entry->section, section) != 0)
            continue;
        json_object_begin(json, entry->key);
        json_string(json, "description", entry->doc);
        type(json, entry);
        /* An empty command cannot be written: the key is left out. */
        if (entry->type != VALUE_COMMAND)
            value(json, "default", entry->fallback);
        examples(json, entry->example);
        json_object_end(json);
    }
}

static void rule(struct json_writer *json)
{
    json_object_begin(json, "rule");
    json_string(json, "type", "array");
    json_object_begin(json, "items");
    json_string(json, "type", "object");
    json_bool(json, "additionalProperties", false);
    json_array_begin(json, "required");
    json_string(json, NULL, "match");
    json_array_end(json);
    json_object_begin(json, "properties");
    for (const struct schema_words *key = SCHEMA_RULE; key->name; key++) {
        json_object_begin(json, key->name);
        json_string(json, "description", key->doc);
        if (strcmp(key->name, "name") == 0 || strcmp(key->name, "action") == 0) {
            json_string(json, "type", "string");
        } else {
            string_or(json, "array");
            strings(json, "items");
        }
        if (strcmp(key->name, "action") == 0)
            json_string(json, "pattern", "^(build|restart|signal:[A-Z0-9+-]+|refresh|run|ignore)$");
        examples(json, key->example);
        json_object_end(json);
    }
    json_object_end(json);
    json_object_end(json);
    json_object_end(json);
}

static void sections(struct json_writer *json, bool of_service)
{
    for (const struct schema_section *section = SCHEMA_SECTIONS; section->name; section++) {
        if (!*section->name || (of_service && !section->of_service))
            continue;
        json_object_begin(json, section->name);
        json_string(json, "description", section->doc);
        json_string(json, "type", "object");
        json_bool(json, "additionalProperties", false);
        json_object_begin(json, "properties");
        keys(json, section->name);
        json_object_end(json);
        json_object_end(json);
    }
    rule(json);
}

static void service_keys(struct json_writer *json)
{
    for (const struct schema_words *word = SCHEMA_SERVICE; word->name; word++) {
        const struct schema_entry *entry = schema_find("", word->name);
        json_object_begin(json, word->name);
        json_string(json, "description", word->doc);
        if (entry) {
            type(json, entry);
        } else {
            json_string(json, "type", "array");
            strings(json, "items");
        }
        examples(json, word->example);
        json_object_end(json);
    }
}

static void services(struct json_writer *json)
{
    json_object_begin(json, "service");
    json_string(json, "description", "The services of a project that has several, by name.");
    json_string(json, "type", "object");
    json_bool(json, "additionalProperties", false);
    json_object_begin(json, "patternProperties");
    json_object_begin(json, "^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$");
    json_string(json, "type", "object");
    json_bool(json, "additionalProperties", false);
    json_object_begin(json, "properties");
    service_keys(json);
    sections(json, true);
    json_object_end(json);
    json_object_end(json);
    json_object_end(json);
    json_object_end(json);
}

void schema_write_json(struct buf *out)
{
    struct json_writer json = {.out = out};
    json_object_begin(&json, NULL);
    json_string(&json, "$schema", DRAFT);
    json_string(&json, "title", "zonda.toml");
    json_string(&json, "type", "object");
    json_bool(&json, "additionalProperties", false);
    json_object_begin(&json, "properties");
    keys(&json, "");
    sections(&json, false);
    services(&json);
    json_object_end(&json);
    json_object_end(&json);
    (void)buf_putc(out, '\n');
}
