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
    int result = EXIT_CONFIG;
    environment_read(&env);
    struct config_request request = {.file = arguments->config_file,
                                     .dir = dir,
                                     .flags = &arguments->flags,
                                     .env = &env,
                                     .app_args = &arguments->app_args,
                                     .services = &arguments->words,
                                     .dialects = COMPAT_DIALECTS,
                                     .lenient = true};
    struct config *config = config_load(&request, &problems);
    if (config)
        result = engine_run(&request, config, &problems, &err);
    else
        project_problems(&problems);
    if (result < 0)
        result = command_report(&err);
    problems_fini(&problems);
    strs_fini(&env);
    free(dir);
    return result;
}

const struct command_entry COMMAND_RUN = {
    .name = "run",
    .usage = "zonda [run [SERVICE …]] [-c FILE] [--SECTION.KEY=VALUE …] [-- APP-ARGUMENT …]",
    .summary = "Build and run the project, and reload it on every change (the default)",
    .help =
        "Finds zonda.toml, .air.toml or, in a Go module, the main package, and serves it. Of a\n"
        "project with several services it runs all, or each SERVICE and what that depends on.\n"
        "Keys: r restart, b build, c clear, q quit, ? help. SIGUSR1 builds and restarts.",
    .run = run,
};
