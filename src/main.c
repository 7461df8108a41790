/* zonda: argv to a command. */
#include "command/arguments.h"
#include "command/command.h"

int main(int argc, char *argv[])
{
    struct arguments arguments;
    const struct command_entry *command = 0;
    struct err err = {0};
    int status;
    if (arguments_parse(argc, argv, &arguments, &command, &err)) {
        status = command_report(&err);
    } else if (arguments.help) {
        command_help(command);
        status = EXIT_OK;
    } else {
        status = command->run(&arguments);
    }
    arguments_fini(&arguments);
    return status;
}
