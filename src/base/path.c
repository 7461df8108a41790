#include "base/path.h"

#include <string.h>

#include "base/mem.h"

bool path_is_absolute(const char *path)
{
    return path[0] == '/';
}

char *path_join(const char *dir, const char *name)
{
    if (path_is_absolute(name) || !*dir)
        return mem_string(name);
    size_t len = strlen(dir);
    return mem_format("%s%s%s", dir, dir[len - 1] == '/' ? "" : "/", name);
}

/* Drops the last component of the len bytes at out; keep is what may not be cut. */
static size_t up(const char *out, size_t len, size_t keep)
{
    while (len > keep && out[len - 1] != '/')
        len--;
    return len > keep ? len - 1 : len;
}

char *path_clean(const char *path)
{
    size_t root = path_is_absolute(path);
    char *out = mem_new(strlen(path) + 2, 1);
    size_t len = root, keep = root; /* keep: the root, or leading ".." that cannot be resolved */
    if (root)
        out[0] = '/';
    for (const char *at = path; *at;) {
        size_t part = strcspn(at, "/");
        bool dot = part == 1 && at[0] == '.';
        bool dots = part == 2 && at[0] == '.' && at[1] == '.';
        if (dots && len > keep) {
            len = up(out, len, keep);
        } else if (part && !dot && !(dots && root)) {
            if (len > root)
                out[len++] = '/';
            memcpy(out + len, at, part);
            len += part;
            if (dots)
                keep = len;
        }
        at += part;
        at += *at == '/';
    }
    if (len == 0)
        out[len++] = '.';
    out[len] = '\0';
    return out;
}

const char *path_below(const char *dir, const char *path)
{
    if (strcmp(dir, ".") == 0)
        return path_is_absolute(path) ? NULL : strcmp(path, ".") == 0 ? "" : path;
    if (strcmp(dir, "/") == 0)
        return path_is_absolute(path) ? path + 1 : NULL;
    size_t len = strlen(dir);
    if (strncmp(dir, path, len) != 0)
        return NULL;
    if (path[len] == '\0')
        return path + len;
    return path[len] == '/' ? path + len + 1 : NULL;
}

const char *path_show(const char *dir, const char *path)
{
    const char *below = path_below(dir, path);
    return below && *below ? below : path;
}

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *path_ext(const char *path)
{
    const char *dot = strrchr(path_base(path), '.');
    return dot ? dot + 1 : "";
}

bool path_ends(const char *path, const char *end)
{
    size_t len = strlen(path), end_len = strlen(end);
    return len >= end_len && memcmp(path + len - end_len, end, end_len) == 0;
}

char *path_dir(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return mem_string(".");
    return slash == path ? mem_string("/") : mem_string_n(path, (size_t)(slash - path));
}
