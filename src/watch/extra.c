/* Top directories beside the configuration's, and which rule leaves out a path. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "watch/state.h"

void watch_extra(struct watch *watch, const struct strs *dirs)
{
    const struct strs none = {0};
    struct strs wanted = {0};
    strs_copy(&wanted, dirs ? dirs : &none);
    for (size_t i = watch->roots.len; i-- > 0;) {
        struct dir *root = watch->roots.at[i];
        if (root->extra && !strs_has(&wanted, root->name))
            tree_drop(watch, root);
    }
    STRS_EACH (path, &wanted) {
        const struct dir *dir = tree_find(watch, *path);
        if (!dir || dir->narrow)
            (void)watch_top(watch, *path, false, true);
    }
    strs_fini(&watch->extra);
    watch->extra = wanted;
    watch_pump(watch);
}

/* Below top, from the outside in: the first rule that leaves out path or a directory above it. */
static bool left_out_below(struct ignore *ignore, const char *top, const char *path,
                           struct buf *reason)
{
    const struct ignore_file *files = ignore_above(ignore, top);
    const char *below = path_below(top, path);
    char *dir = mem_string(top);
    bool left_out = false;
    while (below && *below && !left_out) {
        char *rules = path_join(dir, ".gitignore");
        files = ignore_enter(ignore, files, dir, fs_is_file(rules));
        free(rules);
        size_t len = strcspn(below, "/");
        char *entry = mem_string_n(path, (size_t)(below - path) + len);
        left_out = ignore_entry(ignore, files, entry, below[len] || fs_is_dir(entry), reason);
        free(dir);
        dir = entry;
        below += len;
        below += *below == '/';
    }
    free(dir);
    return left_out;
}

bool watch_ignored_by(const struct config *config, const char *path, struct buf *reason)
{
    struct ignore *ignore = ignore_new(config);
    bool found = ignore_is_named(ignore, path), left_out = false;
    const struct strs *tops = &config->watch.paths;
    for (size_t i = 0; !found && i < (tops->len ? tops->len : 1); i++) {
        const char *top = tops->len ? tops->at[i] : config->root;
        if (!path_below(top, path))
            continue;
        /* What one top directory leaves out may be another's. */
        if (reason)
            buf_reset(reason);
        left_out = left_out_below(ignore, top, path, reason);
        found = !left_out;
    }
    if (!found && !left_out && reason)
        (void)buf_puts(reason, "it is outside the directories that are watched");
    ignore_free(ignore);
    return !found;
}
