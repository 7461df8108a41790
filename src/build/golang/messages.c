#include "build/golang/messages.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"

/* path relative to dir, both absolute and clean: filepath.Rel. Heap. */
static char *relative(const char *dir, const char *path)
{
    size_t common = 0;
    for (size_t i = 0;; i++) {
        bool a = dir[i] == '\0' || dir[i] == '/', b = path[i] == '\0' || path[i] == '/';
        if (a && b && (i == 0 || dir[i - 1] != '/' || path[i - 1] != '/'))
            common = i;
        if (dir[i] == '\0' || path[i] == '\0' || dir[i] != path[i])
            break;
    }
    struct buf out = BUF_INIT((size_t)PATH_BYTES_MAX * 4);
    for (const char *at = dir + common; (at = strchr(at, '/')); at++)
        if (at[1] != '\0')
            (void)buf_puts(&out, out.len ? "/.." : "..");
    const char *rest = path + common + (path[common] == '/');
    if (rest[0])
        (void)buf_printf(&out, "%s%s", out.len ? "/" : "", rest);
    if (out.len == 0)
        (void)buf_puts(&out, ".");
    return buf_steal(&out);
}

/* Replaces old by new at the beginning, after blanks, after newlines and after newline and tab. */
static char *replace_prefix(char *text, const char *old, const char *new)
{
    struct buf out = BUF_INIT((size_t)1 << 28);
    size_t len = strlen(old);
    for (const char *at = text; *at; at++) {
        bool start = at == text || at[-1] == ' ' || at[-1] == '\n' ||
                     (at - text > 1 && at[-1] == '\t' && at[-2] == '\n');
        if (start && strncmp(at, old, len) == 0) {
            (void)buf_puts(&out, new);
            at += len - 1;
        } else {
            (void)buf_putc(&out, *at);
        }
    }
    free(text);
    return buf_steal(&out);
}

void messages_write(struct buf *out, const char *package, const char *package_dir, const char *dir,
                    const char *text)
{
    size_t len = strlen(text);
    char *shown = mem_format("%s%s", text, len && text[len - 1] != '\n' ? "\n" : "");
    char *above = mem_string(package_dir);
    for (bool top = false; !top;) {
        char *short_name = relative(dir, above), *next = path_dir(above);
        if (strlen(short_name) < strlen(above))
            shown = replace_prefix(shown, above, short_name);
        top = strcmp(next, above) == 0;
        free(short_name);
        free(above);
        above = next;
    }
    free(above);
    (void)buf_printf(out, "# %s\n%s", package, shown);
    free(shown);
}

bool messages_miss_package(const char *text)
{
    return strstr(text, "could not import ") != NULL;
}
