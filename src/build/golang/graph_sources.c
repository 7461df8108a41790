/*
 * What the local sources of a graph say beyond what the go command tells: how the app gets its
 * templates, and the header of each file, so that a changed import is noticed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/path.h"
#include "build/golang/graph_parts.h"
#include "build/golang/source.h"
#include "build/golang/templates.h"
#include "platform/fs.h"

#define SOURCES_BYTES_MAX ((size_t)256 << 20)    /* of all files */
#define RACY_NS           (20 * CLOCK_NS_PER_MS) /* the kernel's idea of a file's time is that rough */

/* Where calls of one sort were seen first. */
struct first {
    char *path;
    int line;
};

static void see(struct first *first, const char *path, int line)
{
    if (!line || first->path)
        return;
    first->path = mem_string(path);
    first->line = line;
}

struct findings {
    struct first load, release, parse, parse_fs;
    size_t bytes;
};

/* The header, or 0 where it may be another one than the go command has read. */
static unsigned long long look_at(const char *path, uint64_t since_wall_ns, struct findings *found)
{
    struct buf text = BUF_INIT(SOURCE_BYTES_MAX);
    struct template_calls calls = {0};
    struct err ignored;
    unsigned long long header = 0;
    if (found->bytes < SOURCES_BYTES_MAX && fs_read(path, &text, &ignored) == 0) {
        templates_in_source(buf_text(&text), text.len, &calls);
        if (fs_stat(path, true).mtime_ns + RACY_NS < since_wall_ns)
            header = graph_header_digest_of(buf_text(&text), text.len);
    }
    found->bytes += text.len;
    see(&found->load, path, calls.load);
    see(&found->release, path, calls.release);
    see(&found->parse, path, calls.parse);
    see(&found->parse_fs, path, calls.parse_fs);
    buf_fini(&text);
    return header;
}

static void decide(struct graph *graph, const struct findings *found)
{
    const struct first *why = &found->load;
    graph->templates = TEMPLATES_UNKNOWN;
    if (found->load.path)
        graph->templates = TEMPLATES_RELOAD;
    if (found->parse.path || (found->parse_fs.path && !found->load.path) ||
        (found->load.path && found->release.path)) {
        graph->templates = TEMPLATES_ONCE;
        why = found->parse.path  ? &found->parse
              : found->load.path ? &found->release
                                 : &found->parse_fs;
    }
    free(graph->templates_where);
    graph->templates_where = NULL;
    if (graph->templates != TEMPLATES_UNKNOWN)
        graph->templates_where = mem_format(
            "%s:%d", path_show(graph->root ? graph->root : graph->main_dir, why->path), why->line);
}

void graph_read_sources(struct graph *graph, uint64_t since_wall_ns)
{
    struct findings found = {0};
    VEC_EACH (struct graph_package, package, &graph->packages) {
        if (strstr(package->dir, "/vendor/"))
            continue;
        STRS_EACH (name, &package->go) {
            char *path = path_join(package->dir, *name);
            vec_push(&package->headers, look_at(path, since_wall_ns, &found));
            free(path);
        }
    }
    decide(graph, &found);
    free(found.load.path);
    free(found.release.path);
    free(found.parse.path);
    free(found.parse_fs.path);
}
