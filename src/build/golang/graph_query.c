#include <stdlib.h>
#include <string.h>

#include "base/glob.h"
#include "base/path.h"
#include "build/golang/graph_parts.h"
#include "build/golang/source.h"
#include "platform/fs.h"

#define EMBED_ALL "all:"

static const struct graph_package *package_of(const struct graph *graph, const char *path)
{
    const char *base = path_base(path);
    size_t len = (size_t)(base - path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    VEC_EACH (struct graph_package, package, &graph->packages)
        if (strlen(package->dir) == len && memcmp(package->dir, path, len) == 0)
            return package;
    return NULL;
}

static bool is_native(const char *name)
{
    static const char *const EXTENSIONS[] = {"c",   "cc",  "cpp",  "cxx",     "m",   "h",   "hh",
                                             "hpp", "hxx", "f",    "F",       "for", "f90", "s",
                                             "S",   "sx",  "swig", "swigcxx", "syso"};
    const char *ext = path_ext(name);
    for (size_t i = 0; i < sizeof EXTENSIONS / sizeof *EXTENSIONS; i++)
        if (strcmp(ext, EXTENSIONS[i]) == 0)
            return true;
    return false;
}

/* --- embedding: package embed of the standard library --- */

/* Has a component of rest (after what the pattern matched) a name that a directory's embedding
   passes over? */
static bool hides(const char *rest)
{
    for (const char *at = rest; at; at = strchr(at, '/')) {
        at += *at == '/';
        if (*at == '.' || *at == '_')
            return true;
    }
    return false;
}

/* Does the pattern match name (relative to the package), or a directory above it? */
static bool pattern_embeds(const char *pattern, const char *name)
{
    bool all = strncmp(pattern, EMBED_ALL, sizeof EMBED_ALL - 1) == 0;
    char *anchored = mem_format("/%s", pattern + (all ? sizeof EMBED_ALL - 1 : 0));
    char *part = mem_string(name);
    bool matches =
        strcmp(anchored, "/.") == 0 ? all || !hides(name) : glob_match_git(anchored, part);
    for (char *slash; !matches && (slash = strrchr(part, '/'));) {
        *slash = '\0';
        matches = glob_match_git(anchored, part) && (all || !hides(name + (slash - part)));
    }
    free(part);
    free(anchored);
    return matches;
}

/* The package that embeds path, or would. */
static const struct graph_package *embedder_of(const struct graph *graph, const char *path)
{
    VEC_EACH (struct graph_package, package, &graph->packages) {
        const char *name = path_below(package->dir, path);
        if (!name || !*name)
            continue;
        if (strs_has(&package->embedded, name))
            return package;
        STRS_EACH (pattern, &package->patterns)
            if (pattern_embeds(*pattern, name))
                return package;
    }
    return NULL;
}

/* --- files --- */

/* A Go file of a package of main that the go command did not take: it is new, or its constraints
   left it out then. */
static bool fits_now(const struct graph *graph, const char *path)
{
    struct buf text = BUF_INIT(SOURCE_BYTES_MAX);
    struct err ignored;
    (void)fs_read(path, &text, &ignored); /* gone again: its name decides */
    bool fits = constraint_fits(&graph->tags, path_base(path), buf_text(&text), text.len);
    buf_fini(&text);
    return fits;
}

static enum graph_file go_file(const struct graph *graph, const struct graph_package *package,
                               const char *path)
{
    const char *name = path_base(path);
    if (source_is_test(name))
        return GRAPH_TEST;
    if (!package)
        return GRAPH_UNUSED;
    if (strs_has(&package->go, name))
        return GRAPH_BUILT;
    return fits_now(graph, path) ? GRAPH_BUILT : GRAPH_EXCLUDED;
}

enum graph_file graph_file(const struct graph *graph, const char *path, const char **package)
{
    const struct graph_package *here = package_of(graph, path);
    const struct graph_package *embedder = embedder_of(graph, path);
    const char *name = path_base(path);
    enum graph_file kind = GRAPH_NOT_GO;
    if (strcmp(path_ext(name), "go") == 0)
        kind = go_file(graph, here, path);
    else if (here && (strs_has(&here->native, name) ||
                      (is_native(name) && (here->cgo || here->native.len))))
        kind = constraint_name_fits(&graph->tags, name) ? GRAPH_BUILT : GRAPH_EXCLUDED;
    if (kind != GRAPH_BUILT && embedder) {
        kind = GRAPH_EMBEDDED;
        here = embedder;
    }
    if (package)
        *package = here ? here->path : NULL;
    return kind;
}

unsigned long long graph_file_header(const struct graph *graph, const char *path)
{
    const struct graph_package *package = package_of(graph, path);
    const char *name = path_base(path);
    for (size_t i = 0; package && i < package->headers.len; i++)
        if (strcmp(package->go.at[i], name) == 0)
            return package->headers.at[i];
    return 0;
}

const struct strs *graph_outside_dirs(const struct graph *graph, const char *root)
{
    strs_clear(graph->outside);
    VEC_EACH (struct graph_package, package, &graph->packages) {
        if (path_below(root, package->dir))
            continue;
        /* The whole module, so that new packages in it are seen; but no directory above root. */
        const char *dir = package->module_dir;
        if (!dir || path_below(dir, root) || !path_below(dir, package->dir))
            dir = package->dir;
        if (!strs_has(graph->outside, dir))
            strs_push(graph->outside, dir);
    }
    return graph->outside;
}

size_t graph_packages(const struct graph *graph)
{
    return graph->count;
}

const char *graph_main_dir(const struct graph *graph)
{
    return graph->main_dir;
}

enum template_mode graph_templates(const struct graph *graph, const char **where)
{
    if (where)
        *where = graph->templates_where;
    return graph->templates;
}

bool graph_loads_env(const struct graph *graph)
{
    return graph->loads_env;
}
