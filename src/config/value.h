/*
 * One value of the schema in a struct config: set from text or checked, compared, freed.
 *
 * Paths are kept as they were given until value_resolve.
 */
#ifndef ZONDA_CONFIG_VALUE_H
#define ZONDA_CONFIG_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "config/schema.h"

/* "300ms", "1.5s", "1m30s", "500" (ms); ERR_CONFIG for anything else. */
int value_duration(const char *text, uint64_t *ms, struct err *err);
/* Is text a duration without a unit, and so short that seconds may be meant? err gets what a person
   is warned with then. */
bool value_is_bare_duration(const struct schema_entry *entry, const char *text, struct err *err);
/* "10MiB", "64KiB", "10MB", "4096"; ERR_CONFIG for anything else. */
int value_size(const char *text, uint64_t *bytes, struct err *err);

/* Sets the entry from text, as a flag or a variable gives it: lists and maps by commas ("\," is a
   comma), true, false, 1, 0, yes, no, on, off. append: lists keep what they have. */
int value_set_text(const struct schema_entry *entry, struct config *config, const char *text,
                   bool append, struct err *err);
/* Sets a VALUE_INT, VALUE_DURATION or VALUE_SIZE after checking its range. */
int value_set_number(const struct schema_entry *entry, struct config *config, uint64_t number,
                     struct err *err);
/* Sets what is one string: VALUE_STRING, VALUE_PATH, VALUE_CHOICE, VALUE_SIGNAL, VALUE_DURATION,
   VALUE_SIZE, VALUE_COMMAND (not empty). */
int value_set_string(const struct schema_entry *entry, struct config *config, const char *text,
                     struct err *err);
/* Is text fit to be one element of this list or one NAME=value of this map? */
int value_check_element(const struct schema_entry *entry, const char *text, struct err *err);

/* Is text a command line: not empty, no quote left open? key is what the message calls it. */
int value_check_command(const char *key, const char *text, struct err *err);

/* The default from entry->fallback. */
void value_set_fallback(const struct schema_entry *entry, struct config *config);

/* Makes VALUE_PATH and VALUE_PATHS absolute and clean: "~/" is home, others are below root. */
void value_resolve(const struct schema_entry *entry, struct config *config, const char *root);
char *value_path(const char *root, const char *path); /* one such path; "" stays "" */

/* Makes to's value a copy of from's. */
void value_copy(const struct schema_entry *entry, struct config *to, const struct config *from);
bool value_equal(const struct schema_entry *entry, const struct config *a, const struct config *b);
void value_fini(const struct schema_entry *entry, struct config *config);

/* Where the value stands. */
void *value_at(const struct schema_entry *entry, const struct config *config);
bool value_is_list(const struct schema_entry *entry); /* a struct strs, other than VALUE_MAP */
bool command_equal(const struct command *a, const struct command *b);
void command_copy(struct command *to, const struct command *from);
void command_fini(struct command *command);

#endif
