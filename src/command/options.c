/* The options of all commands but the configuration's keys. */
#include <string.h>

#include "command/arguments.h"

const struct option_entry OPTIONS[OPTIONS_MAX + 1] = {
    {"config", 'c', "FILE", NULL, "run validate explain doctor",
     "Read FILE instead of looking for zonda.toml or .air.toml."},
    {"log", 0, "FORMAT", "text json", "run", "The same as --log.format=FORMAT."},
    {"debug", 'd', NULL, NULL, "run", "Say everything: the same as --log.level=debug."},
    {"quiet", 'q', NULL, NULL, "run init validate", "Say only what went wrong."},
    {"open", 'o', NULL, NULL, "run", "Open a browser: the same as --proxy.open."},
    {"force", 'f', NULL, NULL, "init", "Replace a zonda.toml that is there."},
    {"json", 'j', NULL, NULL, "explain doctor status trigger wait version",
     "Print one JSON object for programs."},
    {"timeout", 't', "DURATION", NULL, "status trigger wait",
     "Give up after DURATION, such as 500ms, 60s or 2m (0: never)."},
    {"refresh", 0, "KEY", NULL, "trigger", "Tell browsers to load KEY again instead of building."},
    {"help", 'h', NULL, NULL, NULL, "Show how the command is used."},
    {"version", 'v', NULL, NULL, "run", "Show the version."},
};

/* Is name one of the words in list, which are separated by single blanks? */
static bool listed(const char *list, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = list; at; at = strchr(at, ' ')) {
        at += *at == ' ';
        if (strncmp(at, name, len) == 0 && (at[len] == ' ' || at[len] == '\0'))
            return true;
    }
    return false;
}

bool option_fits(const struct option_entry *option, const char *command)
{
    return !option->commands || listed(option->commands, command);
}

bool command_takes_keys(const char *command)
{
    return listed("run validate explain doctor", command);
}

size_t command_words_max(const char *command)
{
    if (listed("run validate explain", command))
        return SIZE_MAX;
    return listed("schema completion help status trigger wait", command) ? 1 : 0;
}
