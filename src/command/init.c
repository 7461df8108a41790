#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "build/golang/discover.h"
#include "build/golang/gomod.h"
#include "command/project.h"
#include "config/schema.h"
#include "platform/fs.h"

#define INIT_FILE      "zonda.toml"
#define MAINS_SHOWN    8
#define INIT_BYTES_MAX ((size_t)1 << 20)

struct findings {
    struct strs mains;
    char *package; /* to be named in the file, or NULL */
    char *module;
    char *old; /* the configuration that is in force now, or NULL */
    bool is_go, has_env_file, loads_env;
};

/* Does go.mod require the package that reads .env files? */
static bool requires_godotenv(const char *dir)
{
    char *path = path_join(dir, "go.mod");
    struct buf text = BUF_INIT((size_t)1 << 20);
    struct err ignored;
    bool does = fs_read(path, &text, &ignored) == 0 &&
                strstr(buf_text(&text), "github.com/joho/godotenv") != NULL;
    buf_fini(&text);
    free(path);
    return does;
}

static int look(const char *dir, struct findings *found, struct err *err)
{
    found->is_go = gomod_is_in(dir);
    found->module = discover_module(dir);
    found->old = config_find(dir);
    found->has_env_file = fs_has_file(dir, ".env");
    found->loads_env = requires_godotenv(dir);
    if (!found->is_go)
        return 0;
    int failed = discover_mains(dir, &found->mains, err);
    if (!failed && found->mains.len > 1) {
        struct err several;
        found->package = discover_main(dir, &several);
        if (!found->package)
            found->package = mem_string(found->mains.at[0]);
    }
    return failed;
}

static void findings_fini(struct findings *found)
{
    strs_fini(&found->mains);
    free(found->package);
    free(found->module);
    free(found->old);
}

/* The others, as far as anybody reads, and last the one that was chosen. */
static void tell_mains(const struct findings *found)
{
    size_t shown = 0;
    for (size_t i = 0; i < found->mains.len && shown < MAINS_SHOWN; i++)
        if (strcmp(found->mains.at[i], found->package) != 0) {
            (void)printf("  Main package %s\n", found->mains.at[i]);
            shown++;
        }
    if (found->mains.len > shown + 1)
        (void)printf("  … and %zu more\n", found->mains.len - shown - 1);
    (void)printf("  Main package %s: the one to run; change build.package for another\n",
                 found->package);
}

static void tell(const char *dir, const struct findings *found)
{
    (void)printf("Wrote " INIT_FILE ".\n");
    if (!found->is_go)
        (void)printf("  No go.mod is here: say in build.command and run.command what to do.\n");
    else if (found->module)
        (void)printf("  Go module %s\n", found->module);
    if (found->is_go && found->mains.len == 0)
        (void)printf("  No main package was found yet: name one in build.package.\n");
    else if (found->mains.len == 1)
        (void)printf("  Main package %s\n", found->mains.at[0]);
    else if (found->mains.len > 1)
        tell_mains(found);
    if (found->has_env_file)
        (void)printf("  .env: %s\n", found->loads_env ? "the app reads it by itself (godotenv)"
                                                      : "zonda reads it for the app");
    if (found->old && strcmp(path_base(found->old), INIT_FILE) != 0)
        (void)printf("  %s is here too: zonda reads it as it stands where there is no " INIT_FILE
                     ";\n  from now on " INIT_FILE " wins. Remove the one that you do not want.\n",
                     path_show(dir, found->old));
    (void)printf("Start with: zonda\n");
}

static int run(const struct arguments *arguments)
{
    struct err err = {0};
    struct findings found = {0};
    struct buf text = BUF_INIT(INIT_BYTES_MAX);
    char *dir = fs_cwd();
    char *path = path_join(dir, INIT_FILE);
    int failed = 0;
    if (!arguments->force && fs_stat(path, false).kind != FS_NONE) {
        failed = err_set(&err, ERR_USAGE, INIT_FILE " is already here");
        err_hint(&err, "zonda init --force replaces it");
    }
    if (!failed)
        failed = look(dir, &found, &err);
    if (!failed) {
        struct init_facts facts = {
            .package = found.package,
            .mains = &found.mains,
            .has_env_file = found.has_env_file,
            .loads_env_itself = found.loads_env,
        };
        schema_write_init(&facts, &text);
        failed = fs_write(path, buf_text(&text), text.len, 0644, &err);
    }
    if (!failed && !arguments->quiet)
        tell(dir, &found);
    int status = failed ? command_report(&err) : EXIT_OK;
    buf_fini(&text);
    findings_fini(&found);
    free(path);
    free(dir);
    return status;
}

const struct command_entry COMMAND_INIT = {
    .name = "init",
    .usage = "zonda init [--force]",
    .summary = "Write a zonda.toml that fits this project",
    .help =
        "Looks at the project (main packages, .env, another tool's configuration) and writes a\n"
        "commented zonda.toml with every key and its default. Nothing is replaced without\n"
        "--force. A project without the file works as well: zonda finds the main package.",
    .run = run,
};
