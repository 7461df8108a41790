#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/path.h"
#include "build/golang/graph_parts.h"

#define OBJECT_BYTES_MAX ((size_t)4 << 20)
#define PACKAGES_MAX     50000

struct graph *graph_new(void)
{
    struct graph *graph = mem_new(1, sizeof *graph);
    graph->outside = mem_new(1, sizeof *graph->outside);
    build_tags_init(&graph->tags, NULL, NULL);
    return graph;
}

void graph_reader_init(struct graph_reader *reader, struct graph *graph)
{
    *reader = (struct graph_reader){.graph = graph, .object = BUF_INIT(OBJECT_BYTES_MAX)};
}

void graph_reader_fini(struct graph_reader *reader)
{
    buf_fini(&reader->object);
}

/* --- one package --- */

static void take(const struct json *object, const char *name, struct strs *list)
{
    const struct json *array = json_get(object, name);
    for (size_t i = 0; i < json_len(array); i++)
        if (json_text(json_at(array, i)))
            strs_push(list, json_text(json_at(array, i)));
}

/* The directory of a module that is edited here, borrowed; NULL for one of the module cache. */
static const char *local_module(const struct json *module)
{
    const struct json *replace = json_get(module, "Replace");
    if (json_truth(json_get(module, "Main")))
        return json_text(json_get(module, "Dir"));
    if (replace && !json_get(replace, "Version")) {
        const char *dir = json_text(json_get(replace, "Dir"));
        return dir ? dir : json_text(json_get(module, "Dir"));
    }
    return NULL;
}

/* A vendored package is below the main module: its files are at hand, and count. */
static bool is_vendored(const char *dir)
{
    return strstr(dir, "/vendor/") != NULL;
}

static void add_local(struct graph *graph, const struct json *object, const char *dir,
                      const char *module_dir)
{
    static const char *const NATIVE[] = {"CFiles",    "CXXFiles",     "MFiles",
                                         "HFiles",    "FFiles",       "SFiles",
                                         "SwigFiles", "SwigCXXFiles", "SysoFiles"};
    const char *path = json_text(json_get(object, "ImportPath"));
    struct graph_package package = {.path = mem_string(path ? path : ""),
                                    .dir = path_clean(dir),
                                    .module_dir = module_dir ? path_clean(module_dir) : NULL,
                                    .cgo = json_len(json_get(object, "CgoFiles")) > 0};
    take(object, "GoFiles", &package.go);
    take(object, "CgoFiles", &package.go);
    for (size_t i = 0; i < sizeof NATIVE / sizeof *NATIVE; i++)
        take(object, NATIVE[i], &package.native);
    take(object, "EmbedFiles", &package.embedded);
    take(object, "EmbedPatterns", &package.patterns);
    vec_push(&graph->packages, package);
}

static void add(struct graph *graph, const struct json *object)
{
    const char *path = json_text(json_get(object, "ImportPath"));
    const char *dir = json_text(json_get(object, "Dir"));
    const struct json *module = json_get(object, "Module");
    const char *module_dir = local_module(module);
    graph->count++;
    if (path && (strcmp(path, "github.com/joho/godotenv") == 0 ||
                 strcmp(path, "github.com/joho/godotenv/autoload") == 0))
        graph->loads_env = true;
    if (!dir || *dir != '/' || json_truth(json_get(object, "Standard")))
        return;
    if (!json_truth(json_get(object, "DepOnly")) && !graph->main_dir)
        graph->main_dir = path_clean(dir);
    if (!module || module_dir || is_vendored(dir))
        add_local(graph, object, dir, module_dir);
}

/* --- the stream --- */

static int foreign(struct err *err, const char *what)
{
    return err_set(err, ERR_APP, "the output of go list is not understood: %s", what);
}

static int take_object(struct graph_reader *reader, struct err *err)
{
    struct err fault = {0};
    if (reader->object.truncated)
        return foreign(err, "a package is described by more than 4 MiB");
    if (reader->graph->count >= PACKAGES_MAX)
        return foreign(err, "more than 50000 packages");
    struct json *object = json_parse(buf_text(&reader->object), reader->object.len, &fault);
    if (!object)
        return foreign(err, fault.message);
    add(reader->graph, object);
    json_free(object);
    buf_reset(&reader->object);
    return 0;
}

/* Follows one byte; true where it closes a top-level object. */
static bool follow(struct graph_reader *reader, char byte)
{
    if (reader->escaped) {
        reader->escaped = false;
    } else if (reader->in_string) {
        reader->escaped = byte == '\\';
        reader->in_string = byte != '"';
    } else if (byte == '"') {
        reader->in_string = true;
    } else if (byte == '{') {
        reader->depth++;
    } else if (byte == '}') {
        return --reader->depth == 0;
    }
    return false;
}

int graph_read(struct graph_reader *reader, const char *bytes, size_t len, struct err *err)
{
    for (size_t begin = 0, at = 0; at < len; at++) {
        if (reader->depth == 0) {
            begin = at;
            if (strchr(" \t\r\n", bytes[at]) && bytes[at])
                continue;
            if (bytes[at] != '{')
                return foreign(err, "it is not a series of objects");
        }
        bool closes = follow(reader, bytes[at]);
        if (closes || at + 1 == len) {
            (void)buf_append(&reader->object, bytes + begin, at + 1 - begin);
            begin = at + 1;
        }
        if (closes && take_object(reader, err) != 0)
            return err->code;
    }
    return 0;
}

int graph_read_end(struct graph_reader *reader, struct err *err)
{
    if (reader->depth)
        return foreign(err, "it ends within an object");
    if (!reader->graph->main_dir)
        return err_set(err, ERR_APP, "go list names no directory for the package");
    return 0;
}

struct graph *graph_parse(const char *json, size_t len, struct err *err)
{
    struct graph_reader reader;
    struct graph *graph = graph_new();
    graph_reader_init(&reader, graph);
    int failed = graph_read(&reader, json, len, err);
    if (!failed)
        failed = graph_read_end(&reader, err);
    graph_reader_fini(&reader);
    if (!failed)
        return graph;
    graph_free(graph);
    return NULL;
}

void graph_free(struct graph *graph)
{
    if (!graph)
        return;
    VEC_EACH (struct graph_package, package, &graph->packages) {
        free(package->path);
        free(package->dir);
        free(package->module_dir);
        strs_fini(&package->go);
        strs_fini(&package->native);
        vec_fini(&package->headers);
        strs_fini(&package->embedded);
        strs_fini(&package->patterns);
    }
    vec_fini(&graph->packages);
    build_tags_fini(&graph->tags);
    strs_fini(graph->outside);
    free(graph->outside);
    free(graph->main_dir);
    free(graph->root);
    free(graph->templates_where);
    free(graph);
}
