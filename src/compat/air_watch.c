/* What air watches: include_…, exclude_…, delay, poll. */
#include <stdlib.h>
#include <string.h>

#include "base/glob.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/regex.h"
#include "base/words.h"
#include "compat/air_parts.h"
#include "config/value.h"

#define POLL_MIN_MS      50 /* of zonda; air's is 500 */
#define POLL_FALLBACK_MS 500

static bool is_outside(const char *clean)
{
    return path_is_absolute(clean) || strcmp(clean, "..") == 0 || strncmp(clean, "../", 3) == 0;
}

/* --- exclude_… --- */

/* air compares the whole path below root: no name at any depth, no pattern. */
static void exclude_dir(struct air *air, const char *dir)
{
    char *clean = path_clean(dir);
    if (strcmp(clean, ".") != 0 && !is_outside(clean)) {
        char *quoted = air_quote_glob(clean);
        char *pattern = mem_format("/%s/", quoted);
        if (!strs_has(&air->config->watch.exclude, pattern))
            strs_push(&air->config->watch.exclude, pattern);
        free(pattern);
        free(quoted);
    }
    free(clean);
}

static void check_excluded(struct air *air, const struct node *dir)
{
    char *clean = path_clean(dir->text);
    if (is_outside(clean) || strcmp(clean, ".") == 0)
        reading_warning(air->reading, place_of_value(dir), "write it relative to root",
                        "exclude_dir has '%.80s', which is no directory below root: it excludes "
                        "nothing",
                        dir->text);
    else if (strpbrk(clean, "*?["))
        reading_warning(air->reading, place_of_value(dir),
                        "exclude_regex takes regular expressions, exclude_file takes patterns",
                        "exclude_dir has '%.80s', but takes paths: only a directory of exactly "
                        "that name is excluded",
                        dir->text);
    free(clean);
}

static void read_excluded_dirs(struct air *air)
{
    static const char *const defaults[] = {"assets", "vendor", "testdata"};
    const struct node *dirs = air_get(air, "build", "exclude_dir");
    const struct node *testdata = air_get(air, "", "testdata_dir");
    exclude_dir(air, testdata ? testdata->text : "testdata");
    for (size_t i = 0; !dirs && i < sizeof defaults / sizeof *defaults; i++)
        exclude_dir(air, defaults[i]);
    if (!dirs)
        return;
    NODES_EACH(dir, dirs)
    {
        if (!*dir->text)
            continue;
        check_excluded(air, dir);
        exclude_dir(air, dir->text);
    }
    reading_came(air->reading, "watch", "exclude", dirs);
}

static void read_excluded_files(struct air *air)
{
    const struct node *files = air_get(air, "build", "exclude_file");
    if (!files)
        return;
    NODES_EACH(file, files)
    {
        struct err err;
        if (!*file->text)
            continue;
        char *clean = path_clean(file->text);
        if (is_outside(clean))
            reading_warning(air->reading, place_of_value(file), "write it relative to root",
                            "exclude_file has '%.80s', which is not below root: it excludes "
                            "nothing",
                            file->text);
        else if (glob_check(clean, &err) != 0)
            reading_err(air->reading, place_of_value(file), &err);
        else
            strs_pushf(&air->config->watch.exclude, "/%s", clean);
        free(clean);
    }
}

static void read_excluded_regexes(struct air *air)
{
    const struct node *regexes = air_get(air, "build", "exclude_regex");
    struct strs *out = &air->config->watch.exclude_regex;
    if (!regexes) {
        strs_push(out, "_test.go");
        return;
    }
    NODES_EACH(pattern, regexes)
    {
        struct err err;
        if (!*pattern->text)
            continue;
        struct regex *regex = regex_new(pattern->text, &err);
        if (regex)
            strs_push(out, pattern->text);
        else
            reading_err(air->reading, place_of_value(pattern), &err);
        regex_free(regex);
    }
    reading_came(air->reading, "watch", "exclude_regex", regexes);
}

/* --- include_… --- */

/* Does the build command run nothing but `go build`? Then the import graph says which Go files
   matter; else each of them does, as with air. */
static bool is_go_build(const char *line)
{
    struct strs words = {0};
    struct err err;
    bool is = !words_need_shell(line) && words_split(line, &words, &err) == 0 && words.len >= 2 &&
              strcmp(path_base(words.at[0]), "go") == 0 && strcmp(words.at[1], "build") == 0;
    strs_fini(&words);
    return is;
}

/* The rule that makes files with these extensions lead to a build, templates included. */
static void push_build_rule(struct air *air, struct rule *rule)
{
    if (rule->match.len)
        vec_push(&air->config->rules, *rule);
    else
        rule_fini(rule);
}

static void add_extension(struct air *air, const char *text, bool go_by_graph, struct rule *rule)
{
    char *extension = air_extension(text);
    struct config_watch *watch = &air->config->watch;
    if (*extension)
        strs_push(&watch->extensions, extension);
    if (strcmp(extension, "*") == 0) {
        watch->only_extensions = false;
        strs_push(&rule->match, "*");
        if (go_by_graph)
            strs_push(&rule->match_not, "*.go");
    } else if (*extension && !(go_by_graph && strcmp(extension, "go") == 0)) {
        char *quoted = air_quote_glob(extension);
        strs_pushf(&rule->match, "*.%s", quoted);
        free(quoted);
    }
    free(extension);
}

static void read_extensions(struct air *air)
{
    static const char *const defaults[] = {"go", "tpl", "tmpl", "html"};
    const struct node *extensions = air_get(air, "build", "include_ext");
    bool by_graph = is_go_build(air->config->build.command.line);
    struct rule rule = {.name = mem_string("include_ext"),
                        .action = ACTION_BUILD,
                        .line = extensions ? extensions->line : 0};
    air->config->watch.only_extensions = true;
    for (size_t i = 0; !extensions && i < sizeof defaults / sizeof *defaults; i++)
        add_extension(air, defaults[i], by_graph, &rule);
    if (extensions) {
        NODES_EACH(extension, extensions)
        add_extension(air, extension->text, by_graph, &rule);
        reading_came(air->reading, "watch", "extensions", extensions);
    }
    push_build_rule(air, &rule);
}

/* Directories outside root are watched beside it, others instead of it. */
static void read_included_dirs(struct air *air)
{
    const struct node *dirs = air_get(air, "build", "include_dir");
    struct strs *paths = &air->config->watch.paths;
    bool inside = false;
    if (!dirs)
        return;
    NODES_EACH(dir, dirs)
    {
        char *clean = path_clean(dir->text);
        if (*dir->text) {
            strs_push(paths, clean);
            inside = inside || !is_outside(clean);
        }
        free(clean);
    }
    if (paths->len && !inside)
        strs_push(paths, ".");
    reading_came(air->reading, "watch", "paths", dirs);
}

/* Each is watched by its name, whatever else is excluded, and builds whatever its extension. */
static void read_included_files(struct air *air)
{
    const struct node *files = air_get(air, "build", "include_file");
    struct strs *paths = &air->config->watch.paths;
    struct rule rule = {.name = mem_string("include_file"),
                        .action = ACTION_BUILD,
                        .line = files ? files->line : 0};
    if (files && files->len && paths->len == 0)
        strs_push(paths, ".");
    for (size_t i = 0; files && i < files->len; i++) {
        char *clean = path_clean(files->at[i].text);
        if (*files->at[i].text && strcmp(clean, ".") != 0) {
            char *quoted = air_quote_glob(clean);
            strs_push(paths, clean);
            strs_pushf(&rule.match, "%s%s", path_is_absolute(clean) ? "" : "/", quoted);
            free(quoted);
        }
        free(clean);
    }
    push_build_rule(air, &rule);
}

/* --- delay, poll and the rest --- */

static void read_poll(struct air *air)
{
    const struct node *poll = air_get(air, "build", "poll");
    const struct node *interval = air_get(air, "build", "poll_interval");
    if (poll) {
        air->config->watch.backend = air_is_true(poll) ? WATCH_POLL : WATCH_AUTO;
        reading_came(air->reading, "watch", "backend", poll);
    }
    air->config->watch.poll_interval_ms = POLL_FALLBACK_MS;
    if (!interval || interval->number == 0)
        return;
    if (interval->number < POLL_MIN_MS) {
        reading_warning(air->reading, place_of_value(interval), NULL,
                        "poll_interval is %d ms, but zonda looks every %d ms at most",
                        (int)interval->number, POLL_MIN_MS);
        air->config->watch.poll_interval_ms = POLL_MIN_MS;
        return;
    }
    air_set_number(air, "watch", "poll_interval", (uint64_t)interval->number, interval);
}

void air_read_watch(struct air *air)
{
    const struct node *delay = air_get(air, "build", "delay");
    const struct node *follow = air_get(air, "build", "follow_symlink");
    const struct node *unchanged = air_get(air, "build", "exclude_unchanged");
    air->config->watch.gitignore = false; /* air does not know it */
    read_excluded_dirs(air);
    read_excluded_files(air);
    read_excluded_regexes(air);
    read_included_dirs(air);
    read_included_files(air);
    read_extensions(air);
    read_poll(air);
    if (delay)
        air_set_number(air, "watch", "settle_max", (uint64_t)delay->number, delay);
    if (follow)
        air_set_bool(air, "watch", "follow_symlinks", air_is_true(follow), follow);
    if (unchanged)
        air_set_bool(air, "watch", "skip_unchanged", air_is_true(unchanged), unchanged);
}
