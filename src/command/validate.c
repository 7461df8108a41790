#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/project.h"
#include "platform/fs.h"

/* One file (NULL: the one that is found); the exit status. */
static int validate(const struct arguments *arguments, const char *file, const char *shown)
{
    struct problems problems = {0};
    struct config *config = NULL;
    if (file && fs_is_dir(file))
        problems_add(&problems, true, shown, 0, 0,
                     "name a file in it, or start zonda validate there", "this is a directory");
    else
        config = project_config(arguments, file, &problems);
    bool ok = config && problems.errors == 0;
    project_problems(&problems);
    if (!ok)
        (void)fprintf(stderr, "%s: %d error%s, %d warning%s\n", shown, problems.errors,
                      problems.errors == 1 ? "" : "s", problems.warnings,
                      problems.warnings == 1 ? "" : "s");
    else if (!arguments->quiet && problems.warnings)
        (void)printf("%s: ok, with %d warning%s\n", shown, problems.warnings,
                     problems.warnings == 1 ? "" : "s");
    else if (!arguments->quiet)
        (void)printf("%s: ok\n", shown);
    if (config)
        config_free(config);
    problems_fini(&problems);
    return ok ? EXIT_OK : EXIT_CONFIG;
}

/* No FILE was named. */
static int validate_found(const struct arguments *arguments)
{
    char *dir = fs_cwd();
    char *found = arguments->config_file ? NULL : config_find(dir);
    const char *shown = arguments->config_file;
    if (!shown)
        shown = !found ? "no configuration file (the defaults apply)"
                : strncmp(found, dir, strlen(dir)) == 0 ? found + strlen(dir) + 1
                                                        : found;
    int status = validate(arguments, NULL, shown);
    free(found);
    free(dir);
    return status;
}

static int run(const struct arguments *arguments)
{
    if (arguments->words.len == 0)
        return validate_found(arguments);
    int status = EXIT_OK;
    STRS_EACH (file, &arguments->words) {
        if (strcmp(*file, "-") == 0) {
            struct err err;
            err_set(&err, ERR_USAGE, "validate does not read standard input");
            err_hint(&err, "name a file: zonda validate zonda.toml");
            return command_report(&err);
        }
        if (validate(arguments, *file, *file) != EXIT_OK)
            status = EXIT_CONFIG;
    }
    return status;
}

const struct command_entry COMMAND_VALIDATE = {
    .name = "validate",
    .usage = "zonda validate [FILE]...",
    .summary = "Check configuration files and tell every mistake",
    .help = "Reads each FILE (zonda.toml, .air.toml, air.toml), or the one that zonda would find "
            "here,\n"
            "and prints what is wrong as file:line:column with a hint. Variables named\n"
            "ZONDA_SECTION_KEY and options are checked too. Exit status 0, or 3 where there is an\n"
            "error: fit for CI and for a pre-commit hook.",
    .run = run,
};
