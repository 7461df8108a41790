/* What only the whole configuration can say: the root, the paths below it, tmp_dir. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "config/reading.h"
#include "config/value.h"
#include "platform/fs.h"

struct check {
    const struct config_request *request;
    const char *base, *shown;
    struct config *config;
    struct problems *problems;
};

/* Tells a problem of one value where it came from: the file, the variable or the flag. */
static void tell(const struct check *check, bool error, const char *section, const char *key,
                 const char *hint, const char *message, const char *path)
{
    const struct schema_entry *entry = schema_find(section, key);
    struct origin origin = check->config->origins[entry - SCHEMA];
    const char *dot = *entry->section ? "." : "";
    char *where = origin.kind == ORIGIN_FLAG
                      ? mem_format("--%s%s%s", entry->section, dot, entry->key)
                      : mem_string(origin.kind == ORIGIN_FILE ? check->shown : NULL);
    problems_add(check->problems, error, where, origin.line, origin.column, hint, "%s %s%s%s", key,
                 path, *message ? " " : "", message);
    free(where);
}

static bool is_dangerous(const char *path)
{
    const char *home = fs_home();
    char *real = home && *home ? fs_real(home) : NULL;
    bool is =
        strcmp(path, "/") == 0 || strcmp(path, "/root") == 0 || (real && strcmp(real, path) == 0);
    free(real);
    return is;
}

/* False where there is no such directory; paths below it then mean nothing. */
static bool settle_root(const struct check *check)
{
    struct config *config = check->config;
    const struct schema_entry *entry = schema_find("", "root");
    enum origin_kind origin = config->origins[entry - SCHEMA].kind;
    bool given_now = origin == ORIGIN_FLAG || origin == ORIGIN_VARIABLE;
    char *given = mem_string(*config->root ? config->root : ".");
    char *path = value_path(given_now ? check->request->dir : check->base, given);
    char *real = fs_real(path);
    bool is_dir = real && fs_is_dir(real);
    if (!is_dir)
        tell(check, true, "", "root", "name the directory that holds go.mod, or leave root out",
             real ? "is no directory" : "does not exist", given);
    mem_replace(&config->root, is_dir ? real : path);
    free(real);
    free(path);
    free(given);
    if (is_dir && is_dangerous(config->root) && !config->allow_dangerous_root)
        tell(check, true, "", "root",
             "start zonda in the project's directory, or allow it with --allow_dangerous_root",
             "is refused: everything below it would be watched", config->root);
    return is_dir;
}

/* tmp_dir is never watched, and clean_on_exit removes it. */
static void check_tmp_dir(const struct check *check)
{
    const struct config *config = check->config;
    if (!*config->tmp_dir)
        tell(check, true, "", "tmp_dir", "leave it out for the default", "", "is empty");
    else if (path_below(config->tmp_dir, config->root) || is_dangerous(config->tmp_dir))
        tell(check, true, "", "tmp_dir",
             "name a directory that holds nothing else: nothing in it is watched, and "
             "clean_on_exit removes it",
             "holds the project or more", config->tmp_dir);
}

static void check_watch_paths(const struct check *check)
{
    struct strs *paths = &check->config->watch.paths;
    if (paths->len == 0)
        strs_push(paths, check->config->root);
    STRS_EACH (path, paths)
        if (fs_stat(*path, true).kind == FS_NONE)
            tell(check, false, "watch", "paths", "nothing there is watched", "does not exist",
                 *path);
}

static bool is_go(void *data, const char *name, enum fs_kind kind)
{
    bool *found = data;
    *found = kind != FS_DIR && strcmp(path_ext(name), "go") == 0;
    return !*found;
}

/* What a build may still make is worth a warning only. */
static void check_what_runs(const struct check *check)
{
    const struct config *config = check->config;
    const char *package = config->build.package, *cwd = config->run.cwd;
    struct err ignored;
    if (*cwd && !fs_is_dir(cwd))
        tell(check, false, "run", "cwd", "the app is started there: make it, or leave cwd out",
             fs_stat(cwd, true).kind == FS_NONE ? "does not exist" : "is no directory", cwd);
    if (*package != '.' && *package != '/')
        return; /* an import path or nothing: Go finds it */
    char *dir = path_join(config->root, package);
    bool found = false;
    if (!fs_is_dir(dir))
        tell(check, false, "build", "package",
             "name the directory of a main package: \"./cmd/api\"", "is no directory", package);
    else if (fs_each(dir, is_go, &found, &ignored) == 0 && !found)
        tell(check, false, "build", "package",
             "name the directory of a main package: \"./cmd/api\"", "has no Go file", package);
    free(dir);
}

/* A debugger needs symbols. */
static void imply_debug(struct config *config)
{
    if (!config->debug.port)
        return;
    config->build.debug_info = true;
    if (!config->debug.optimize)
        strs_push(&config->build.flags, "-gcflags=all=-N -l");
}

static void check_proxy(const struct check *check)
{
    if (!*check->config->proxy.host)
        tell(check, true, "proxy", "host", "leave it out for 127.0.0.1", "", "is empty");
}

void config_check(const struct config_request *request, const char *base, const char *shown,
                  bool runs, struct config *config, struct problems *problems)
{
    struct check check = {request, base, shown, config, problems};
    if (!settle_root(&check))
        return;
    for (size_t i = 0; i < SCHEMA_LEN; i++)
        if (strcmp(SCHEMA[i].key, "root") != 0)
            value_resolve(&SCHEMA[i], config, config->root);
    check_tmp_dir(&check);
    check_watch_paths(&check);
    check_proxy(&check);
    if (!runs)
        return;
    check_what_runs(&check);
    imply_debug(config);
}
