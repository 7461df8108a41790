/* Which file holds the configuration. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "config/reading.h"
#include "platform/fs.h"

/* In this order: zonda's own names, then those of other tools. */
static const char *const own_names[] = {"zonda.toml", ".zonda.toml", ".config/zonda.toml"};
static const char *const other_names[] = {".air.toml", "air.toml", ".config/air.toml"};

static char *first_of(const char *dir, const char *const *names, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char *path = path_join(dir, names[i]);
        if (fs_is_file(path))
            return path;
        free(path);
    }
    return NULL;
}

static char *find_own(const char *dir)
{
    return first_of(dir, own_names, sizeof own_names / sizeof *own_names);
}

static char *find_other(const char *dir)
{
    return first_of(dir, other_names, sizeof other_names / sizeof *other_names);
}

char *config_find(const char *dir)
{
    char *found = find_own(dir);
    return found ? found : find_other(dir);
}

char *config_find_request(const struct config_request *request)
{
    char *found = find_own(request->dir);
    for (size_t i = 0; !found && request->dialects && request->dialects[i]; i++) {
        const char *variable = request->dialects[i]->dir_variable;
        const char *dir = variable && request->env ? strs_env_get(request->env, variable) : NULL;
        if (!dir || !*dir)
            continue;
        char *joined = path_join(request->dir, dir);
        char *clean = path_clean(joined);
        found = find_other(clean);
        free(joined);
        free(clean);
    }
    return found ? found : find_other(request->dir);
}

const struct config_dialect *config_dialect_named(const struct config_request *request,
                                                  const char *file)
{
    for (size_t i = 0; request->dialects && request->dialects[i]; i++)
        for (const char *const *name = request->dialects[i]->file_names; *name; name++)
            if (strcmp(*name, path_base(file)) == 0)
                return request->dialects[i];
    return NULL;
}
