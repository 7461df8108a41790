#include "watch/ignore.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/regex.h"
#include "platform/fs.h"
#include "watch/ignore_rules.h"

struct ignore_file {
    const struct ignore_file *above;
    char *dir;        /* what its patterns are relative to */
    const char *name; /* for people */
    struct ignore_rules rules;
};

struct ignore {
    const struct config *config;
    struct ignore_rules exclude;
    VEC(struct regex *) regexes; /* as config->watch.exclude_regex; NULL where one is wrong */
    VEC(struct ignore_file *) files;
};

struct ignore *ignore_new(const struct config *config)
{
    struct ignore *ignore = mem_new(1, sizeof *ignore);
    ignore->config = config;
    STRS_EACH (pattern, &config->watch.exclude)
        ignore_rules_add(&ignore->exclude, *pattern, strlen(*pattern), 0, true);
    STRS_EACH (pattern, &config->watch.exclude_regex) {
        struct err err;
        vec_push(&ignore->regexes, regex_new(*pattern, &err));
    }
    return ignore;
}

void ignore_free(struct ignore *ignore)
{
    if (!ignore)
        return;
    for (size_t i = 0; i < ignore->files.len; i++) {
        ignore_rules_fini(&ignore->files.at[i]->rules);
        free(ignore->files.at[i]->dir);
        free(ignore->files.at[i]);
    }
    vec_fini(&ignore->files);
    for (size_t i = 0; i < ignore->regexes.len; i++)
        regex_free(ignore->regexes.at[i]);
    vec_fini(&ignore->regexes);
    ignore_rules_fini(&ignore->exclude);
    free(ignore);
}

static const struct ignore_file *load(struct ignore *ignore, const struct ignore_file *above,
                                      const char *dir, const char *name)
{
    struct buf text = BUF_INIT(IGNORE_FILE_BYTES_MAX);
    struct err err;
    char *path = path_join(dir, name);
    if (fs_read(path, &text, &err) == 0 && text.len) {
        struct ignore_file *file = mem_new(1, sizeof *file);
        file->above = above;
        file->dir = mem_string(dir);
        file->name = name;
        ignore_rules_parse(&file->rules, text.data, text.len);
        vec_push(&ignore->files, file);
        above = file;
    }
    free(path);
    buf_fini(&text);
    return above;
}

const struct ignore_file *ignore_enter(struct ignore *ignore, const struct ignore_file *above,
                                       const char *dir, bool has_file)
{
    if (!has_file || !ignore->config->watch.gitignore)
        return above;
    return load(ignore, above, dir, ".gitignore");
}

/* The top of the git repository that dir is in, or NULL. */
static char *repository(const char *dir)
{
    char *at = mem_string(dir);
    for (;;) {
        char *git = path_join(at, ".git");
        bool found = fs_stat(git, true).kind != FS_NONE;
        free(git);
        if (found)
            return at;
        if (strcmp(at, "/") == 0 || strcmp(at, ".") == 0)
            break;
        char *up = path_dir(at);
        free(at);
        at = up;
    }
    free(at);
    return NULL;
}

const struct ignore_file *ignore_above(struct ignore *ignore, const char *dir)
{
    if (!ignore->config->watch.gitignore)
        return NULL;
    char *top = repository(dir);
    if (!top)
        return NULL;
    const struct ignore_file *files = load(ignore, NULL, top, ".git/info/exclude");
    const char *below = path_below(top, dir);
    while (below && *below) {
        char *at = mem_string_n(dir, (size_t)(below - dir) - (below - dir > 1));
        files = load(ignore, files, at, ".gitignore");
        free(at);
        below = strchr(below, '/');
        below = below ? below + 1 : NULL;
    }
    free(top);
    return files;
}

/* Hidden names under which a configuration is looked for, where none was found. */
static bool may_become_config(const struct config *config, const char *path)
{
    const char *name = config->file ? NULL : path_below(config->root, path);
    return name && (strcmp(name, ".zonda.toml") == 0 || strcmp(name, ".air.toml") == 0);
}

bool ignore_is_named(const struct ignore *ignore, const char *path)
{
    const struct config *config = ignore->config;
    return (config->file && strcmp(config->file, path) == 0) || may_become_config(config, path) ||
           strs_has(&config->env_files, path) || strs_has(&config->watch.paths, path);
}

/* Gives true, so that a verdict is one expression. */
static bool because(struct buf *reason, const char *before, const char *rule, const char *after)
{
    if (reason)
        (void)buf_printf(reason, "%s%s%s", before, rule, after);
    return true;
}

static bool is_ours(const struct config *config, const char *path, struct buf *reason)
{
    if (config->tmp_dir && *config->tmp_dir && strcmp(config->tmp_dir, config->root) != 0 &&
        path_below(config->tmp_dir, path))
        return because(reason, "it is in tmp_dir (", config->tmp_dir, ")");
    if (config->build.output && *config->build.output && strcmp(config->build.output, path) == 0)
        return because(reason, "it is what the build makes", "", "");
    return false;
}

static bool is_never_watched(const char *name, struct buf *reason)
{
    static const char *const NAMES[] = {".git", ".hg", ".svn", ".jj", "node_modules"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strcmp(NAMES[i], name) == 0)
            return because(reason, name, " is never watched", "");
    return false;
}

static bool has_end(const char *name, size_t len, const char *end)
{
    size_t end_len = strlen(end);
    return len > end_len && memcmp(name + len - end_len, end, end_len) == 0;
}

/* What editors leave beside the file they save: vim, emacs, JetBrains, GLib's editors, Kate. */
static bool is_dropping(const char *name)
{
    size_t len = strlen(name);
    static const char *const ENDS[] = {"~",         ".swp",         ".swx",         ".swo",
                                       ".kate-swp", "___jb_tmp___", "___jb_old___", "___jb_bak___"};
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++)
        if (has_end(name, len, ENDS[i]))
            return true;
    return strncmp(name, ".#", 2) == 0 || (len > 2 && name[0] == '#' && name[len - 1] == '#') ||
           strcmp(name, "4913") == 0 || strcmp(name, ".DS_Store") == 0 ||
           strncmp(name, ".goutputstream-", 15) == 0 || strstr(name, ".tmp___jb_") != NULL;
}

/* By watch.exclude and watch.exclude_regex: 1 left out, -1 let in, 0 nothing said. */
static int by_config(const struct ignore *ignore, const char *path, bool is_dir, struct buf *reason)
{
    const struct config *config = ignore->config;
    const char *below = path_below(config->root, path);
    const struct ignore_rule *rule =
        ignore->exclude.list.len
            ? ignore_rules_match(&ignore->exclude, below && *below ? below : path, is_dir)
            : NULL;
    if (rule && !rule->negated)
        return because(reason, "watch.exclude has the pattern ", rule->text, "");
    for (size_t i = 0; i < ignore->regexes.len; i++)
        if (ignore->regexes.at[i] && regex_match(ignore->regexes.at[i], path))
            return because(reason, "watch.exclude_regex has ", config->watch.exclude_regex.at[i],
                           "");
    return rule ? -1 : 0;
}

static bool is_env_name(const char *name)
{
    return strncmp(name, ".env", 4) == 0 && (name[4] == '\0' || name[4] == '.');
}

static bool by_git(const struct ignore_file *files, const char *path, bool is_dir,
                   struct buf *reason)
{
    for (const struct ignore_file *file = files; file; file = file->above) {
        const char *below = path_below(file->dir, path);
        const struct ignore_rule *rule =
            below && *below ? ignore_rules_match(&file->rules, below, is_dir) : NULL;
        if (!rule)
            continue;
        if (!rule->negated && reason)
            (void)buf_printf(reason, "%s/%s:%d has the pattern %s", file->dir, file->name,
                             rule->line, rule->text);
        return !rule->negated;
    }
    return false;
}

bool ignore_entry(const struct ignore *ignore, const struct ignore_file *files, const char *path,
                  bool is_dir, struct buf *reason)
{
    const char *name = path_base(path);
    const struct config *config = ignore->config;
    if (ignore_is_named(ignore, path))
        return false;
    if (is_ours(config, path, reason) || is_never_watched(name, reason))
        return true;
    if (!is_dir && is_dropping(name))
        return because(reason, "it is an editor's temporary file", "", "");
    int said = by_config(ignore, path, is_dir, reason);
    if (said)
        return said > 0;
    if (!is_dir && is_env_name(name))
        return false;
    if (name[0] == '.' && !config->watch.hidden)
        return because(reason, "it is hidden (watch.hidden = false)", "", "");
    return by_git(files, path, is_dir, reason);
}

bool ignore_text_matches(const char *text, size_t len, const char *path, bool is_dir)
{
    struct ignore_rules rules = {0};
    ignore_rules_parse(&rules, text, len);
    bool ignored = false;
    for (const char *slash = path; !ignored && (slash = strchr(slash, '/')); slash++) {
        char *dir = mem_string_n(path, (size_t)(slash - path));
        const struct ignore_rule *rule = *dir ? ignore_rules_match(&rules, dir, true) : NULL;
        ignored = rule && !rule->negated;
        free(dir);
    }
    if (!ignored) {
        const struct ignore_rule *rule = ignore_rules_match(&rules, path, is_dir);
        ignored = rule && !rule->negated;
    }
    ignore_rules_fini(&rules);
    return ignored;
}
