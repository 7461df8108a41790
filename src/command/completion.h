/*
 * Completion scripts, made from COMMANDS, OPTIONS and SCHEMA, printed on stdout.
 */
#ifndef ZONDA_COMMAND_COMPLETION_H
#define ZONDA_COMMAND_COMPLETION_H

#include <stdbool.h>

#include "config/schema.h"

void completion_bash(void);
void completion_zsh(void);
void completion_fish(void);

/* --- what the three share --- */
/* Calls fn for each key of the configuration with its name as an option has it: "section.key". */
typedef void key_fn(const struct schema_entry *entry, const char *name);
void completion_each_key(key_fn *fn);
/* Has the key few values? Prints them with blanks between. */
bool completion_has_choices(const struct schema_entry *entry);
void completion_print_choices(const struct schema_entry *entry);
/* Prints text for a place between single quotes; also puts a backslash before each of special. */
void completion_print_quoted(const char *text, const char *special);
void completion_print_commands(void); /* their names with blanks between */

#endif
