#include <string.h>

#include "base/path.h"
#include "watch/classify_parts.h"

#define LEN(array) (sizeof(array) / sizeof *(array))

static bool is_one_of(const char *text, const char *const *list, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (strcmp(list[i], text) == 0)
            return true;
    return false;
}

/* --- configurations --- */

bool classify_own_config(const struct config *config, const char *path, struct verdict *verdict)
{
    static const char *const OURS[] = {"zonda.toml", ".zonda.toml", ".config/zonda.toml"};
    static const char *const OTHERS[] = {".air.toml", "air.toml", ".config/air.toml"};
    bool in_force = config->file && strcmp(config->file, path) == 0;
    bool ours_in_force = config->kind && strcmp(config->kind, "zonda.toml") == 0;
    const char *name = path_below(config->root, path);
    bool is_ours = name && is_one_of(name, OURS, LEN(OURS));
    bool is_other = name && is_one_of(name, OTHERS, LEN(OTHERS));
    /* One that comes is read where there was none that goes before it. */
    if (in_force || (is_ours && !ours_in_force) || (is_other && !config->file)) {
        verdict->config = true;
        return verdict_is(verdict, ACTION_IGNORE, "is zonda's configuration: it is read again");
    }
    if (is_ours || is_other)
        return verdict_is(verdict, ACTION_IGNORE, "is a configuration that is not in force");
    return false;
}

static bool is_env_name(const char *name)
{
    static const char *const MODELS[] = {"example", "sample", "template", "dist"};
    return strcmp(name, ".env") == 0 ||
           (strncmp(name, ".env.", 5) == 0 && !is_one_of(path_ext(name), MODELS, LEN(MODELS)));
}

bool classify_env_file(const struct classify *classify, const char *path, struct verdict *verdict)
{
    if (strs_has(&classify->config->env_files, path))
        return verdict_is(verdict, ACTION_RESTART, "is one of env_files");
    if (!is_env_name(path_base(path)))
        return false;
    bool loads = classify->graph && graph_loads_env(classify->graph);
    return verdict_is(verdict, ACTION_RESTART,
                      loads ? "is an environment file, and the app reads such files at its start"
                            : "is an environment file: the app may read it at its start");
}

/* Is path below a directory of this name, in the project? */
static bool is_in(const struct config *config, const char *path, const char *const *names,
                  size_t len)
{
    for (const char *at = path_show(config->root, path), *slash; (slash = strchr(at, '/'));
         at = slash + 1)
        for (size_t i = 0; i < len; i++)
            if (strlen(names[i]) == (size_t)(slash - at) &&
                memcmp(names[i], at, (size_t)(slash - at)) == 0)
                return true;
    return false;
}

static bool is_static(const struct config *config, const char *path)
{
    static const char *const DIRS[] = {"static", "public", "assets"};
    return is_in(config, path, DIRS, LEN(DIRS));
}

bool classify_app_config(const struct config *config, const char *path, struct verdict *verdict)
{
    static const char *const EXTENSIONS[] = {"yaml", "yml",  "toml",      "json",
                                             "ini",  "conf", "properties"};
    static const char *const FOREIGN[] = {"node_modules"};
    if (!is_one_of(path_ext(path), EXTENSIONS, LEN(EXTENSIONS)) ||
        is_in(config, path, FOREIGN, LEN(FOREIGN)))
        return false;
    return verdict_is(verdict, ACTION_RESTART,
                      "is a configuration file: the app may read it at its start");
}

/* --- templates and static files --- */

static bool is_template(const char *path, bool in_static)
{
    static const char *const ALWAYS[] = {"tmpl", "tpl", "gohtml", "gotmpl"};
    static const char *const OUTSIDE[] = {"html", "htm"};
    const char *ext = path_ext(path);
    return is_one_of(ext, ALWAYS, LEN(ALWAYS)) ||
           (!in_static && is_one_of(ext, OUTSIDE, LEN(OUTSIDE)));
}

static bool by_template(const struct classify *classify, struct verdict *verdict)
{
    const char *where = NULL;
    enum template_mode mode =
        classify->graph ? graph_templates(classify->graph, &where) : TEMPLATES_UNKNOWN;
    const char *gin_mode = classify->app_env ? strs_env_get(classify->app_env, "GIN_MODE") : NULL;
    bool debug = !gin_mode || !*gin_mode || strcmp(gin_mode, "debug") == 0;
    const char *open = where ? " (" : "", *close = where ? ")" : "";
    where = where ? where : "";
    if (mode == TEMPLATES_RELOAD && debug)
        return verdict_is(verdict, ACTION_REFRESH,
                          "is a template, and Gin reads it again for each request%s%s%s", open,
                          where, close);
    if (mode == TEMPLATES_RELOAD)
        return verdict_is(verdict, ACTION_RESTART,
                          "is a template, and with GIN_MODE=%.32s Gin reads it at the start only",
                          gin_mode);
    if (mode == TEMPLATES_ONCE)
        return verdict_is(verdict, ACTION_RESTART,
                          "is a template, and the app reads it at its start only%s%s%s", open,
                          where, close);
    return verdict_is(verdict, ACTION_RESTART,
                      "is a template, and nothing says that the app reads it again by itself");
}

bool classify_web(const struct classify *classify, const char *path, struct verdict *verdict)
{
    static const char *const EXTENSIONS[] = {
        "css", "js",  "mjs",  "map", "wasm", "webmanifest", "png",  "jpg",   "jpeg",
        "gif", "svg", "ico",  "bmp", "webp", "avif",        "woff", "woff2", "ttf",
        "otf", "eot", "webm", "mp3", "mp4",  "ogg",         "wav",  "pdf"};
    bool in_static = is_static(classify->config, path);
    if (is_template(path, in_static))
        return by_template(classify, verdict);
    if (in_static)
        return verdict_is(verdict, ACTION_REFRESH,
                          "is in a directory of static files: the app serves it as it is");
    if (is_one_of(path_ext(path), EXTENSIONS, LEN(EXTENSIONS)))
        return verdict_is(verdict, ACTION_REFRESH, "is a static file: the app serves it as it is");
    return false;
}
