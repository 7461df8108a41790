#include "browser/editor.h"

#include <string.h>

#include "base/words.h"

static const struct {
    const char *name, *template;
} EDITORS[] = {
    {"vscode", "vscode://file{file}:{line}:{column}"},
    {"vscode-insiders", "vscode-insiders://file{file}:{line}:{column}"},
    {"vscodium", "vscodium://file{file}:{line}:{column}"},
    {"cursor", "cursor://file{file}:{line}:{column}"},
    {"windsurf", "windsurf://file{file}:{line}:{column}"},
    {"zed", "zed://file{file}:{line}:{column}"},
    {"goland", "goland://open?file={file}&line={line}&column={column}"},
    {"idea", "idea://open?file={file}&line={line}&column={column}"},
    {"sublime", "subl://open?url=file://{file}&line={line}&column={column}"},
    {"vim", "vim +{line} {file}"},
    {"nvim", "nvim +{line} {file}"},
    {"emacs", "emacsclient -n +{line}:{column} {file}"},
    {"helix", "hx {file}:{line}:{column}"},
    {"nano", "nano +{line},{column} {file}"},
};

const char *editor_template(const char *editor)
{
    for (size_t i = 0; i < sizeof EDITORS / sizeof *EDITORS; i++)
        if (strcmp(EDITORS[i].name, editor) == 0)
            return EDITORS[i].template;
    return editor;
}

bool editor_is_link(const char *template)
{
    return strstr(template, "://") != NULL;
}

static bool is_plain(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || strchr("/._-~", character);
}

/* What is not unreserved is encoded, but for the slashes of a path. */
static void put_encoded(const char *text, struct buf *out)
{
    for (; *text; text++) {
        if (is_plain(*text))
            (void)buf_putc(out, *text);
        else
            (void)buf_printf(out, "%%%02X", (unsigned)(unsigned char)*text);
    }
}

void editor_place(const char *template, const char *file, int line, int column, struct buf *out)
{
    bool link = editor_is_link(template);
    while (*template) {
        if (strncmp(template, "{file}", 6) == 0) {
            if (link)
                put_encoded(file, out);
            else
                words_quote(out, file);
            template += 6;
        } else if (strncmp(template, "{line}", 6) == 0) {
            (void)buf_printf(out, "%d", line > 0 ? line : 1);
            template += 6;
        } else if (strncmp(template, "{column}", 8) == 0) {
            (void)buf_printf(out, "%d", column > 0 ? column : 1);
            template += 8;
        } else {
            (void)buf_putc(out, *template ++);
        }
    }
}
