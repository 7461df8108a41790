/* What lies over the file: ZONDA_SECTION_KEY variables, then --section.key flags. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/reading.h"
#include "config/suggest.h"
#include "config/value.h"

#define PREFIX         "ZONDA_"
#define NAME_MAX_BYTES 64

static void tell(struct problems *problems, bool error, const char *where, const struct err *err)
{
    problems_add(problems, error, where, 0, 0, *err->hint ? err->hint : NULL, "%s", err->message);
}

/* May config have an entry from a variable or a flag? A service's root is its own business. */
static bool takes(const struct config *config, const struct schema_entry *entry)
{
    const struct schema_section *section = schema_section(entry->section);
    return !config->service || (section && section->of_service);
}

/* --- variables --- */

static void variable_name(const struct schema_entry *entry, char *name, size_t len)
{
    (void)snprintf(name, len, PREFIX "%s%s%s", entry->section, *entry->section ? "_" : "",
                   entry->key);
    for (; *name; name++)
        *name = (char)toupper((unsigned char)*name);
}

static bool is_known(const char *name, size_t len)
{
    for (size_t i = 0; i < SCHEMA_LEN; i++) {
        char known[NAME_MAX_BYTES];
        variable_name(&SCHEMA[i], known, sizeof known);
        if (strlen(known) == len && strncmp(known, name, len) == 0)
            return true;
    }
    return false;
}

/* Begins as the variables of a section do: ZONDA_BUILD_… */
static bool names_section(const char *name)
{
    for (size_t i = 0; SCHEMA_SECTIONS[i].name; i++) {
        const char *section = SCHEMA_SECTIONS[i].name;
        const char *at = name + strlen(PREFIX);
        while (*section && toupper((unsigned char)*section) == *at) {
            section++;
            at++;
        }
        if (!*section && *at == '_' && at > name + strlen(PREFIX))
            return true;
    }
    return false;
}

/* A variable that looks like one of zonda's, but is none: a warning, as it may be somebody's. */
static void check_name(const char *entry, struct problems *problems)
{
    size_t len = strcspn(entry, "=");
    struct strs names = {0};
    char hint[NAME_MAX_BYTES + 32] = "";
    if (strncmp(entry, PREFIX, strlen(PREFIX)) != 0 || !names_section(entry) ||
        is_known(entry, len))
        return;
    char *name = mem_string_n(entry, len);
    for (size_t i = 0; i < SCHEMA_LEN; i++) {
        char known[NAME_MAX_BYTES];
        variable_name(&SCHEMA[i], known, sizeof known);
        strs_push(&names, known);
    }
    const char *close = suggest(name, (const char *const *)names.at, names.len);
    if (close)
        (void)snprintf(hint, sizeof hint, "did you mean %s?", close);
    problems_add(problems, false, name, 0, 0, *hint ? hint : NULL,
                 "the variable names no key of the configuration");
    strs_fini(&names);
    free(name);
}

void layer_variables(const struct config_request *request, struct config *config,
                     struct problems *problems)
{
    if (!request->env)
        return;
    for (size_t i = 0; i < SCHEMA_LEN; i++) {
        char name[NAME_MAX_BYTES];
        struct err err;
        variable_name(&SCHEMA[i], name, sizeof name);
        const char *value = strs_env_get(request->env, name);
        if (!value || !takes(config, &SCHEMA[i]))
            continue;
        bool right = value_set_text(&SCHEMA[i], config, value, false, &err) == 0;
        if (right)
            config->origins[i] = (struct origin){.kind = ORIGIN_VARIABLE};
        if (!right || value_is_bare_duration(&SCHEMA[i], value, &err))
            tell(problems, !right, name, &err);
    }
    STRS_EACH (entry, request->env)
        check_name(*entry, problems);
}

/* --- flags --- */

/* The entry of "section.key", "key" or, in name, "section.map.NAME"; NULL where there is none. */
static const struct schema_entry *entry_of(char *key, char **name)
{
    char *dot = strchr(key, '.');
    *name = NULL;
    if (!dot)
        return schema_find("", key);
    char *more = strchr(dot + 1, '.');
    *dot = '\0';
    if (more)
        *more = '\0';
    const struct schema_entry *entry = schema_find(key, dot + 1);
    if (entry && more)
        *name = more + 1;
    *dot = '.';
    if (more)
        *more = '.';
    return entry && more && entry->type != VALUE_MAP ? NULL : entry;
}

static int set_flag(const struct schema_entry *entry, const char *name, const char *value,
                    bool again, struct config *config, struct err *err)
{
    if (!name)
        return value_set_text(entry, config, value, again, err);
    if (!*name)
        return err_set(err, ERR_CONFIG, "%s has no name of a variable after its dot", entry->key);
    strs_env_set(value_at(entry, config), name, value);
    return 0;
}

static void unknown_flag(const char *key, struct problems *problems)
{
    char *where = mem_format("--%s", key);
    problems_add(problems, true, where, 0, 0, "man zonda.toml has all of them",
                 "there is no such key");
    free(where);
}

/* seen: it came before. */
static void take_flag(const struct schema_entry *entry, const char *name, const char *value,
                      bool *seen, const char *key, struct config *config, struct problems *problems)
{
    struct err err;
    bool right = set_flag(entry, name, value, *seen, config, &err) == 0;
    if (right) {
        /* A list that is given twice is one list; the first one replaces what was there. */
        *seen = true;
        config->origins[entry - SCHEMA] = (struct origin){.kind = ORIGIN_FLAG};
    }
    if (!right || value_is_bare_duration(entry, value, &err)) {
        char *where = mem_format("--%s", key);
        tell(problems, !right, where, &err);
        free(where);
    }
}

void layer_flags(const struct config_request *request, struct config *config,
                 struct problems *problems)
{
    if (!request->flags)
        return;
    bool *seen = mem_new(SCHEMA_LEN, sizeof *seen);
    STRS_EACH (flag, request->flags) {
        size_t len = strcspn(*flag, "=");
        char *key = mem_string_n(*flag, len), *name = NULL;
        const struct schema_entry *entry = entry_of(key, &name);
        const char *value = (*flag)[len] ? *flag + len + 1 : "true";
        if (entry && takes(config, entry))
            take_flag(entry, name, value, &seen[entry - SCHEMA], key, config, problems);
        else if (!entry)
            unknown_flag(key, problems);
        free(key);
    }
    free(seen);
}
