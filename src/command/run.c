#include <stdlib.h>

#include "command/command.h"
#include "command/project.h"
#include "compat/dialects.h"
#include "engine/engine.h"
#include "platform/environment.h"
#include "platform/fs.h"

static int run(const struct arguments *arguments)
{
    struct problems problems = {0};
    struct strs env = {0};
    struct err err;
    char *dir = fs_cwd();
    int result;
    environment_read(&env);
    struct config_request request = {.file = arguments->config_file,
                                     .dir = dir,
                                     .flags = &arguments->flags,
                                     .env = &env,
                                     .app_args = &arguments->app_args,
                                     .dialects = COMPAT_DIALECTS,
                                     .lenient = true};
    if (arguments->words.len) {
        err_set(&err, ERR_USAGE, "zonda run takes no word, found %s", arguments->words.at[0]);
        err_hint(&err, "arguments for the app go after --: zonda -- %s", arguments->words.at[0]);
        result = command_report(&err);
        goto out;
    }
    struct config *config = config_load(&request, &problems);
    if (!config) {
        project_problems(&problems);
        result = EXIT_CONFIG;
        goto out;
    }
    result = engine_run(&request, config, &problems, &err);
    if (result < 0)
        result = command_report(&err);
out:
    problems_fini(&problems);
    strs_fini(&env);
    free(dir);
    return result;
}

const struct command_entry COMMAND_RUN = {
    .name = "run",
    .usage = "zonda [run] [-c FILE] [--SECTION.KEY=VALUE …] [-- APP-ARGUMENT …]",
    .summary = "Build and run the project, and reload it on every change (the default)",
    .help = "Finds zonda.toml, .air.toml or, in a Go module, the main package, and serves it.\n"
            "Keys: r restart, b build, c clear, q quit, ? help. SIGUSR1 builds and restarts.",
    .run = run,
};
