/*
 * What is built and what is run: from the config alone where it says so, from the Go module where
 * it does not.
 */
#include "engine/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/words.h"
#include "build/golang/child.h"
#include "build/golang/discover.h"
#include "build/golang/flags.h"
#include "build/golang/gomod.h"
#include "platform/fs.h"

static bool is_set(const struct command *command)
{
    return command->words.len || (command->line && *command->line);
}

/* From `go build -o OUTPUT … PACKAGE`: both, where they are there. */
static void read_go_build(const struct config *config, struct target *target)
{
    const struct command *command = &config->build.command;
    struct strs words = {0};
    struct err err;
    if (command->words.len)
        strs_copy(&words, &command->words);
    else if (words_need_shell(command->line) || words_split(command->line, &words, &err) != 0)
        strs_clear(&words);
    bool is_build = words.len >= 2 && strcmp(path_base(words.at[0]), "go") == 0 &&
                    strcmp(words.at[1], "build") == 0;
    for (size_t i = 2; is_build && i < words.len; i++) {
        if (strcmp(words.at[i], "-o") == 0 && i + 1 < words.len) {
            char *output = path_join(config->root, words.at[++i]);
            if (!target->artifact)
                target->artifact = path_clean(output);
            free(output);
        } else if (words.at[i][0] == '.' && !target->package) {
            target->package = mem_string(words.at[i]);
        }
    }
    if (is_build && !target->package)
        target->package = mem_string(".");
    strs_fini(&words);
}

static int find_custom(const struct config *config, struct target *target, struct err *err)
{
    struct err ignored;
    target->builds = true;
    target->artifact = build_artifact(config, NULL, false);
    if (!target->package && *config->build.package)
        target->package = mem_string(config->build.package);
    read_go_build(config, target);
    if (target->is_go && !target->package)
        target->package = discover_main(config->root, &ignored);
    if (target->artifact || is_set(&config->run.command))
        return 0;
    err_set(err, ERR_CONFIG, "it is not known what to run after the build");
    err_hint(err, "set [build] output to the file that the command makes, or [run] command");
    return ERR_CONFIG;
}

/* The nearest directory above root that is a Go module. Heap, or NULL. */
static char *module_above(const char *root)
{
    char *dir = path_dir(root);
    while (!fs_has_file(dir, "go.mod")) {
        if (strcmp(dir, "/") == 0) {
            free(dir);
            return NULL;
        }
        char *above = path_dir(dir);
        free(dir);
        dir = above;
    }
    return dir;
}

static int nothing_to_run(const struct config *config, struct err *err)
{
    char *module = module_above(config->root);
    err_set(err, ERR_CONFIG,
            "there is nothing to build or run: %s has no go.mod and no [run] command is set",
            config->root);
    if (module) {
        /* The way back up, as it is typed. */
        const char *below = path_below(module, config->root);
        char up[PATH_BYTES_MAX] = "..";
        for (const char *at = below; (at = strchr(at, '/')) && strlen(up) + 4 < sizeof up; at++)
            (void)snprintf(up + strlen(up), sizeof up - strlen(up), "/..");
        err_hint(err, "it is part of a module: cd %s && zonda --build.package=./%s", up, below);
    } else {
        err_hint(err, "start zonda in a Go module, or write a zonda.toml with `zonda init`");
    }
    free(module);
    return ERR_CONFIG;
}

static int find_default(const struct config *config, struct target *target, struct err *err)
{
    if (!target->is_go) {
        if (is_set(&config->run.command))
            return 0;
        return nothing_to_run(config, err);
    }
    target->is_default = target->builds = true;
    target->package = *config->build.package ? mem_string(config->build.package)
                                             : discover_main(config->root, err);
    if (!target->package)
        return err->code;
    target->artifact = build_artifact(config, target->package, true);
    return 0;
}

/* The command of a debugger: the symbols are kept for it. */
static bool has_debugger(const struct config_run *run)
{
    struct strs words = {0};
    struct err ignored;
    bool has = false;
    if (run->command.words.len)
        strs_copy(&words, &run->command.words);
    else if (run->command.line)
        (void)words_split(run->command.line, &words, &ignored);
    STRS_EACH (word, &words) {
        const char *base = path_base(*word);
        has = has || strcmp(base, "dlv") == 0 || strcmp(base, "gdb") == 0;
    }
    strs_fini(&words);
    return has;
}

/* Who builds it: zonda itself, where that is what is wanted and what is understood. */
static void find_direct(const struct config *config, struct target *target)
{
    struct goplain plain = {0};
    if (!target->is_go || !target->builds)
        return;
    target->debug_info = config->build.debug_info || has_debugger(&config->run);
    if (config->build.go == GO_COMMAND)
        return;
    if (target->is_default) {
        target->is_direct = goflags_understood(&config->build.flags, NULL, target->why_not);
        target->go_package = go_package(config->root, target->package);
        target->go_output = mem_string(target->artifact);
        strs_copy(&target->go_flags, &config->build.flags);
    } else if (goplain_read(&config->build.command, &plain, target->why_not)) {
        char *output = path_join(config->root, plain.output);
        target->is_direct = !fs_is_dir(output);
        target->go_package = mem_string(plain.package);
        target->go_output = path_clean(output);
        strs_copy(&target->go_flags, &plain.flags);
        free(output);
        goplain_fini(&plain);
    }
}

static char *name_of(const struct config *config, const struct target *target)
{
    if (target->package && strcmp(target->package, ".") != 0 && strcmp(target->package, "./") != 0)
        return mem_string(path_base(target->package));
    char *module = discover_module(config->root);
    char *name = mem_string(path_base(module ? module : config->root));
    free(module);
    return name;
}

int target_find(const struct config *config, struct target *target, struct err *err)
{
    *target = (struct target){0};
    target->is_go = gomod_is_in(config->root);
    int result = is_set(&config->build.command) ? find_custom(config, target, err)
                                                : find_default(config, target, err);
    if (result == 0) {
        target->name = name_of(config, target);
        find_direct(config, target);
    }
    if (result != 0)
        target_fini(target);
    return result;
}

void target_fini(struct target *target)
{
    free(target->package);
    free(target->artifact);
    free(target->name);
    free(target->go_package);
    free(target->go_output);
    strs_fini(&target->go_flags);
    *target = (struct target){0};
}
