#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/words.h"
#include "build/golang/child.h"
#include "build/golang/discover.h"
#include "build/golang/go_build.h"
#include "build/parts.h"
#include "build/tmp_dir.h"
#include "platform/fs.h"

/* --- command lines --- */

static int push_line(struct build *build, enum build_phase phase, const char *line, struct err *err)
{
    struct step step = {.phase = phase, .shown = mem_string(line)};
    int failed = 0;
    if (words_need_shell(line)) {
        strs_push(&step.argv, "/bin/sh");
        strs_push(&step.argv, "-c");
        strs_push(&step.argv, line);
    } else {
        failed = words_split(line, &step.argv, err);
    }
    vec_push(&build->steps, step);
    if (!failed && step.argv.len == 0)
        failed = err_set(err, ERR_CONFIG, "a command is empty");
    return failed;
}

static int push_command(struct build *build, enum build_phase phase, const struct command *command,
                        struct err *err)
{
    if (!command->words.len)
        return push_line(build, phase, command->line ? command->line : "", err);
    struct buf shown = BUF_INIT((size_t)4096);
    struct step step = {.phase = phase};
    strs_copy(&step.argv, &command->words);
    STRS_EACH (word, &command->words) {
        if (shown.len)
            (void)buf_putc(&shown, ' ');
        words_quote(&shown, *word);
    }
    step.shown = buf_steal(&shown);
    vec_push(&build->steps, step);
    return 0;
}

static int push_lines(struct build *build, enum build_phase phase, const struct strs *lines,
                      struct err *err)
{
    int failed = 0;
    for (size_t i = 0; i < lines->len && !failed; i++)
        if (lines->at[i][strspn(lines->at[i], " \t")] != '\0')
            failed = push_line(build, phase, lines->at[i], err);
    return failed;
}

/* --- the default go build --- */

static bool is_version(const char *name)
{
    return name[0] == 'v' && name[1] && name[1 + strspn(name + 1, "0123456789")] == '\0';
}

/* The last part of an import path that says something, as go build names its output: not "v2". */
static char *name_of_module(const char *module)
{
    const char *base = path_base(module);
    if (!is_version(base) || base == module)
        return mem_string(base);
    char *dir = path_dir(module);
    char *name = mem_string(path_base(dir));
    free(dir);
    return name;
}

static char *name_of(const struct config *config, const char *package)
{
    if (config->service)
        return mem_string(config->service);
    char *clean = path_clean(package);
    char *module = strcmp(clean, ".") == 0 ? discover_module(config->root) : NULL;
    char *name;
    if (module)
        name = name_of_module(module);
    else if (strcmp(clean, ".") == 0)
        name = mem_string(path_base(config->root));
    else
        name = name_of_module(clean);
    if (!*name || *name == '.')
        mem_replace(&name, "app");
    free(module);
    free(clean);
    return name;
}

char *build_artifact(const struct config *config, const char *package, bool is_default)
{
    if (config->build.output && *config->build.output)
        return mem_string(config->build.output);
    if (!is_default)
        return NULL;
    char *name = name_of(config, package ? package : ".");
    char *bin = path_join(config->tmp_dir, "bin");
    char *artifact = path_join(bin, name);
    free(bin);
    free(name);
    return artifact;
}

static int push_go_build(struct build *build, const char *package, struct err *err)
{
    const struct config *config = build->config;
    build->work = tmp_dir_work(config->tmp_dir, err);
    if (!build->work)
        return err->code;
    build->place = mem_new(1, sizeof *build->place);
    build->place->artifact = build_artifact(config, package, true);
    build->place->running = build->running;
    build->place->fresh = path_join(build->work, path_base(build->place->artifact));
    char *name = go_package(config->root, package);
    struct go_build go = {.package = name,
                          .output = build->place->fresh,
                          .flags = &config->build.flags,
                          .env = &build->env,
                          .debug_info = config->build.debug_info};
    struct step step = {
        .phase = BUILD_MAIN, .is_go = true, .shown = mem_format("go build %s", package)};
    int failed = go_build_command(&go, &step.argv, err);
    vec_push(&build->steps, step);
    free(name);
    return failed;
}

/* --- the direct one --- */

static int push_direct(struct build *build, const struct build_request *request, struct err *err)
{
    const struct command *command = &request->config->build.command;
    build->work = tmp_dir_work(request->config->tmp_dir, err);
    if (!build->work)
        return err->code;
    build->direct = request->direct;
    build->place = mem_new(1, sizeof *build->place);
    build->place->running = build->running;
    build->place->artifact = mem_string(request->output);
    build->place->fresh = path_join(build->work, path_base(request->output));
    struct step step = {.phase = BUILD_MAIN, .is_direct = true};
    if (request->is_default || !command->line || !*command->line)
        step.shown = mem_format("go build %s", request->package);
    else
        step.shown = mem_string(command->line);
    vec_push(&build->steps, step);
    return 0;
}

/* --- all of them --- */

int steps_make(struct build *build, const struct build_request *request, struct err *err)
{
    const struct config_build *config = &request->config->build;
    int failed = push_lines(build, BUILD_BEFORE, &config->before, err);
    if (!failed && request->direct)
        failed = push_direct(build, request, err);
    else if (!failed && request->is_default)
        failed = push_go_build(build, request->package ? request->package : ".", err);
    else if (!failed)
        failed = push_command(build, BUILD_MAIN, &config->command, err);
    if (!failed)
        failed = push_lines(build, BUILD_AFTER, &config->after, err);
    return failed;
}

int steps_make_one(struct build *build, const struct command *command, struct err *err)
{
    return push_command(build, BUILD_MAIN, command, err);
}

void steps_fini(struct build *build)
{
    VEC_EACH (struct step, step, &build->steps) {
        strs_fini(&step->argv);
        free(step->shown);
    }
    vec_fini(&build->steps);
}
