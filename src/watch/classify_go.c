#include <string.h>

#include "base/path.h"
#include "build/golang/gomod.h"
#include "build/golang/source.h"
#include "watch/classify_parts.h"

static bool is_go(const char *path)
{
    return strcmp(path_ext(path), "go") == 0;
}

/* May the import graph be another one now? Not where the file's header is what the graph was made
   from. */
static bool changes_graph(const struct classify *classify, const char *path, enum change_kind kind)
{
    unsigned long long before =
        classify->graph && !classify->graph_stale ? graph_file_header(classify->graph, path) : 0;
    return kind != CHANGE_WRITTEN || !before || graph_header_digest(path) != before;
}

void classify_go_notes(const struct classify *classify, const char *path, enum change_kind kind,
                       struct verdict *verdict)
{
    if (gomod_is_file(path))
        verdict->new_graph = true;
    else if (is_go(path) && !source_is_test(path))
        verdict->new_graph = changes_graph(classify, path, kind);
}

/* --- by the graph --- */

/* A Go file while the graph says too little: each of them counts. */
static bool in_doubt(const struct classify *classify, const char *path, enum change_kind kind,
                     struct verdict *verdict)
{
    const char *why = NULL;
    if (classify->build_failed)
        why = "the last build failed, so each of them counts";
    else if (!classify->graph)
        why = "the import graph is not known, so each of them counts";
    else if (classify->graph_stale)
        why = "the import graph is being read again, so each of them counts";
    if (!why)
        return false;
    verdict_is(verdict, ACTION_BUILD, "is a Go file: %s", why);
    classify_go_notes(classify, path, kind, verdict);
    return true;
}

static bool by_graph(const struct classify *classify, const char *path, enum change_kind kind,
                     struct verdict *verdict)
{
    const char *package = NULL;
    enum graph_file what = graph_file(classify->graph, path, &package);
    if (!package)
        package = "the app";
    switch (what) {
    case GRAPH_BUILT:
        verdict_is(verdict, ACTION_BUILD,
                   kind == CHANGE_DELETED ? "was part of %s" : "is part of %s", package);
        if (is_go(path))
            classify_go_notes(classify, path, kind, verdict);
        return true;
    case GRAPH_EMBEDDED:
        /* A file that comes or goes changes what a pattern embeds. */
        verdict->new_graph = kind != CHANGE_WRITTEN;
        return verdict_is(verdict, ACTION_BUILD, "is embedded by %s", package);
    case GRAPH_TEST:
        return verdict_is(verdict, ACTION_IGNORE, "is a test");
    case GRAPH_EXCLUDED:
        return verdict_is(verdict, ACTION_IGNORE, "is left out of %s by build constraints",
                          package);
    case GRAPH_UNUSED:
        return verdict_is(verdict, ACTION_IGNORE, "is in no package that the app imports");
    case GRAPH_NOT_GO:
        break;
    }
    return false;
}

bool classify_go(const struct classify *classify, const char *path, enum change_kind kind,
                 struct verdict *verdict)
{
    if (gomod_is_file(path)) {
        verdict->new_graph = true;
        return verdict_is(verdict, ACTION_BUILD, "says which modules the app is made of");
    }
    if (source_is_test(path))
        return verdict_is(verdict, ACTION_IGNORE, "is a test");
    if (is_go(path) && in_doubt(classify, path, kind, verdict))
        return true;
    return classify->graph && by_graph(classify, path, kind, verdict);
}
