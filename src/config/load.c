#include "config/load.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "config/reading.h"
#include "config/value.h"
#include "platform/fs.h"

#define OWN_KIND "zonda.toml"

struct config *config_new(void)
{
    struct config *config = mem_new(1, sizeof *config);
    config->origins = mem_new(SCHEMA_LEN, sizeof *config->origins);
    config->version = 1;
    for (size_t i = 0; i < SCHEMA_LEN; i++)
        value_set_fallback(&SCHEMA[i], config);
    return config;
}

/* Whose language the file speaks; NULL: zonda's. */
static const struct config_dialect *dialect_of(const struct config_request *request,
                                               const char *file, const struct node *root)
{
    const struct config_dialect *dialect = config_dialect_named(request, file);
    if (dialect || strcmp(path_base(file), "zonda.toml") == 0 ||
        strcmp(path_base(file), ".zonda.toml") == 0)
        return dialect;
    for (size_t i = 0; request->dialects && request->dialects[i]; i++)
        if (request->dialects[i]->recognises(root))
            return request->dialects[i];
    return NULL;
}

/* The directory of the project that the file is for. Heap. */
static char *base_of(const struct config_request *request, const struct config_dialect *dialect,
                     const char *file)
{
    if (dialect) {
        const char *given = dialect->dir_variable && request->env
                                ? strs_env_get(request->env, dialect->dir_variable)
                                : NULL;
        return path_join(request->dir, given && *given ? given : ".");
    }
    char *dir = path_dir(file);
    if (strcmp(path_base(dir), ".config") != 0)
        return dir;
    char *above = path_dir(dir);
    free(dir);
    return above;
}

struct config *config_load_text(const struct config_request *request, const char *file,
                                const char *text, size_t len, struct problems *problems)
{
    struct config *config = config_new();
    const char *shown = file ? path_show(request->dir, file) : NULL;
    struct node *root = file ? toml_parse(text, len, shown, problems) : NULL;
    const struct config_dialect *dialect = root ? dialect_of(request, file, root) : NULL;
    struct reading reading = {.config = config,
                              .problems = problems,
                              .file = shown,
                              .env = request->env,
                              .lenient = dialect && request->lenient};
    char *base = file ? base_of(request, dialect, file) : mem_string(request->dir);
    config->file = mem_string(file);
    config->kind = mem_string(dialect ? dialect->kind : file ? OWN_KIND : "none");
    if (dialect)
        dialect->read(root, &reading);
    else if (root)
        reading_own(root, &reading);
    layer_variables(request, config, problems);
    layer_flags(request, config, problems);
    config_check(request, base, shown, !node_get(root, "service"), config, problems);
    if (request->app_args)
        strs_copy(&config->app_args, request->app_args);
    services_read(request, dialect ? NULL : root, shown, config, problems);
    problems_sort(problems);
    node_free(root);
    free(base);
    if (problems->errors == 0)
        return config;
    config_free(config);
    return NULL;
}

/* The directory as the kernel knows it, so that the file's name compares with those of events; the
   file itself may be a link. Heap. */
static char *real_name(const char *dir, const char *file)
{
    char *joined = path_join(dir, file);
    char *clean = path_clean(joined);
    char *above = path_dir(clean);
    char *real = fs_real(above);
    char *name = path_join(real ? real : above, path_base(clean));
    free(joined);
    free(clean);
    free(above);
    free(real);
    return name;
}

struct config *config_load(const struct config_request *request, struct problems *problems)
{
    char *found = request->file ? mem_string(request->file) : config_find_request(request);
    char *file = found ? real_name(request->dir, found) : NULL;
    struct buf text = BUF_INIT(TOML_BYTES_MAX + 1);
    struct config *config = NULL;
    struct err err;
    const char *shown = file ? path_show(request->dir, file) : NULL;
    if (file && fs_stat(file, true).kind == FS_NONE)
        problems_add(problems, true, shown, 0, 0, "zonda init writes a zonda.toml",
                     "there is no such file");
    else if (file && fs_read(file, &text, &err) != 0)
        problems_add(problems, true, shown, 0, 0, *err.hint ? err.hint : NULL, "%s", err.message);
    else
        config = config_load_text(request, file, buf_text(&text), text.len, problems);
    buf_fini(&text);
    free(file);
    free(found);
    return config;
}
