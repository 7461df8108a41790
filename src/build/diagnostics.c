#include "build/diagnostics.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "platform/fs.h"

#define NUMBER_MAX 99999999

/* A place in a line of output; the text is borrowed from the line. */
struct place {
    const char *file;
    size_t file_len;
    int line, column;
    const char *message;
};

/* --- what a place looks like --- */

/* Extensions that are sources, whether or not the file is there (a generated one may be gone). */
static bool is_source_name(const char *name)
{
    static const char *const EXTENSIONS[] = {
        "go",    "mod",  "sum",  "work", "s",    "S",    "c",    "h",      "cc",
        "cpp",   "cxx",  "hh",   "hpp",  "m",    "y",    "ts",   "tsx",    "js",
        "jsx",   "mjs",  "cjs",  "vue",  "css",  "scss", "less", "svelte", "proto",
        "templ", "tmpl", "html", "sql",  "toml", "yaml", "yml",  "json",
    };
    const char *ext = path_ext(name);
    for (size_t i = 0; i < sizeof EXTENSIONS / sizeof *EXTENSIONS; i++)
        if (strcmp(ext, EXTENSIONS[i]) == 0)
            return true;
    return false;
}

static char *absolute(const char *dir, const char *file, size_t len)
{
    char *name = mem_string_n(file, len);
    char *joined = path_join(dir, name);
    char *clean = path_clean(joined);
    free(joined);
    free(name);
    return clean;
}

/* The name as an absolute path, or NULL where it is not that of a file. Heap. */
static char *file_of(const char *dir, const char *file, size_t len)
{
    if (len == 0 || len >= PATH_BYTES_MAX / 2)
        return NULL;
    char *path = absolute(dir, file, len);
    if (is_source_name(path) || fs_is_file(path))
        return path;
    free(path);
    return NULL;
}

/* A number from 1 on at text; gives the position after it, NULL where there is none. */
static const char *take_number(const char *text, int *number)
{
    int value = 0;
    const char *at = text;
    for (; isdigit((unsigned char)*at); at++) {
        value = value * 10 + (*at - '0');
        if (value > NUMBER_MAX)
            return NULL;
    }
    *number = value;
    return at > text && value > 0 ? at : NULL;
}

/* file:line: message, file:line:column: message. colon is the one after file. */
static bool with_colons(const char *text, const char *colon, struct place *place)
{
    const char *at = take_number(colon + 1, &place->line);
    if (!at || *at != ':')
        return false;
    const char *after = take_number(at + 1, &place->column);
    if (after && *after == ':')
        at = after;
    else
        place->column = 0;
    place->file = text;
    place->file_len = (size_t)(colon - text);
    place->message = at + 1;
    return true;
}

/* file(line,column): message. */
static bool with_brackets(const char *text, const char *bracket, struct place *place)
{
    const char *at = take_number(bracket + 1, &place->line);
    if (!at || *at != ',' || !(at = take_number(at + 1, &place->column)) ||
        strncmp(at, "): ", 3) != 0)
        return false;
    place->file = text;
    place->file_len = (size_t)(bracket - text);
    place->message = at + 2;
    return true;
}

/* file:(.text+0x5): undefined reference to `f', file:function: undefined reference to `f'. */
static bool with_section(const char *text, const char *colon, struct place *place)
{
    const char *message = strstr(colon, ": undefined reference to ");
    if (!message)
        return false;
    *place =
        (struct place){.file = text, .file_len = (size_t)(colon - text), .message = message + 1};
    return true;
}

/* Finds the first place in text; its file as a heap path. NULL where there is none. */
static char *find_place(const char *dir, const char *text, struct place *place)
{
    for (const char *at = text; *at && at - text < PATH_BYTES_MAX / 2; at++) {
        bool found = false;
        if (*at == ':')
            found = with_colons(text, at, place) || with_section(text, at, place);
        else if (*at == '(')
            found = with_brackets(text, at, place);
        char *file = found ? file_of(dir, place->file, place->file_len) : NULL;
        if (file)
            return file;
    }
    return NULL;
}

/* After the name of the tool that speaks: "vet: ", "/usr/bin/ld: ". */
static const char *skip_tool(const char *line)
{
    const char *colon = strstr(line, ": ");
    if (!colon)
        return line;
    char *tool = mem_string_n(line, (size_t)(colon - line));
    const char *name = path_base(tool);
    bool skips = strcmp(name, "vet") == 0 || strcmp(name, "go") == 0 || path_ends(name, "ld");
    free(tool);
    return skips ? colon + 2 : line;
}

/* --- the list --- */

/* Continues the last message, or the one that was dropped. */
static void continue_with(struct diagnostics *diagnostics, const char *line)
{
    if (diagnostics->dropped || !diagnostics->list.len)
        return;
    struct diagnostic *last = &diagnostics->list.at[diagnostics->list.len - 1];
    if (strlen(last->message) + strlen(line) >= DIAGNOSTIC_MESSAGE_BYTES_MAX)
        return;
    char *longer = mem_format("%s\n%s", last->message, line);
    free(last->message);
    last->message = longer;
}

static bool skip_word(const char **message, const char *word)
{
    size_t len = strlen(word);
    if (strncmp(*message, word, len) != 0)
        return false;
    *message += len;
    return true;
}

static void add(struct diagnostics *diagnostics, char *file, const struct place *place)
{
    const char *message = place->message + strspn(place->message, " ");
    bool warning = skip_word(&message, "warning: ");
    (void)(warning || skip_word(&message, "error: "));
    if (diagnostics->list.len >= DIAGNOSTICS_MAX) {
        diagnostics->dropped++;
        free(file);
        return;
    }
    size_t len = strlen(message);
    struct diagnostic one = {.file = file,
                             .line = place->line,
                             .column = place->column,
                             .warning = warning,
                             .message = mem_string_n(message, len < DIAGNOSTIC_MESSAGE_BYTES_MAX
                                                                  ? len
                                                                  : DIAGNOSTIC_MESSAGE_BYTES_MAX)};
    vec_push(&diagnostics->list, one);
}

bool diagnostics_line(struct diagnostics *diagnostics, const char *dir, const char *line)
{
    struct place place;
    if (*line == '\t' && diagnostics->open) {
        continue_with(diagnostics, line);
        return true;
    }
    char *file = *line == '#' || *line == '\t' ? NULL : find_place(dir, skip_tool(line), &place);
    if (!file) {
        diagnostics->open = false;
        return false;
    }
    bool note = strncmp(place.message + strspn(place.message, " "), "note: ", 6) == 0;
    if (note && diagnostics->open) {
        free(file);
        continue_with(diagnostics, line);
        return true;
    }
    add(diagnostics, file, &place);
    diagnostics->open = true;
    return true;
}

void diagnostics_fini(struct diagnostics *diagnostics)
{
    VEC_EACH (struct diagnostic, one, &diagnostics->list) {
        free(one->file);
        free(one->message);
    }
    vec_fini(&diagnostics->list);
    diagnostics->dropped = 0;
    diagnostics->open = false;
}
