#include "build/golang/templates.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "build/golang/graph_parts.h"
#include "build/golang/scan.h"
#include "build/golang/source.h"
#include "platform/fs.h"

#define SOURCES_BYTES_MAX ((size_t)256 << 20) /* of all files */

static bool mentions(const char *text, size_t len, const char *word)
{
    return memmem(text, len, word, strlen(word)) != NULL;
}

static void note(int *line, const struct token *token)
{
    if (*line == 0)
        *line = token->line;
}

/* The word after a '.', before a '('. */
static void take_call(const struct token *word, bool templates, struct template_calls *calls)
{
    if (token_is(word, "LoadHTMLGlob") || token_is(word, "LoadHTMLFiles") ||
        token_is(word, "LoadHTMLFS"))
        note(&calls->load, word);
    else if (templates && (token_is(word, "ParseFiles") || token_is(word, "ParseGlob")))
        note(&calls->parse, word);
    else if (templates && token_is(word, "ParseFS"))
        note(&calls->parse_fs, word);
}

void templates_in_source(const char *text, size_t len, struct template_calls *calls)
{
    static const char *const WORDS[] = {"LoadHTML", "ReleaseMode", "ParseFiles", "ParseGlob",
                                        "ParseFS"};
    bool any = false;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        any |= mentions(text, len, WORDS[i]);
    if (!any)
        return;
    bool templates =
        source_imports(text, len, "html/template") || source_imports(text, len, "text/template");
    struct scan scan = {.at = text, .end = text + len, .line = 1, .line_begins = true};
    struct token token, word = {0};
    bool dot = false, mode = false; /* mode: within the brackets of SetMode */
    while (scan_code(&scan, &token) != SCAN_END) {
        if (word.kind == SCAN_WORD && token_is(&token, "(")) {
            take_call(&word, templates, calls);
            mode = token_is(&word, "SetMode");
        }
        if (mode && token_is(&token, "ReleaseMode"))
            note(&calls->release, &token);
        if (token_is(&token, ")"))
            mode = false;
        word = dot && token.kind == SCAN_WORD ? token : (struct token){0};
        dot = token_is(&token, ".");
    }
}

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

static void look_at(const char *path, struct findings *found)
{
    struct buf text = BUF_INIT(SOURCE_BYTES_MAX);
    struct template_calls calls = {0};
    struct err ignored;
    if (found->bytes < SOURCES_BYTES_MAX && fs_read(path, &text, &ignored) == 0)
        templates_in_source(buf_text(&text), text.len, &calls);
    found->bytes += text.len;
    see(&found->load, path, calls.load);
    see(&found->release, path, calls.release);
    see(&found->parse, path, calls.parse);
    see(&found->parse_fs, path, calls.parse_fs);
    buf_fini(&text);
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

void templates_find(struct graph *graph)
{
    struct findings found = {0};
    VEC_EACH (struct graph_package, package, &graph->packages) {
        if (strstr(package->dir, "/vendor/"))
            continue;
        STRS_EACH (name, &package->go) {
            char *path = path_join(package->dir, *name);
            look_at(path, &found);
            free(path);
        }
    }
    decide(graph, &found);
    free(found.load.path);
    free(found.release.path);
    free(found.parse.path);
    free(found.parse_fs.path);
}
