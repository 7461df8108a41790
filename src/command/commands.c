/* The table of commands, and how their errors are told. */
#include <stdio.h>
#include <string.h>

#include "command/command.h"

const struct command_entry *const COMMANDS[] = {
    &COMMAND_RUN,    &COMMAND_INIT,       &COMMAND_VALIDATE, &COMMAND_EXPLAIN, &COMMAND_DOCTOR,
    &COMMAND_BENCH,  &COMMAND_LOAD,       &COMMAND_STATUS,   &COMMAND_TRIGGER, &COMMAND_WAIT,
    &COMMAND_SCHEMA, &COMMAND_COMPLETION, &COMMAND_VERSION,  &COMMAND_HELP,    NULL,
};

const struct command_entry *command_find(const char *name)
{
    for (const struct command_entry *const *at = COMMANDS; *at; at++)
        if (strcmp((*at)->name, name) == 0)
            return *at;
    return NULL;
}

int command_report(const struct err *err)
{
    if (err->place[0])
        (void)fprintf(stderr, "%s: %s\n", err->place, err->message);
    else
        (void)fprintf(stderr, "zonda: %s\n", err->message);
    if (err->hint[0])
        (void)fprintf(stderr, "  hint: %s\n", err->hint);
    return err->code < 0 && err->code >= -EXIT_SYSTEM ? -err->code : EXIT_SYSTEM;
}
