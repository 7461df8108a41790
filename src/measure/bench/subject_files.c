/* Which templates, static files and configuration a project has: by their names and places. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/vec.h"
#include "measure/bench/subject_parts.h"
#include "measure/bench/walk.h"

struct found {
    char *file;
    int rank; /* the smaller the better; -1: no candidate */
};
struct files {
    VEC(struct found) found[KINDS];
};

static bool is_any(const char *const *words, const char *word)
{
    for (; *words; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

/* Is a directory of the path one of words? */
static bool is_below_any(const char *const *words, const char *file)
{
    bool below = false;
    for (const char *at = file, *slash; !below && (slash = strchr(at, '/')); at = slash + 1) {
        char *part = mem_string_n(at, (size_t)(slash - at));
        below = is_any(words, part);
        free(part);
    }
    return below;
}

static size_t depth_of(const char *file)
{
    size_t depth = 0;
    for (; *file; file++)
        depth += *file == '/';
    return depth;
}

/* The name up to its first dot. */
static bool stem_is_any(const char *const *words, const char *name)
{
    char *stem = mem_string_n(name, strcspn(name, "."));
    bool any = is_any(words, stem);
    free(stem);
    return any;
}

/* --- what a file is --- */

static int rank_template(const char *file, const char *name)
{
    static const char *const EXTENSIONS[] = {"html", "tmpl", "tpl", "gohtml", NULL};
    static const char *const PLACES[] = {"templates", "template", "views", "view",
                                         "web",       "layouts",  "pages", NULL};
    static const char *const FIRST[] = {"index", "home", "layout", "base", "main", NULL};
    static const char *const OTHER[] = {"docs",     "doc",   "public", "static", "dist",
                                        "coverage", "email", "emails", "mail",   NULL};
    if (!is_any(EXTENSIONS, path_ext(name)))
        return -1;
    int rank = is_below_any(PLACES, file) ? 0 : 10;
    rank += is_below_any(OTHER, file) ? 20 : 0;
    return rank + (stem_is_any(FIRST, name) ? 0 : 1);
}

static int rank_static(const char *file, const char *name)
{
    static const char *const PLACES[] = {"static", "public", "assets", "www", "css", "js", NULL};
    bool css = strcmp(path_ext(name), "css") == 0, script = strcmp(path_ext(name), "js") == 0;
    if ((!css && !script) || !is_below_any(PLACES, file))
        return -1;
    return (css ? 0 : 1) + (strstr(name, ".min.") ? 10 : 0);
}

static int rank_config(const char *file, const char *name)
{
    static const char *const EXTENSIONS[] = {"toml", "yaml", "yml", NULL};
    static const char *const PLACES[] = {"config", "configs", "conf", "settings", NULL};
    static const char *const FIRST[] = {"config",      "app",   "application", "settings",
                                        "development", "local", "dev",         NULL};
    /* Of tools: an app reads none of these. */
    static const char *const TOOLS[] = {"zonda",
                                        "load",
                                        "air",
                                        "refresh",
                                        "docker-compose",
                                        "compose",
                                        "Taskfile",
                                        "taskfile",
                                        "goreleaser",
                                        "codecov",
                                        "openapi",
                                        "swagger",
                                        "sqlc",
                                        "buf",
                                        "mkdocs",
                                        "netlify",
                                        "fly",
                                        "pnpm-lock",
                                        "pnpm-workspace",
                                        "Chart",
                                        "values",
                                        "skaffold",
                                        "devspace",
                                        "render",
                                        "renovate",
                                        "golangci",
                                        "Cargo",
                                        "pyproject",
                                        "kustomization",
                                        "mise",
                                        "lefthook",
                                        "cloudbuild",
                                        "docker-bake",
                                        "railway",
                                        NULL};
    static const char *const OTHER[] = {"docs",    "deploy",    "deployments", "k8s",    "charts",
                                        "helm",    "scripts",   "test",        "tests",  "api",
                                        "testing", "manifests", "static",      "public", NULL};
    if (strcmp(name, ".env") == 0)
        return *file == '.' ? 5 : 15;
    if (!is_any(EXTENSIONS, path_ext(name)) || *name == '.' || stem_is_any(TOOLS, name) ||
        is_below_any(OTHER, file))
        return -1;
    if (stem_is_any(FIRST, name))
        return is_below_any(PLACES, file) || !strchr(file, '/') ? 0 : 2;
    return is_below_any(PLACES, file) ? 3 : 10;
}

/* --- the walk --- */

bool subject_skips(const char *dir)
{
    static const char *const ANYWHERE[] = {".git", ".hg", ".svn", ".jj", "node_modules", NULL};
    return is_any(ANYWHERE, path_base(dir)) || strcmp(dir, "tmp") == 0 ||
           strcmp(dir, ".zonda") == 0;
}

/* Where no template, static file or configuration of the project itself is. */
static bool is_foreign(const char *name)
{
    return *name == '.' || *name == '_' || strcmp(name, "vendor") == 0 ||
           strcmp(name, "testdata") == 0;
}

static int take(void *data, const char *file, enum fs_kind kind, struct err *err)
{
    struct files *files = data;
    const char *name = path_base(file);
    (void)err;
    if (kind == FS_DIR)
        return subject_skips(file) || is_foreign(name) ? WALK_PAST : WALK_ON;
    if (kind != FS_FILE)
        return WALK_ON;
    int ranks[KINDS] = {-1, -1, rank_template(file, name), rank_static(file, name),
                        rank_config(file, name)};
    for (int i = 0; i < KINDS; i++)
        if (ranks[i] >= 0)
            vec_push(&files->found[i],
                     ((struct found){.file = mem_string(file), .rank = ranks[i]}));
    return WALK_ON;
}

/* --- the choice --- */

static int compare(const void *left, const void *right)
{
    const struct found *a = left, *b = right;
    size_t a_depth = depth_of(a->file), b_depth = depth_of(b->file);
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    if (a_depth != b_depth)
        return a_depth < b_depth ? -1 : 1;
    return strcmp(a->file, b->file);
}

static bool is_markable(const struct bench_subject *subject, enum bench_kind kind, const char *file)
{
    char *path = path_join(subject->root, file);
    struct buf text = BUF_INIT(SUBJECT_FILE_MAX);
    struct err ignored;
    bool markable = subject_try_mark(kind, path, &text, &ignored) > 0;
    buf_fini(&text);
    free(path);
    return markable;
}

static void choose(struct bench_subject *subject, struct files *files, enum bench_kind kind)
{
    static const char *const NONE[KINDS] = {
        [KIND_TEMPLATE] = "no HTML template that could carry a mark",
        [KIND_STATIC] = "no CSS or JavaScript in a directory for static files",
        [KIND_CONFIG] = "no TOML, YAML or .env of the app",
    };
    struct strs *candidates = &subject->candidates[kind];
    if (files->found[kind].len)
        qsort(files->found[kind].at, files->found[kind].len, sizeof(struct found), compare);
    VEC_EACH (const struct found, found, &files->found[kind])
        if (candidates->len < BENCH_CANDIDATES_MAX && is_markable(subject, kind, found->file))
            strs_push(candidates, found->file);
    struct bench_edit_file *file = &subject->files[kind];
    file->path = mem_string(candidates->len ? candidates->at[0] : NULL);
    file->why = candidates->len > 1    ? mem_format("the likeliest of %zu", candidates->len)
                : candidates->len == 1 ? mem_string("the only one")
                                       : mem_string(NONE[kind]);
}

int subject_find_files(struct bench_subject *subject, struct err *err)
{
    struct files files = {0};
    int result = bench_walk(subject->root, take, &files, err);
    for (int kind = KIND_TEMPLATE; kind < KINDS; kind++) {
        if (result == 0)
            choose(subject, &files, (enum bench_kind)kind);
        VEC_EACH (struct found, found, &files.found[kind])
            free(found->file);
        vec_fini(&files.found[kind]);
    }
    return result;
}
