/*
 * The table of all keys. Sections come in the order of SCHEMA_SECTIONS; commands that read the
 * table print it in this order.
 */
#include "config/schema.h"

#include <string.h>

#define AT(member)  .offset = offsetof(struct config, member)
#define SECOND_MS   UINT64_C(1000)
#define HOUR_MS     (3600 * SECOND_MS)
#define DAY_MS      (24 * HOUR_MS)
#define COUNT_MAX   1000000
#define ALL_EFFECTS (EFFECT_WATCH | EFFECT_RESTART | EFFECT_BUILD)

static const char *const choice_names[] = {"auto", "always", "never", NULL};
static const char *const backend_names[] = {"auto", "events", "poll", NULL};
static const char *const restart_names[] = {"on-failure", "always", "never", NULL};
static const char *const level_names[] = {"debug", "info", "warn", "error", "silent", NULL};
static const char *const go_names[] = {"direct", "command", NULL};
static const char *const precision_names[] = {"quick", "exact", NULL};
static const char *const test_names[] = {"off", "affected", NULL};
static const char *const format_names[] = {"text", "json", NULL};
static const char *const color_names[] = {"red",  "green", "yellow", "blue", "magenta",
                                          "cyan", "white", "raw",    NULL};

const struct schema_section SCHEMA_SECTIONS[] = {
    {"", "The project as a whole.", false},
    {"build", "How the app is built. Without a command, zonda runs go build itself.", true},
    {"run", "How the app is run, stopped and started again.", true},
    {"debug", "A debugger that runs the app: Delve, docs/debugging.md. Off until port is set.",
     true},
    {"test", "Tests near the change, run after the new version serves.", true},
    {"watch", "Which files are looked at.", true},
    {"proxy", "A port for the browser, before the app's own.", false},
    {"dashboard", "zonda's own port: the dashboard, its API, live events.", false},
    {"livereload", "A LiveReload server, for browser extensions.", false},
    {"log", "What zonda says and what it writes to a file.", false},
    {"terminal", "How it looks.", false},
    {NULL, NULL, false},
};

const struct schema_words SCHEMA_RULE[] = {
    {"name", "What the rule is called in messages. Default: its number.", "\"migrations\""},
    {"match",
     "One glob or a list of globs, relative to root. A glob without / matches at any depth.",
     "[\"/migrations/**/*.sql\"]"},
    {"except", "Globs of files that the rule leaves alone.", "[\"*_draft.sql\"]"},
    {"except_regex", "Regular expressions for the same, searched in the absolute path.", NULL},
    {"action",
     "What a change leads to: build, restart, signal:NAME (such as signal:HUP), refresh, run or "
     "ignore. Default: run where there is a command, else build.",
     "\"run\""},
    {"command", "The command of the action run: a string, or a list of words.", "\"make migrate\""},
    {NULL, NULL, NULL},
};

const struct schema_words SCHEMA_SERVICE[] = {
    {"root",
     "The service's directory, relative to the project's root; its paths and patterns are relative "
     "to it, and its commands run in it. Default: the project's.",
     "\"services/api\""},
    {"env_files", "As before the first section, for this service.", "[\".env\"]"},
    {"depends_on",
     "Services that must be ready (or have ended with exit status 0) before this one starts.",
     "[\"db\", \"mail\"]"},
    {NULL, NULL, NULL},
};

const struct schema_entry SCHEMA[] = {
    {"", "root", VALUE_PATH, AT(root), "\".\"", .effect = ALL_EFFECTS,
     .doc = "The project's directory, relative to the configuration file. Other paths are "
            "relative to it, and commands run in it."},
    {"", "tmp_dir", VALUE_PATH, AT(tmp_dir), "\".zonda\"", .effect = ALL_EFFECTS,
     .doc = "Directory for what zonda makes. Never watched."},
    {"", "env_files", VALUE_PATHS, AT(env_files), "[]", .effect = EFFECT_RESTART | EFFECT_BUILD,
     .doc = "Files of NAME=value lines for the build and the app. A later file wins; the "
            "environment wins over all of them; missing files are skipped.",
     .example = "[\".env\"]"},
    {"", "allow_dangerous_root", VALUE_BOOL, AT(allow_dangerous_root), "false",
     .effect = EFFECT_LIVE, .doc = "Allow /, the home directory or /root as root."},
    {"", "control", VALUE_BOOL, AT(control), "true", .effect = EFFECT_LIVE,
     .doc = "Listen on a socket for zonda status, trigger and wait."},
    {"", "clean_on_exit", VALUE_BOOL, AT(clean_on_exit), "false", .effect = EFFECT_LIVE,
     .doc = "Remove tmp_dir when zonda ends."},

    {"build", "command", VALUE_COMMAND, AT(build.command), "\"\"", .effect = EFFECT_BUILD,
     .doc = "The build command: a string, run by a shell where it needs one, or a list of words. "
            "Default: go build of package.",
     .example = "\"go build -o .zonda/app .\""},
    {"build", "package", VALUE_STRING, AT(build.package), "\"\"",
     .effect = EFFECT_BUILD | EFFECT_WATCH,
     .doc = "The main package to build. Default: the only one of the module.",
     .example = "\"./cmd/api\""},
    {"build", "flags", VALUE_LIST, AT(build.flags), "[]", .effect = EFFECT_BUILD,
     .doc = "More flags for the default go build.", .example = "[\"-tags=dev\"]"},
    {"build", "output", VALUE_PATH, AT(build.output), "\"\"", .effect = EFFECT_BUILD | EFFECT_WATCH,
     .doc = "The binary that command makes. It is run unless run.command says otherwise.",
     .example = "\".zonda/app\""},
    {"build", "debug_info", VALUE_BOOL, AT(build.debug_info), "false", .effect = EFFECT_BUILD,
     .doc = "Keep the symbols that a debugger needs. The default go build leaves them out, which "
            "makes the link faster."},
    {"build", "go", VALUE_CHOICE, AT(build.go), "\"direct\"", .choices = go_names,
     .effect = EFFECT_BUILD,
     .doc = "How Go is built. direct: zonda runs the compiler and the linker itself, for the "
            "default build and for a command that is a plain go build -o; what it does not "
            "understand is left to the go command, and said. command: always the go command."},
    {"build", "precision", VALUE_CHOICE, AT(build.precision), "\"quick\"",
     .choices = precision_names, .effect = EFFECT_BUILD,
     .doc = "Of direct builds. quick: after an edit that only moved lines, importers are compiled "
            "after the new version serves; until then line numbers of calls inlined into them may "
            "be old. exact: they are compiled first."},
    {"build", "before", VALUE_LIST, AT(build.before), "[]", .effect = EFFECT_BUILD,
     .doc = "Command lines to run before each build, one after the other.",
     .example = "[\"go generate ./...\"]"},
    {"build", "after", VALUE_LIST, AT(build.after), "[]", .effect = EFFECT_BUILD,
     .doc = "Command lines to run after each build that succeeded.",
     .example = "[\"./scripts/check.sh\"]"},
    {"build", "env", VALUE_MAP, AT(build.env), "{}", .effect = EFFECT_BUILD,
     .doc = "Environment variables for the build and its commands.",
     .example = "{ CGO_ENABLED = \"0\" }"},
    {"build", "stop_on_error", VALUE_BOOL, AT(build.stop_on_error), "false", .effect = EFFECT_LIVE,
     .doc = "Stop the app when a build fails. Default: the old version goes on serving."},
    {"build", "timeout", VALUE_DURATION, AT(build.timeout_ms), "\"0\"", 0, DAY_MS,
     .effect = EFFECT_LIVE, .doc = "End a build that takes longer. 0: no limit.",
     .example = "\"2m\""},
    {"build", "error_log", VALUE_STRING, AT(build.error_log), "\"\"", .effect = EFFECT_LIVE,
     .doc = "File in tmp_dir that gets the output of the last build that failed.",
     .example = "\"build-errors.log\""},

    {"run", "command", VALUE_COMMAND, AT(run.command), "\"\"", .effect = EFFECT_RESTART,
     .doc = "The command that runs the app: a string, run by a shell where it needs one, or a "
            "list of words. Default: what was built.",
     .example = "[\".zonda/app\", \"serve\"]"},
    {"run", "args", VALUE_LIST, AT(run.args), "[]", .effect = EFFECT_RESTART,
     .doc = "Arguments for the app. Those after -- on the command line follow.",
     .example = "[\"--port\", \"8080\"]"},
    {"run", "cwd", VALUE_PATH, AT(run.cwd), "\".\"", .effect = EFFECT_RESTART,
     .doc = "The directory in which the app runs."},
    {"run", "env", VALUE_MAP, AT(run.env), "{}", .effect = EFFECT_RESTART,
     .doc = "Environment variables for the app.", .example = "{ GIN_MODE = \"debug\" }"},
    {"run", "stop_signal", VALUE_SIGNAL, AT(run.stop_signal), "\"SIGTERM\"",
     .effect = EFFECT_RESTART,
     .doc = "The signal that asks the app to stop. It goes to the app's process group."},
    {"run", "stop_timeout", VALUE_DURATION, AT(run.stop_timeout_ms), "\"5s\"", 0, HOUR_MS,
     .effect = EFFECT_RESTART, .doc = "How long the app may take to stop; then it gets SIGKILL."},
    {"run", "stdin", VALUE_BOOL, AT(run.stdin_to_app), "false", .effect = EFFECT_RESTART,
     .doc = "Give the terminal's input to the app. The keys of zonda are off then."},
    {"run", "pty", VALUE_CHOICE, AT(run.pty), "\"auto\"", .choices = choice_names,
     .effect = EFFECT_RESTART,
     .doc = "Run the app on a terminal of its own, so that it keeps its colours. auto: when zonda "
            "has a terminal."},
    {"run", "restart", VALUE_CHOICE, AT(run.restart), "\"on-failure\"", .choices = restart_names,
     .effect = EFFECT_RESTART, .doc = "Whether an app that ended by itself is started again."},
    {"run", "restart_delay", VALUE_DURATION, AT(run.restart_delay_ms), "\"100ms\"", 0, HOUR_MS,
     .effect = EFFECT_RESTART,
     .doc = "The pause before the first new start. It doubles with each crash in a row, and is a "
            "fifth longer or shorter by chance."},
    {"run", "max_retries", VALUE_INT, AT(run.max_retries), "3", 0, COUNT_MAX,
     .effect = EFFECT_RESTART, .doc = "After so many crashes in a row zonda waits for a change."},
    {"run", "max_restarts", VALUE_INT, AT(run.max_restarts), "30", 1, COUNT_MAX,
     .effect = EFFECT_RESTART, .doc = "At most so many starts a minute, whatever their cause."},
    {"run", "ready_timeout", VALUE_DURATION, AT(run.ready_timeout_ms), "\"10s\"", 0, HOUR_MS,
     .effect = EFFECT_RESTART,
     .doc = "How long to wait until the app listens, before zonda says that it does not."},
    {"run", "ready_path", VALUE_URL_PATH, AT(run.ready_path), "\"\"", .effect = EFFECT_RESTART,
     .doc = "The new version is ready when GET on this path of it, on loopback and without TLS, is "
            "answered with 2xx or 3xx. Where that does not come within ready_timeout, the old "
            "version goes on serving.",
     .example = "\"/healthz\""},
    {"run", "ready_port", VALUE_INT, AT(run.ready_port), "0", 0, 65535, .effect = EFFECT_RESTART,
     .doc = "The port of ready_path. 0: the TCP port that the app listens on first."},
    {"run", "ready_log", VALUE_REGEX, AT(run.ready_log), "\"\"", .effect = EFFECT_RESTART,
     .doc = "The new version is ready when a line of its output matches this regular expression; "
            "with ready_path, when both have come.",
     .example = "\"listening on\""},
    {"run", "handoff", VALUE_BOOL, AT(run.handoff), "true", .effect = EFFECT_RESTART,
     .doc = "Hand the app's listening sockets from the old version to the new one, so that no "
            "connection is refused. Without root the app runs with no_new_privs then: sudo and "
            "ping do not work below it."},
    {"run", "overlap", VALUE_BOOL, AT(run.overlap), "true", .effect = EFFECT_RESTART,
     .doc = "Start the new version while the old one serves, and stop the old one when the new one "
            "is ready. false: stop the old one first; connections wait meanwhile."},
    {"run", "on_quit", VALUE_LIST, AT(run.on_quit), "[]", .effect = EFFECT_LIVE,
     .doc = "Command lines to run once when zonda ends, before the app is stopped.",
     .example = "[\"docker compose stop\"]"},

    {"debug", "port", VALUE_INT, AT(debug.port), "0", 0, 65535,
     .effect = EFFECT_RESTART | EFFECT_BUILD,
     .doc =
         "Run the app under Delve, which listens on this port of 127.0.0.1 for dlv connect and for "
         "editors. A reload keeps the port, and breakpoints are set again. The symbols are kept. "
         "0: no debugger.",
     .example = "2345"},
    {"debug", "command", VALUE_STRING, AT(debug.command), "\"dlv\"", .effect = EFFECT_RESTART,
     .doc = "Delve: a name on PATH, or a path.", .example = "\"/home/me/go/bin/dlv\""},
    {"debug", "optimize", VALUE_BOOL, AT(debug.optimize), "true", .effect = EFFECT_BUILD,
     .doc = "false: with a debugger the default go build does without optimizations and inlining, "
            "so that every variable and line is there (-gcflags=\"all=-N -l\"). All packages are "
            "compiled for it once."},

    {"test", "on_reload", VALUE_CHOICE, AT(test.on_reload), "\"off\"", .choices = test_names,
     .effect = EFFECT_LIVE,
     .doc = "affected: after a new version serves, and when a _test.go file was saved, run go test "
            "at low priority for the packages that the change can reach. off: run no tests."},

    {"watch", "paths", VALUE_PATHS, AT(watch.paths), "[]", .effect = EFFECT_WATCH,
     .doc = "Directories and files to watch. Default: root.", .example = "[\".\"]"},
    {"watch", "extensions", VALUE_LIST, AT(watch.extensions), "[]", .effect = EFFECT_WATCH,
     .doc = "Files with these extensions (without a dot) lead to a build, beside those that do "
            "so anyway. \"*\": all files.",
     .example = "[\"graphql\", \"proto\"]"},
    {"watch", "only_extensions", VALUE_BOOL, AT(watch.only_extensions), "false",
     .effect = EFFECT_WATCH,
     .doc = "Files with other extensions than those in extensions do nothing."},
    {"watch", "exclude", VALUE_GLOBS, AT(watch.exclude), "[]", .effect = EFFECT_WATCH,
     .doc = "Patterns as in .gitignore of what is not watched, relative to root.",
     .example = "[\"/data/\", \"*.generated.go\"]"},
    {"watch", "exclude_regex", VALUE_REGEXES, AT(watch.exclude_regex), "[]", .effect = EFFECT_WATCH,
     .doc = "Regular expressions (PCRE2) for the same, searched in the absolute path.",
     .example = "[\"_mock\\\\.go$\"]"},
    {"watch", "gitignore", VALUE_BOOL, AT(watch.gitignore), "true", .effect = EFFECT_WATCH,
     .doc = "Leave out what .gitignore files leave out."},
    {"watch", "hidden", VALUE_BOOL, AT(watch.hidden), "false", .effect = EFFECT_WATCH,
     .doc = "Watch hidden files and directories, too."},
    {"watch", "follow_symlinks", VALUE_BOOL, AT(watch.follow_symlinks), "false",
     .effect = EFFECT_WATCH, .doc = "Watch directories behind symbolic links, too."},
    {"watch", "backend", VALUE_CHOICE, AT(watch.backend), "\"auto\"", .choices = backend_names,
     .effect = EFFECT_WATCH,
     .doc = "Events from the kernel, or polling. auto: events, and polling where a file system "
            "delivers none."},
    {"watch", "poll_interval", VALUE_DURATION, AT(watch.poll_interval_ms), "\"500ms\"", 50, HOUR_MS,
     .effect = EFFECT_WATCH, .doc = "How often to look where zonda polls."},
    {"watch", "settle_max", VALUE_DURATION, AT(watch.settle_max_ms), "\"2s\"", 0, HOUR_MS,
     .effect = EFFECT_LIVE,
     .doc = "The longest time from a change to the start of its build while more changes come. A "
            "single change is built at once. 0: nothing waits."},
    {"watch", "skip_unchanged", VALUE_BOOL, AT(watch.skip_unchanged), "true",
     .effect = EFFECT_WATCH,
     .doc = "A file that was written with the same content did not change."},

    {"proxy", "port", VALUE_INT, AT(proxy.port), "0", 0, 65535, .effect = EFFECT_LIVE,
     .doc = "The port on which zonda passes requests on to the app. Pages that come from it reload "
            "themselves, and requests wait while the app starts anew. 0: no proxy.",
     .example = "8090"},
    {"proxy", "host", VALUE_STRING, AT(proxy.host), "\"127.0.0.1\"", .effect = EFFECT_LIVE,
     .doc = "The address on which the proxy listens. 0.0.0.0: all of them, for whoever can reach "
            "this machine.",
     .example = "\"0.0.0.0\""},
    {"proxy", "open", VALUE_BOOL, AT(proxy.open), "false", .effect = EFFECT_LIVE,
     .doc = "Open a browser once the app serves for the first time. Without a port, the proxy "
            "takes 8090, or one that is free."},
    {"proxy", "service", VALUE_STRING, AT(proxy.service), "\"\"", .effect = EFFECT_LIVE,
     .doc = "Of several services the one that the proxy leads to. Default: the first that is found "
            "to listen.",
     .example = "\"web\""},
    {"proxy", "app_port", VALUE_INT, AT(proxy.app_port), "0", 0, 65535, .effect = EFFECT_LIVE,
     .doc = "The app's port. 0: the first one on which it was found to listen.", .example = "8080"},
    {"proxy", "app_socket", VALUE_PATH, AT(proxy.app_socket), "\"\"", .effect = EFFECT_LIVE,
     .doc = "The app's Unix socket, where it listens on no port.",
     .example = "\".zonda/app.sock\""},
    {"proxy", "hold_timeout", VALUE_DURATION, AT(proxy.hold_timeout_ms), "\"30s\"", 0, HOUR_MS,
     .effect = EFFECT_LIVE,
     .doc = "How long a request waits for an app that is being built or started. Then it is "
            "answered with 503."},
    {"proxy", "inject", VALUE_BOOL, AT(proxy.inject), "true", .effect = EFFECT_LIVE,
     .doc = "Add the script that reloads pages and shows errors to HTML pages. Nothing else is "
            "ever changed on its way."},
    {"proxy", "https", VALUE_BOOL, AT(proxy.https), "false", .effect = EFFECT_LIVE,
     .doc = "Serve the proxy's port by HTTPS: with cert and key, or with a self-made certificate "
            "for localhost."},
    {"proxy", "cert", VALUE_PATH, AT(proxy.cert), "\"\"", .effect = EFFECT_LIVE,
     .doc = "The certificate with its chain, a PEM file.", .example = "\"localhost.pem\""},
    {"proxy", "key", VALUE_PATH, AT(proxy.key), "\"\"", .effect = EFFECT_LIVE,
     .doc = "The certificate's private key, a PEM file.", .example = "\"localhost-key.pem\""},

    {"dashboard", "port", VALUE_INT, AT(dashboard.port), "0", 0, 65535, .effect = EFFECT_LIVE,
     .doc = "The port of the dashboard, its API and the live events. 0: none.", .example = "8091"},
    {"dashboard", "host", VALUE_STRING, AT(dashboard.host), "\"127.0.0.1\"", .effect = EFFECT_LIVE,
     .doc = "The address on which it listens. Beyond this machine a token is asked for.",
     .example = "\"0.0.0.0\""},
    {"dashboard", "token", VALUE_STRING, AT(dashboard.token), "\"\"", .effect = EFFECT_LIVE,
     .doc = "The token that is asked for. Default: none on this machine, a random one beyond it.",
     .example = "\"long-and-secret\""},
    {"dashboard", "origins", VALUE_LIST, AT(dashboard.origins), "[]", .effect = EFFECT_LIVE,
     .doc = "Origins of pages that may listen to live events, beside those of this machine.",
     .example = "[\"https://shop.test\"]"},
    {"dashboard", "editor", VALUE_STRING, AT(dashboard.editor), "\"vscode\"", .effect = EFFECT_LIVE,
     .doc = "What opens a place in a file: vscode, vscodium, cursor, zed, goland, idea, sublime, "
            "vim, nvim, emacs, helix, nano, or a template with {file}, {line} and {column}. A "
            "template with :// is a link; any other is a command to copy.",
     .example = "\"nvim +{line} {file}\""},

    {"livereload", "port", VALUE_INT, AT(livereload.port), "0", 0, 65535, .effect = EFFECT_LIVE,
     .doc = "The port of a LiveReload server; extensions look for it at 35729. 0: none.",
     .example = "35729"},
    {"livereload", "host", VALUE_STRING, AT(livereload.host), "\"127.0.0.1\"",
     .effect = EFFECT_LIVE, .doc = "The address on which it listens."},

    {"log", "level", VALUE_CHOICE, AT(log.level), "\"info\"", .choices = level_names,
     .effect = EFFECT_LIVE, .doc = "How much zonda says. The app's output is not touched by it."},
    {"log", "format", VALUE_CHOICE, AT(log.format), "\"text\"", .choices = format_names,
     .effect = EFFECT_LIVE, .doc = "Lines for people, or JSON Lines for programs."},
    {"log", "file", VALUE_PATH, AT(log.file), "\"\"", .effect = EFFECT_LIVE,
     .doc = "A file that gets everything as JSON Lines.", .example = "\".zonda/zonda.log\""},
    {"log", "max_size", VALUE_SIZE, AT(log.max_size_bytes), "\"10MiB\"", 4096, UINT64_C(1) << 40,
     .effect = EFFECT_LIVE, .doc = "The log file is renamed and begun anew when it gets larger."},
    {"log", "max_files", VALUE_INT, AT(log.max_files), "5", 1, 1000, .effect = EFFECT_LIVE,
     .doc = "How many log files are kept."},
    {"log", "rate_limit", VALUE_INT, AT(log.rate_limit), "1000", 0, COUNT_MAX,
     .effect = EFFECT_LIVE,
     .doc = "Lines of the app a second in the log file. Further ones are counted. 0: no limit."},
    {"log", "time", VALUE_BOOL, AT(log.time), "false", .effect = EFFECT_LIVE,
     .doc = "Put the time of day before zonda's lines."},
    {"log", "app", VALUE_BOOL, AT(log.app), "true", .effect = EFFECT_LIVE,
     .doc = "Show the app's output."},

    {"terminal", "color", VALUE_CHOICE, AT(terminal.color), "\"auto\"", .choices = choice_names,
     .effect = EFFECT_LIVE,
     .doc = "Colours in zonda's lines. auto: on a terminal, unless NO_COLOR is set."},
    {"terminal", "clear", VALUE_BOOL, AT(terminal.clear), "false", .effect = EFFECT_LIVE,
     .doc = "Clear the screen before each reload."},
    {"terminal", "keys", VALUE_BOOL, AT(terminal.keys), "true", .effect = EFFECT_RESTART,
     .doc = "Read keys: r restart, b build, c clear, q quit, ? help."},
    {"terminal", "progress", VALUE_BOOL, AT(terminal.progress), "true", .effect = EFFECT_LIVE,
     .doc = "Show a progress line on long builds."},
    {"terminal", "banner", VALUE_STRING, AT(terminal.banner), "\"\"", .effect = EFFECT_LIVE,
     .doc = "Text to print at the start.", .example = "\"my shop\""},
    {"terminal", "color_main", VALUE_STRING, AT(terminal.color_main), "\"magenta\"",
     .choices = color_names, .effect = EFFECT_LIVE,
     .doc = "Colour of zonda's own lines. raw: no colour."},
    {"terminal", "color_watch", VALUE_STRING, AT(terminal.color_watch), "\"cyan\"",
     .choices = color_names, .effect = EFFECT_LIVE, .doc = "Colour of lines about files."},
    {"terminal", "color_build", VALUE_STRING, AT(terminal.color_build), "\"yellow\"",
     .choices = color_names, .effect = EFFECT_LIVE, .doc = "Colour of lines about builds."},
    {"terminal", "color_run", VALUE_STRING, AT(terminal.color_run), "\"green\"",
     .choices = color_names, .effect = EFFECT_LIVE, .doc = "Colour of lines about the app."},
};

const size_t SCHEMA_LEN = sizeof SCHEMA / sizeof *SCHEMA;

const struct schema_entry *schema_find(const char *section, const char *key)
{
    for (size_t i = 0; i < SCHEMA_LEN; i++)
        if (strcmp(SCHEMA[i].section, section) == 0 && strcmp(SCHEMA[i].key, key) == 0)
            return &SCHEMA[i];
    return NULL;
}

const struct schema_section *schema_section(const char *name)
{
    const struct schema_section *section = SCHEMA_SECTIONS;
    while (section->name && strcmp(section->name, name) != 0)
        section++;
    return section->name ? section : NULL;
}

const char *schema_type_words(enum value_type type)
{
    static const char *const words[] = {
        [VALUE_BOOL] = "true or false",
        [VALUE_INT] = "a whole number",
        [VALUE_DURATION] = "a duration such as \"300ms\", \"5s\" or \"2m\"",
        [VALUE_SIZE] = "a size such as \"64KiB\" or \"10MiB\"",
        [VALUE_STRING] = "a string",
        [VALUE_REGEX] = "a regular expression in quotes",
        [VALUE_URL_PATH] = "a path of a URL such as \"/healthz\"",
        [VALUE_PATH] = "a path in quotes",
        [VALUE_LIST] = "a list of strings",
        [VALUE_PATHS] = "a list of paths",
        [VALUE_GLOBS] = "a list of patterns",
        [VALUE_REGEXES] = "a list of regular expressions",
        [VALUE_COMMAND] = "a command: a string, or a list of words",
        [VALUE_MAP] = "a table of strings such as { NAME = \"value\" }",
        [VALUE_CHOICE] = "a string",
        [VALUE_SIGNAL] = "the name of a signal such as \"SIGTERM\"",
    };
    return words[type];
}
