/*
 * From argv to a command and its arguments.
 *
 * zonda [COMMAND] [OPTION | WORD]... [-- ARGUMENT...]. Options may stand before and after the
 * command. Every key of the configuration is an option too: --section.key=value, or
 * --section.key value; a boolean takes no separate value.
 */
#ifndef ZONDA_COMMAND_ARGUMENTS_H
#define ZONDA_COMMAND_ARGUMENTS_H

#include "command/command.h"

struct option_entry {
    const char *name;     /* without dashes */
    char letter;          /* or NUL */
    const char *value;    /* what its value is called, or NULL where it has none */
    const char *choices;  /* the values there are, with blanks between, or NULL */
    const char *commands; /* that take it, with blanks between; NULL: all */
    const char *doc;
};
#define OPTIONS_MAX 30
extern const struct option_entry OPTIONS[OPTIONS_MAX + 1]; /* ends with a NULL name */

/* Does command take the option; is it one of those that take the configuration's keys? */
bool option_fits(const struct option_entry *option, const char *command);
bool command_takes_keys(const char *command);
size_t command_words_max(const char *command);

/* Takes the value of an option (NULL where it has none) into arguments, which keep pointers to it.
   ERR_USAGE where it is none that the option can have. */
int option_set(struct arguments *arguments, const struct option_entry *option, const char *value,
               struct err *err);

/* 0 with *command set (COMMAND_RUN where none is named), or ERR_USAGE. Pointers into argv are kept
   in arguments, which arguments_fini releases either way. */
int arguments_parse(int argc, char *const argv[], struct arguments *arguments,
                    const struct command_entry **command, struct err *err);
void arguments_fini(struct arguments *arguments);

#endif
