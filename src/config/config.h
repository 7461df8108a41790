/*
 * The configuration that is in force: one struct, made whole, never changed afterwards.
 *
 * Life-cycle: config_load (or compat's readers) makes one; the engine keeps it until a newer one
 * replaces it; config_free. It may have several users, all on the loop's thread. Every value of the
 * scalar sections stands in the schema table (config/schema.h), which says its key, type, range,
 * default and documentation.
 *
 * Paths are absolute and clean after loading; patterns are relative to root. Durations in ms.
 */
#ifndef ZONDA_CONFIG_CONFIG_H
#define ZONDA_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strs.h"
#include "base/vec.h"
#include "config/action.h"

enum choice { CHOICE_AUTO, CHOICE_ALWAYS, CHOICE_NEVER };
enum watch_backend { WATCH_AUTO, WATCH_EVENTS, WATCH_POLL };
enum restart_policy { RESTART_ON_FAILURE, RESTART_ALWAYS, RESTART_NEVER };
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_SILENT };
enum log_format { LOG_TEXT, LOG_JSON };
enum go_build_by { GO_DIRECT, GO_COMMAND };
enum test_on_reload { TESTS_OFF, TESTS_AFFECTED };
enum precision { PRECISION_QUICK, PRECISION_EXACT };

/* A command: a line (given as a string) or an argument vector (given as an array). Unset: both
   empty. A line runs without a shell where words_need_shell says that none is needed. */
struct command {
    char *line;
    struct strs words;
};

struct config_build {
    struct command command; /* unset: go build of package */
    char *package;          /* "": the only main package */
    struct strs flags;      /* more flags for the default go build */
    char *output;        /* the binary `command` makes; "": unknown, or tmp_dir's for the default */
    bool debug_info;     /* false: -ldflags=-w for the default go build; true with a debugger */
    enum go_build_by go; /* who builds Go: zonda, by compile and link, or the go command */
    enum precision precision;  /* of direct builds; see build/golang/direct.h */
    struct strs before, after; /* command lines around each build */
    struct strs env;           /* NAME=value */
    bool stop_on_error;        /* stop the app when a build fails */
    uint32_t timeout_ms;       /* 0: none */
    char *error_log; /* file in tmp_dir that gets the output of the last failed build; "": none */
};

struct config_run {
    struct command command; /* unset: the artifact */
    struct strs args;       /* appended to it; those after -- on the command line follow */
    char *cwd;
    struct strs env;
    int stop_signal;
    uint32_t stop_timeout_ms;
    bool stdin_to_app;
    enum choice pty;
    enum restart_policy restart;
    uint32_t restart_delay_ms; /* the first back-off */
    uint32_t max_retries;      /* crashes in a row */
    uint32_t max_restarts;     /* a minute */
    uint32_t ready_timeout_ms;
    char *ready_path, *ready_log; /* "": not chosen */
    uint32_t ready_port;          /* of ready_path; 0: the first one */
    bool handoff, overlap;
    struct strs on_quit; /* command lines run once when zonda ends, before the app is stopped */
};

struct config_debug {
    uint32_t port; /* 0: no debugger */
    char *command; /* Delve */
    bool optimize; /* false: -gcflags=all=-N -l for the default go build */
};

struct config_test {
    enum test_on_reload on_reload; /* which tests run when a new version serves */
};

struct config_watch {
    struct strs paths; /* directories and files, absolute */
    struct strs
        extensions; /* without dot; files of these build, beside the default rules; "*": all */
    bool only_extensions;      /* other files than those do nothing (air's include_ext) */
    struct strs exclude;       /* gitignore patterns */
    struct strs exclude_regex; /* anywhere in the absolute path */
    bool gitignore, hidden, follow_symlinks;
    enum watch_backend backend;
    uint32_t poll_interval_ms;
    uint32_t settle_max_ms; /* longest time from a change to the start of its build */
    bool skip_unchanged;    /* by digest */
};

struct config_proxy {
    uint32_t port; /* 0: off, unless open */
    char *host;
    char *service;     /* of several; "": the first that listens */
    bool open;         /* a browser, once the app serves */
    uint32_t app_port; /* 0: as found */
    char *app_socket;  /* "": none */
    uint32_t hold_timeout_ms;
    bool inject, https;
    char *cert, *key; /* PEM files; "": self-made */
};

struct config_dashboard {
    uint32_t port; /* 0: off */
    char *host;
    char *token;         /* asked for beyond loopback; "": made at random there */
    struct strs origins; /* of pages that may hear live events, beside those of this machine */
    char *editor;        /* a name, or a template with {file}, {line}, {column} */
};

struct config_livereload {
    uint32_t port; /* 0: off */
    char *host;
};

struct config_log {
    enum log_level level;
    enum log_format format;
    char *file; /* "": none */
    uint64_t max_size_bytes;
    uint32_t max_files;
    uint32_t rate_limit; /* lines of the app a second in the log file; 0: no limit */
    bool time;           /* clock time before zonda's lines */
    bool app;            /* show the app's output */
};

struct config_terminal {
    enum choice color;
    bool clear, keys, progress;
    char *banner;                                             /* printed at start; "": none */
    char *color_watch, *color_build, *color_run, *color_main; /* names: red, green, …, raw */
};

struct rule {
    char *name;
    struct strs match; /* globs relative to root */
    struct strs match_not;
    struct strs match_not_regex; /* anywhere in the absolute path */
    enum action action;
    int signal;
    struct command command;
    int line; /* where it stands; 0: built in */
};

/* Where a value came from. */
enum origin_kind { ORIGIN_DEFAULT, ORIGIN_FILE, ORIGIN_VARIABLE, ORIGIN_FLAG };
struct origin {
    enum origin_kind kind;
    int line, column; /* of ORIGIN_FILE */
};

struct config {
    char *file; /* absolute; NULL: none was found */
    char *kind; /* "zonda.toml", "air", "none" */
    uint32_t version;
    char *root;
    char *tmp_dir;
    struct strs env_files; /* .env files for build and app, absolute */
    bool allow_dangerous_root;
    struct config_build build;
    struct config_run run;
    struct config_debug debug;
    struct config_test test;
    struct config_watch watch;
    struct config_proxy proxy;
    struct config_dashboard dashboard;
    struct config_livereload livereload;
    struct config_log log;
    struct config_terminal terminal;
    bool control;       /* listen on the control socket */
    bool clean_on_exit; /* remove tmp_dir when zonda ends */
    VEC(struct rule) rules;
    struct strs app_args;   /* after -- */
    struct origin *origins; /* one for each entry of the schema table */

    /* Of the project as a whole: its services by name; none: the project is one by itself. */
    VEC(struct config *) services;
    /* Of a service: a whole config of its own, made from the project's and its [service.NAME]. */
    char *service;          /* its name; NULL: the project as a whole */
    struct strs depends_on; /* names of services that are ready before it starts */
    unsigned users;         /* beside the first one */
};

struct config *config_use(struct config *config); /* one more user */
void config_free(struct config *config);          /* one user less; frees with the last one */

#endif
