/* Tools: where they are, which version, and how they are fetched. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "measure/bench/ask.h"
#include "measure/bench/tool_parts.h"
#include "platform/environment.h"
#include "platform/fs.h"

#define VERSION_TIMEOUT_MS 5000
#define VERSION_BYTES_MAX  ((size_t)1 << 20)
#define INSTALL_TIMEOUT_MS 900000 /* cargo compiles some hundred crates */

char *tool_bin_dir(struct err *err)
{
    struct strs env = {0};
    environment_read(&env);
    const char *cache = strs_env_get(&env, "XDG_CACHE_HOME"), *home = fs_home();
    char *dir = NULL;
    if (cache && path_is_absolute(cache))
        dir = path_join(cache, "zonda/bench/bin");
    else if (home && path_is_absolute(home))
        dir = path_join(home, ".cache/zonda/bench/bin");
    else
        (void)err_set(err, ERR_SYSTEM, "there is no HOME to install a tool in");
    strs_fini(&env);
    return dir;
}

char *bench_tool_path(const struct bench_tool *tool)
{
    struct err ignored;
    if (!tool->program)
        return NULL;
    char *path = fs_which(tool->program);
    if (path)
        return path;
    char *dir = tool_bin_dir(&ignored);
    if (!dir)
        return NULL;
    path = path_join(dir, tool->program);
    free(dir);
    if (fs_is_executable(path))
        return path;
    free(path);
    return NULL;
}

/* --- versions --- */

/* Does a version begin at this digit? "go" and "v" before it belong to it. */
static const char *version_start(const char *text, const char *digit)
{
    const char *at = digit;
    if (at - text >= 2 && strncmp(at - 2, "go", 2) == 0)
        at -= 2;
    else if (at > text && at[-1] == 'v')
        at--;
    return at == text || (!isalnum((unsigned char)at[-1]) && !strchr("._-", at[-1])) ? at : NULL;
}

char *tool_version_in(const char *text)
{
    static const char DIGITS[] = "0123456789";
    for (const char *at = text; *(at += strcspn(at, DIGITS)); at += strspn(at, DIGITS)) {
        const char *from = version_start(text, at);
        size_t major = strspn(at, DIGITS);
        if (!from || at[major] != '.' || !isdigit((unsigned char)at[major + 1]))
            continue;
        size_t len = 0;
        while (isalnum((unsigned char)at[len]) || (at[len] && strchr(".+-", at[len])))
            len++;
        while (len > 0 && !isalnum((unsigned char)at[len - 1]))
            len--;
        return mem_string_n(from, (size_t)(at - from) + len);
    }
    return mem_string("");
}

char *tool_version_of_module(const char *text)
{
    const char *line = strstr(text, "\n\tmod\t");
    const char *tab = line ? strchr(line + 6, '\t') : NULL;
    return tab ? mem_string_n(tab + 1, strcspn(tab + 1, "\t\n")) : mem_string("");
}

char *bench_tool_version(const struct bench_tool *tool, const char *path)
{
    struct strs argv = {0};
    struct buf out = BUF_INIT(VERSION_BYTES_MAX);
    struct err ignored;
    bool by_module = !tool->version[0] && tool->module;
    strs_push(&argv, by_module ? "go" : path);
    if (by_module) {
        strs_push(&argv, "version");
        strs_push(&argv, "-m");
        strs_push(&argv, path);
    }
    for (size_t i = 0; i < 3 && tool->version[i]; i++)
        strs_push(&argv, tool->version[i]);
    struct bench_ask ask = {
        .argv = &argv, .dir = "/", .timeout_ms = VERSION_TIMEOUT_MS, .joined = true};
    (void)bench_ask(&ask, &out, &ignored); /* its usage comes with a status of its own */
    char *version =
        by_module ? tool_version_of_module(buf_text(&out)) : tool_version_in(buf_text(&out));
    buf_fini(&out);
    strs_fini(&argv);
    return version;
}

/* --- installing --- */

static int by_hand(const struct bench_tool *tool, struct err *err)
{
    (void)err_set(err, ERR_APP, "%s cannot be installed from here", tool->name);
    err_hint(err, "install %s", tool->package_hint ? tool->package_hint : tool->name);
    return ERR_APP;
}

static int run_client(const struct strs *argv, const struct strs *env, struct err *err)
{
    struct buf out = BUF_INIT((size_t)4 << 20);
    struct bench_ask ask = {
        .argv = argv, .env = env, .dir = "/", .timeout_ms = INSTALL_TIMEOUT_MS, .aloud = true};
    int result = bench_ask(&ask, &out, err);
    buf_fini(&out);
    return result;
}

static int install_into(const struct bench_tool *tool, const char *dir, struct err *err)
{
    struct strs argv = {0}, env = {0};
    if (tool->module) {
        strs_push(&argv, "go");
        strs_push(&argv, "install");
        strs_pushf(&argv, "%s@latest", tool->module);
        strs_pushf(&env, "GOBIN=%s", dir);
    } else {
        char *root = path_dir(dir); /* cargo adds the bin */
        strs_push(&argv, "cargo");
        strs_push(&argv, "install");
        strs_push(&argv, "--locked");
        strs_push(&argv, "--root");
        strs_push(&argv, root);
        strs_push(&argv, tool->crate);
        free(root);
    }
    int result = run_client(&argv, &env, err);
    if (result != 0)
        err_hint(err, "install %s by hand so that it is in PATH, or leave it out with --tools",
                 tool->name);
    strs_fini(&argv);
    strs_fini(&env);
    return result == 0 ? 0 : ERR_APP;
}

int bench_tool_install(const struct bench_tool *tool, struct err *err)
{
    char *cargo = tool->crate ? fs_which("cargo") : NULL;
    bool can = tool->module || cargo;
    free(cargo);
    if (!can)
        return by_hand(tool, err);
    char *dir = tool_bin_dir(err);
    int result = dir ? fs_mkdirs(dir, 0755, err) : err->code;
    if (result == 0)
        result = install_into(tool, dir, err);
    free(dir);
    return result;
}
