/* The options of all commands but the configuration's keys. */
#include <string.h>

#include "command/arguments.h"

const struct option_entry OPTIONS[OPTIONS_MAX + 1] = {
    {"config", 'c', "FILE", NULL, "run validate explain doctor",
     "Read FILE instead of looking for zonda.toml or .air.toml."},
    {"log", 0, "FORMAT", "text json", "run", "The same as --log.format=FORMAT."},
    {"debug", 'd', NULL, NULL, "run", "Say everything: the same as --log.level=debug."},
    {"quiet", 'q', NULL, NULL, "run init validate bench load", "Say only what went wrong."},
    {"open", 'o', NULL, NULL, "run", "Open a browser: the same as --proxy.open."},
    {"force", 'f', NULL, NULL, "init", "Replace a zonda.toml that is there."},
    {"json", 'j', NULL, NULL, "explain doctor bench load status trigger wait version",
     "Print one JSON object for programs."},
    {"timeout", 't', "DURATION", NULL, "bench status trigger wait",
     "Give up after DURATION, such as 500ms, 60s or 2m (0: never)."},
    {"refresh", 0, "KEY", NULL, "trigger", "Tell browsers to load KEY again instead of building."},
    {"tools", 0, "LIST", NULL, "bench", "Measure these, with commas between, instead of all."},
    {"project", 0, "DIR", NULL, "bench", "Measure with this project instead of the one here."},
    {"package", 0, "PACKAGE", NULL, "bench", "The main package, where the project has several."},
    {"rounds", 0, "N", NULL, "bench", "Measure N rounds instead of 5."},
    {"only", 0, "LIST", NULL, "bench",
     "Only these, with commas between: start leaf deep template static config answer idle storm."},
    {"path", 0, "PATH", NULL, "bench", "What of the app is asked; else it is found by asking."},
    {"port", 0, "PORT", NULL, "bench", "Where the app listens; else it is found by looking."},
    {"storm", 0, "DURATION", NULL, "bench", "Save ten times a second for so long instead of 30s."},
    {"idle", 0, "DURATION", NULL, "bench", "Look at an idle tool for so long instead of 20s."},
    {"raw", 0, "FILE", NULL, "bench", "Write each sample as a line of JSON when it is taken."},
    {"compare", 0, "OLD.json", NULL, "bench", "Mark what changed since this report."},
    {"install", 0, NULL, NULL, "bench", "Fetch tools that are missing with their package client."},
    {"report", 0, "FILE", NULL, "bench load",
     "Write a report, also several: FILE.html, FILE.md, FILE.json, FILE.csv."},
    {"url", 0, "URL", NULL, "load", "Ask this server instead of the scenario's base_url."},
    {"threads", 0, "N", NULL, "load", "Use N threads instead of one a processor."},
    {"check", 0, NULL, NULL, "load", "Check the scenario and send nothing."},
    {"reload-every", 0, "DURATION", NULL, "load",
     "Edit --edit's file so often, and measure each reload."},
    {"edit", 0, "FILE", NULL, "bench load",
     "load: what --reload-every edits, and is put back at the end. bench: KIND=FILE, also "
     "several."},
    {"emit", 0, "ENGINE", "k6 locust", "load", "Print the scenario for another engine."},
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
    return listed("load schema completion help status trigger wait", command) ? 1 : 0;
}
