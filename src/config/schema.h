/*
 * The schema: one table from which parsing, validation, flags, variables, `zonda init`, the JSON
 * Schema, the manual page and the completions are made.
 */
#ifndef ZONDA_CONFIG_SCHEMA_H
#define ZONDA_CONFIG_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "config/config.h"
#include "config/load.h"

enum value_type {
    VALUE_BOOL,
    VALUE_INT,      /* uint32_t */
    VALUE_DURATION, /* uint32_t ms; "300ms", "5s", "2m" or a whole number of ms */
    VALUE_SIZE,     /* uint64_t bytes; "10MiB", "64KiB" or a whole number of bytes */
    VALUE_STRING,   /* one of choices where there are any */
    VALUE_REGEX,    /* "", or checked by regex_new */
    VALUE_URL_PATH, /* "", or from the '/' on what stands in a request line */
    VALUE_PATH,     /* made absolute below root */
    VALUE_LIST,     /* struct strs */
    VALUE_PATHS,    /* struct strs, made absolute below root */
    VALUE_GLOBS,    /* struct strs, each checked by glob_check */
    VALUE_REGEXES,  /* struct strs, each checked by regex_new */
    VALUE_COMMAND,  /* struct command */
    VALUE_MAP,      /* struct strs of NAME=value, from a table of strings */
    VALUE_CHOICE,   /* enum by the names in choices */
    VALUE_SIGNAL,   /* int */
};

struct schema_entry {
    const char *section; /* "" for the root table */
    const char *key;
    enum value_type type;
    size_t offset;              /* in struct config */
    const char *fallback;       /* the default, written as in TOML: "true", "\"5s\"", "[]" */
    uint64_t min, max;          /* VALUE_INT, VALUE_DURATION, VALUE_SIZE */
    const char *const *choices; /* VALUE_CHOICE, NULL-terminated, in the order of the enum */
    unsigned effect;            /* enum config_effect */
    const char *doc;            /* one or two sentences, no mark-up */
    const char *example;        /* as in TOML, where the default says too little; or NULL */
};

extern const struct schema_entry SCHEMA[];
extern const size_t SCHEMA_LEN;

/* The sections in order, the root table ("") first; ends with a NULL name. */
struct schema_section {
    const char *name, *doc;
    bool of_service; /* [service.NAME.SECTION] says it for one service */
};
extern const struct schema_section SCHEMA_SECTIONS[];
const struct schema_section *schema_section(const char *name); /* NULL where there is none */

/* The keys of a [[rule]], and those of a [service.NAME] beside its sections; NULL-terminated. */
struct schema_words {
    const char *name, *doc, *example;
};
extern const struct schema_words SCHEMA_RULE[];
extern const struct schema_words SCHEMA_SERVICE[];

/* "string", "list of strings", "a duration …": what a value of this type is, for people. */
const char *schema_type_words(enum value_type type);

/* NULL where there is none. */
const struct schema_entry *schema_find(const char *section, const char *key);

/* What is made from the table, appended to out. */
void schema_write_json(struct buf *out);     /* JSON Schema, draft 2020-12 */
void schema_write_manual(struct buf *out);   /* zonda.toml(5), mdoc(7) */
void schema_write_markdown(struct buf *out); /* docs/configuration.md */

/* A commented zonda.toml. Facts about the project choose what is not commented out. */
struct init_facts {
    const char *package;      /* main package to name, or NULL */
    const struct strs *mains; /* all of them */
    bool has_env_file, loads_env_itself;
};
void schema_write_init(const struct init_facts *facts, struct buf *out);

#endif
