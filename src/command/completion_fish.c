#include <stdio.h>
#include <string.h>

#include "command/arguments.h"
#include "command/completion.h"

#define NO_COMMAND "-n __fish_use_subcommand"

/* The condition under which the options of a command are offered. */
static void print_condition(const char *command)
{
    if (strcmp(command, "run") == 0)
        (void)printf("complete -c zonda -n __zonda_runs");
    else
        (void)printf("complete -c zonda -n '__fish_seen_subcommand_from %s'", command);
}

static void print_option(const char *command, const struct option_entry *option)
{
    print_condition(command);
    (void)printf(" -l %s", option->name);
    if (option->letter)
        (void)printf(" -s %c", option->letter);
    if (option->value && strcmp(option->value, "FILE") == 0)
        (void)printf(" -r -F");
    else if (option->value)
        (void)printf(" -x");
    if (option->choices)
        (void)printf(" -a '%s'", option->choices);
    (void)printf(" -d '");
    completion_print_quoted(option->doc, "");
    (void)printf("'\n");
}

static void print_key(const struct schema_entry *entry, const char *name)
{
    (void)printf("complete -c zonda -n __zonda_takes_keys -l %s", name);
    if (entry->type == VALUE_PATH || entry->type == VALUE_PATHS)
        (void)printf(" -r -F");
    else if (entry->type != VALUE_BOOL)
        (void)printf(" -x");
    if (entry->choices) {
        (void)printf(" -a '");
        completion_print_choices(entry);
        (void)printf("'");
    }
    (void)printf(" -d '");
    completion_print_quoted(entry->doc, "");
    (void)printf("'\n");
}

/* Names of commands with a blank before each: those without keys, or all but run. */
static void print_names(bool keys)
{
    for (const struct command_entry *const *at = COMMANDS; *at; at++) {
        bool is_run = *at == &COMMAND_RUN;
        bool wanted = keys ? !command_takes_keys((*at)->name) : !is_run;
        if (wanted)
            (void)printf(" %s", (*at)->name);
    }
}

void completion_fish(void)
{
    (void)printf("# fish completion for zonda; made by: zonda completion fish\n"
                 "function __zonda_runs\n"
                 "    not __fish_seen_subcommand_from");
    print_names(false);
    (void)printf("\nend\n"
                 "function __zonda_takes_keys\n"
                 "    not __fish_seen_subcommand_from");
    print_names(true);
    (void)printf("\nend\n"
                 "complete -c zonda -f\n");
    for (const struct command_entry *const *at = COMMANDS; *at; at++) {
        (void)printf("complete -c zonda " NO_COMMAND " -a %s -d '", (*at)->name);
        completion_print_quoted((*at)->summary, "");
        (void)printf("'\n");
        for (const struct option_entry *option = OPTIONS; option->name; option++)
            if (option_fits(option, (*at)->name))
                print_option((*at)->name, option);
    }
    (void)printf(
        "complete -c zonda -n '__fish_seen_subcommand_from validate explain load' -F\n"
        "complete -c zonda -n '__fish_seen_subcommand_from schema' -a 'json man markdown'\n"
        "complete -c zonda -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'\n"
        "complete -c zonda -n '__fish_seen_subcommand_from help' -a '");
    completion_print_commands();
    (void)printf("'\n");
    completion_each_key(print_key);
}
