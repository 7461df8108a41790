#include <stdio.h>
#include <string.h>

#include "command/arguments.h"

/* "  -c, --config FILE      doc", the doc on the same line. */
static void print_option(const struct option_entry *option)
{
    char left[64];
    char letter[5] = "    ";
    if (option->letter)
        (void)snprintf(letter, sizeof letter, "-%c, ", option->letter);
    (void)snprintf(left, sizeof left, "%s--%s%s%s", letter, option->name, option->value ? " " : "",
                   option->value ? option->value : "");
    (void)printf("  %-24s %s\n", left, option->doc);
}

void command_help(const struct command_entry *entry)
{
    (void)printf("%s\n\nUsage: %s\n", entry->summary, entry->usage);
    if (entry->help && *entry->help)
        (void)printf("\n%s\n", entry->help);
    (void)printf("\nOptions:\n");
    for (const struct option_entry *option = OPTIONS; option->name; option++)
        if (option_fits(option, entry->name))
            print_option(option);
    if (command_takes_keys(entry->name))
        (void)printf("  %-24s %s\n", "    --SECTION.KEY=VALUE",
                     "Set a key of the configuration, such as --build.package=./cmd/api.\n"
                     "                           zonda schema markdown lists them all.");
}

static void print_all(void)
{
    (void)printf("zonda %s: save a file, and the new version is served\n\n"
                 "Usage: zonda [COMMAND] [OPTION]... [-- ARGUMENT...]\n\n"
                 "Without a command it watches, builds and runs the project in this directory.\n"
                 "What follows -- is for the app.\n\n"
                 "Commands:\n",
                 ZONDA_VERSION);
    for (const struct command_entry *const *at = COMMANDS; *at; at++)
        (void)printf("  %-12s %s\n", (*at)->name, (*at)->summary);
    (void)printf(
        "\nzonda COMMAND --help tells more about each.\n\n"
        "Exit status: 0 all went well, 1 the app or its build failed, 2 wrong command line,\n"
        "3 wrong configuration, 111 the system refused.\n");
}

static int run(const struct arguments *arguments)
{
    if (arguments->words.len == 0) {
        print_all();
        return EXIT_OK;
    }
    const char *name = arguments->words.at[0];
    const struct command_entry *entry = command_find(name);
    if (!entry) {
        struct err err;
        err_set(&err, ERR_USAGE, "there is no command %s", name);
        err_hint(&err, "zonda help lists the commands");
        return command_report(&err);
    }
    command_help(entry);
    return EXIT_OK;
}

const struct command_entry COMMAND_HELP = {
    .name = "help",
    .usage = "zonda help [COMMAND]",
    .summary = "Show how zonda or one of its commands is used",
    .help = "",
    .run = run,
};
