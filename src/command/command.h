/*
 * Subcommands: one file each, one const table entry each.
 */
#ifndef ZONDA_COMMAND_COMMAND_H
#define ZONDA_COMMAND_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strs.h"
#include "base/version.h"
#include "command/report.h"

enum exit_code { EXIT_OK = 0, EXIT_APP = 1, EXIT_USAGE = 2, EXIT_CONFIG = 3, EXIT_SYSTEM = 111 };

/* The command line, split by the option table common to all commands (command/arguments.h). */
struct arguments {
    const char *config_file; /* -c FILE, --config FILE */
    struct strs flags;       /* --section.key[=value] as "section.key=value" */
    struct strs words;       /* the rest */
    struct strs app_args;    /* after -- */
    bool json, help, quiet, force;
    uint32_t timeout_ms; /* --timeout DURATION; 0: for ever */
    bool has_timeout;
    const char *refresh; /* --refresh KEY */
    struct {
        bool check;               /* --check */
        const char *url;          /* --url URL */
        const char *emit;         /* --emit ENGINE */
        uint32_t reload_every_ms; /* --reload-every DURATION; 0: no reloads */
        int threads;              /* --threads N; 0: one a processor */
    } load;
    struct {
        struct strs tools, only; /* --tools A,B; --only A,B */
        const char *project, *package, *path, *raw, *compare;
        int rounds, port;           /* --rounds N; --port N, 0: found by asking */
        uint32_t storm_ms, idle_ms; /* --storm DURATION, --idle DURATION */
        bool install;
    } bench;
    struct strs reports; /* --report FILE, each */
    struct strs edits;   /* --edit FILE or KIND=FILE, each */
};

struct command_entry {
    const char *name;
    const char *usage;   /* "zonda wait [--timeout 60s] [--json]" */
    const char *summary; /* one line for the list */
    const char *help;    /* the rest of --help */
    int (*run)(const struct arguments *arguments);
};

extern const struct command_entry COMMAND_RUN, COMMAND_INIT, COMMAND_VALIDATE, COMMAND_EXPLAIN,
    COMMAND_DOCTOR, COMMAND_BENCH, COMMAND_LOAD, COMMAND_STATUS, COMMAND_TRIGGER, COMMAND_WAIT,
    COMMAND_SCHEMA, COMMAND_COMPLETION, COMMAND_VERSION, COMMAND_HELP;

extern const struct command_entry *const COMMANDS[]; /* NULL-terminated */

const struct command_entry *command_find(const char *name); /* NULL where there is none */
void command_help(const struct command_entry *entry);       /* --help of one, on stdout */

#endif
