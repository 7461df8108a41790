/*
 * Reading a configuration file into a struct config: what the reader of zonda.toml and those of
 * other tools' files share.
 *
 * Life-cycle: config_load_text makes a struct reading on its stack, lets one reader fill
 * reading->config from the parsed file, and lays variables and flags over it. A reader never
 * stops at a mistake: it tells it and goes on with the next key. Everything is borrowed but what
 * the config gets.
 */
#ifndef ZONDA_CONFIG_READING_H
#define ZONDA_CONFIG_READING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "config/schema.h"
#include "config/toml.h"

struct reading {
    struct config *config; /* holds zonda's defaults at first */
    struct problems *problems;
    const char *file;       /* as shown to the user */
    const struct strs *env; /* of the request; may be NULL */
    bool lenient;           /* unknown keys are warnings */
    /* Of a [service.NAME]: its name; what a table of strings names is added to what is there. */
    const char *service;
};

/* --- telling --- */

struct place {
    int line, column; /* 0: the file as a whole */
};
struct place place_of_key(const struct node *node); /* of the value where it has no key */
struct place place_of_value(const struct node *node);

/* hint may be NULL. */
void reading_error(struct reading *reading, struct place place, const char *hint,
                   const char *format, ...) __attribute__((format(printf, 4, 5)));
void reading_warning(struct reading *reading, struct place place, const char *hint,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));
void reading_err(struct reading *reading, struct place place, const struct err *err);

/* A key that table (as people write it: "[build]", "the root table") does not have. names are
   those that it has; elsewhere is the table that has it, or NULL. Error, or a warning where
   reading is lenient. */
void reading_unknown(struct reading *reading, const struct node *node, const char *table,
                     const struct strs *names, const char *elsewhere);

/* --- taking values; each tells its mistakes at their places --- */

/* Sets the entry and where it came from. False after a mistake; the entry keeps what it had. */
bool reading_value(struct reading *reading, const struct schema_entry *entry,
                   const struct node *node);
/* The same for a value that is no entry of the schema, or one of another name: key is what the
   messages call it. */
bool reading_strings(struct reading *reading, const char *key, const struct node *node,
                     struct strs *out); /* a list of strings, appended */
bool reading_command(struct reading *reading, const char *key, const struct node *node,
                     struct command *out); /* a string or a list of words */
/* "key is a list, but it must be a string". */
void reading_type(struct reading *reading, const char *key, const struct node *node,
                  const char *wanted, const char *hint);
/* Notes that the entry at this key came from the file, by another way than reading_value. */
void reading_came(struct reading *reading, const char *section, const char *key,
                  const struct node *node);

/* --- the parts of config_load --- */

void reading_own(const struct node *root, struct reading *reading);    /* zonda.toml */
void reading_rules(const struct node *rules, struct reading *reading); /* its [[rule]] */
/* One [service.NAME]: everything but depends_on, over what reading->config holds. */
void reading_service(const struct node *table, struct reading *reading);

#define SERVICES_MAX 64
/* config, which is complete, gets its services: from the file (root, or NULL where there is none)
   those that the request asks for. */
void services_read(const struct config_request *request, const struct node *root, const char *shown,
                   struct config *config, struct problems *problems);
/* Its next step: depends_on has only known names and no circle; list is [service]. */
void services_order(const struct node *list, const char *shown, struct config *config,
                    struct problems *problems);

/* A config that holds the defaults of the schema, no file and no rules. */
struct config *config_new(void);

/* Lays the variables and the flags of the request over config; where it is a service's, those that
   a service may have. */
void layer_variables(const struct config_request *request, struct config *config,
                     struct problems *problems);
void layer_flags(const struct config_request *request, struct config *config,
                 struct problems *problems);

/* Makes paths absolute and looks at what only the whole can say: the root, tmp_dir. base is what
   a root from the file is relative to; shown is the file's name for people, or NULL; runs: it is
   built and run itself, and not only its services. */
void config_check(const struct config_request *request, const char *base, const char *shown,
                  bool runs, struct config *config, struct problems *problems);

/* config_load for text that was read from file (absolute), or the defaults where file is NULL. */
struct config *config_load_text(const struct config_request *request, const char *file,
                                const char *text, size_t len, struct problems *problems);

/* The file that config_load reads when the request names none: config_find in the request's
   directory, or in the one that a dialect's variable names. Heap, or NULL. */
char *config_find_request(const struct config_request *request);

/* The dialect of a file with this name; NULL: none, or zonda's own. */
const struct config_dialect *config_dialect_named(const struct config_request *request,
                                                  const char *file);

void rule_fini(struct rule *rule);

#endif
