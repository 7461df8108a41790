/* The keys of air, and which of them a file has by mistake. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/air_parts.h"

const struct air_key AIR_KEYS[] = {
    {"", "root", AIR_TEXT},
    {"", "tmp_dir", AIR_TEXT},
    {"", "testdata_dir", AIR_TEXT},
    {"", "env_files", AIR_TEXTS},
    {"", "max_restarts", AIR_INT}, /* shown by guides */
    {"", "build", AIR_TABLE},
    {"", "log", AIR_TABLE},
    {"", "color", AIR_TABLE},
    {"", "misc", AIR_TABLE},
    {"", "screen", AIR_TABLE},
    {"", "proxy", AIR_TABLE},

    {"build", "pre_cmd", AIR_TEXTS},
    {"build", "cmd", AIR_TEXT},
    {"build", "post_cmd", AIR_TEXTS},
    {"build", "bin", AIR_TEXT},
    {"build", "entrypoint", AIR_WORDS},
    {"build", "full_bin", AIR_TEXT},
    {"build", "args_bin", AIR_TEXTS},
    {"build", "log", AIR_TEXT},
    {"build", "include_ext", AIR_TEXTS},
    {"build", "exclude_dir", AIR_TEXTS},
    {"build", "include_dir", AIR_TEXTS},
    {"build", "exclude_file", AIR_TEXTS},
    {"build", "include_file", AIR_TEXTS},
    {"build", "exclude_regex", AIR_TEXTS},
    {"build", "exclude_unchanged", AIR_BOOL},
    {"build", "ignore_dangerous_root_dir", AIR_BOOL},
    {"build", "follow_symlink", AIR_BOOL},
    {"build", "poll", AIR_BOOL},
    {"build", "poll_interval", AIR_INT},
    {"build", "delay", AIR_INT},
    {"build", "stop_on_error", AIR_BOOL},
    {"build", "send_interrupt", AIR_BOOL},
    {"build", "kill_delay", AIR_DURATION},
    {"build", "rerun", AIR_BOOL},
    {"build", "rerun_delay", AIR_INT},
    {"build", "max_restarts", AIR_INT}, /* shown by guides */
    {"build", "rules", AIR_TABLES},
    {"build", "linux", AIR_TABLE},
    {"build", "darwin", AIR_TABLE},
    {"build", "windows", AIR_TABLE},

    {"build.os", "pre_cmd", AIR_TEXTS},
    {"build.os", "cmd", AIR_TEXT},
    {"build.os", "post_cmd", AIR_TEXTS},
    {"build.os", "bin", AIR_TEXT},
    {"build.os", "entrypoint", AIR_WORDS},
    {"build.os", "full_bin", AIR_TEXT},
    {"build.os", "args_bin", AIR_TEXTS},

    {"build.rules", "name", AIR_TEXT},
    {"build.rules", "cmd", AIR_TEXT},
    {"build.rules", "include_dir", AIR_TEXTS},
    {"build.rules", "include_ext", AIR_TEXTS},
    {"build.rules", "include_file", AIR_TEXTS},
    {"build.rules", "exclude_regex", AIR_TEXTS},
    {"build.rules", "delay", AIR_INT},

    {"log", "time", AIR_BOOL},
    {"log", "main_only", AIR_BOOL},
    {"log", "silent", AIR_BOOL},
    {"log", "level", AIR_TEXT}, /* shown by guides */

    {"color", "main", AIR_TEXT},
    {"color", "watcher", AIR_TEXT},
    {"color", "build", AIR_TEXT},
    {"color", "runner", AIR_TEXT},
    {"color", "app", AIR_TEXT},
    {"color", "mode", AIR_TEXT},

    {"misc", "clean_on_exit", AIR_BOOL},
    {"misc", "startup_banner", AIR_TEXT},

    {"screen", "clear_on_rebuild", AIR_BOOL},
    {"screen", "keep_scroll", AIR_BOOL},

    {"proxy", "enabled", AIR_BOOL},
    {"proxy", "proxy_port", AIR_INT},
    {"proxy", "app_port", AIR_INT},
    {"proxy", "app_start_timeout", AIR_INT},
};
const size_t AIR_KEYS_LEN = sizeof AIR_KEYS / sizeof *AIR_KEYS;

static const char *const type_words[] = {
    [AIR_BOOL] = "true or false",
    [AIR_INT] = "a whole number that is not negative",
    [AIR_TEXT] = "a string",
    [AIR_TEXTS] = "a list of strings",
    [AIR_WORDS] = "a string or a list of strings",
    [AIR_DURATION] = "a duration such as \"500ms\"",
    [AIR_TABLE] = "a table",
    [AIR_TABLES] = "an array of tables",
};

static const char *const type_hints[] = {
    [AIR_BOOL] = "without quotes: true, or false",
    [AIR_INT] = "without quotes and unit, such as 1000",
    [AIR_TEXT] = "put it in quotes",
    [AIR_TEXTS] = "put it in brackets: [\"…\"]",
    [AIR_WORDS] = "put it in quotes",
    [AIR_DURATION] = "write a number and a unit: \"500ms\", \"2s\"",
    [AIR_TABLE] = "write its name in brackets in a line of its own, and its keys below it",
    [AIR_TABLES] = "write [[build.rules]] with two brackets before the keys of each rule",
};

const struct air_key *air_key(const char *table, const char *key)
{
    for (size_t i = 0; i < AIR_KEYS_LEN; i++)
        if (strcmp(AIR_KEYS[i].table, table) == 0 && strcmp(AIR_KEYS[i].key, key) == 0)
            return &AIR_KEYS[i];
    return NULL;
}

/* --- types --- */

static bool is_strings(const struct node *node)
{
    if (node->kind != NODE_ARRAY)
        return false;
    NODES_EACH(child, node)
    if (child->kind != NODE_STRING)
        return false;
    return true;
}

static bool fits(const struct node *node, enum air_type type)
{
    switch (type) {
    case AIR_BOOL:
        return node->kind == NODE_BOOL;
    case AIR_INT:
        return node->kind == NODE_INT && node->number >= 0;
    case AIR_TEXT:
        return node->kind == NODE_STRING;
    case AIR_TEXTS:
        return is_strings(node);
    case AIR_WORDS:
        return node->kind == NODE_STRING || is_strings(node);
    case AIR_DURATION:
        return node->kind == NODE_STRING || (node->kind == NODE_INT && node->number >= 0);
    case AIR_TABLE:
        return node->kind == NODE_TABLE;
    default:
        return node_is_tables(node) || (node->kind == NODE_ARRAY && node->len == 0);
    }
}

static void tell_type(struct air *air, const struct node *node, enum air_type type)
{
    if ((type == AIR_TEXTS || type == AIR_WORDS) && node->kind == NODE_ARRAY) {
        NODES_EACH(child, node)
        if (child->kind != NODE_STRING)
            reading_error(air->reading, place_of_value(child), "put each element in quotes",
                          "%s has %s in its list, but it takes strings only", node->key,
                          node_kind_words(child));
    } else if ((type == AIR_INT || type == AIR_DURATION) && node->kind == NODE_INT) {
        reading_error(air->reading, place_of_value(node), type_hints[type],
                      "%s is %lld, but it must not be negative", node->key,
                      (long long)node->number);
    } else {
        reading_type(air->reading, node->key, node, type_words[type], type_hints[type]);
    }
}

/* --- the check --- */

static void unknown(struct air *air, const char *table, const char *shown, const struct node *node)
{
    struct strs names = {0};
    char elsewhere[64] = "";
    for (size_t i = 0; i < AIR_KEYS_LEN; i++) {
        const struct air_key *key = &AIR_KEYS[i];
        if (strcmp(key->table, table) == 0)
            strs_push(&names, key->key);
        else if (!*elsewhere && strcmp(key->key, node->key) == 0 && *key->table)
            (void)snprintf(elsewhere, sizeof elsewhere, "[%s]", key->table);
        else if (!*elsewhere && strcmp(key->key, node->key) == 0)
            (void)snprintf(elsewhere, sizeof elsewhere, "the root table, before the first [table]");
    }
    reading_unknown(air->reading, node, shown, &names, *elsewhere ? elsewhere : NULL);
    strs_fini(&names);
}

static void check_table(struct air *air, const struct node *table, const char *name,
                        const char *shown);

/* What stands below a key that is a table itself. */
static void check_below(struct air *air, const char *name, const struct node *node)
{
    bool rules = node->kind == NODE_ARRAY;
    const char *below = !*name ? node->key : rules ? "build.rules" : "build.os";
    char shown[64];
    (void)snprintf(shown, sizeof shown, rules ? "[[%s%s%s]]" : "[%s%s%s]", name, *name ? "." : "",
                   node->key);
    if (!rules)
        check_table(air, node, below, shown);
    else
        NODES_EACH(table, node)
    check_table(air, table, below, shown);
}

static void check_table(struct air *air, const struct node *table, const char *name,
                        const char *shown)
{
    NODES_EACH(node, table)
    {
        const struct air_key *key = air_key(name, node->key);
        if (!key)
            unknown(air, name, shown, node);
        else if (!fits(node, key->type))
            tell_type(air, node, key->type);
        else if (key->type == AIR_TABLE || key->type == AIR_TABLES)
            check_below(air, name, node);
    }
}

void air_check(struct air *air)
{
    check_table(air, air->root, "", "the root table");
}

/* --- getters --- */

const struct node *air_in(const struct node *table, const char *name, const char *key)
{
    const struct node *node = node_get(table, key);
    const struct air_key *known = air_key(name, key);
    return node && known && fits(node, known->type) ? node : NULL;
}

const struct node *air_get(const struct air *air, const char *table, const char *key)
{
    return air_in(*table ? air_in(air->root, "", table) : air->root, table, key);
}

const struct node *air_build(const struct air *air, const char *key)
{
    const struct node *own = air_in(air_get(air, "build", "linux"), "build.os", key);
    bool given = own && (own->kind != NODE_STRING || *own->text);
    return given ? own : air_get(air, "build", key);
}

bool air_is_true(const struct node *node)
{
    return node && node->number != 0;
}

bool air_has_text(const struct node *node)
{
    return node && node->text && *node->text;
}
