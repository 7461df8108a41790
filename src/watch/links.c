/*
 * Directories behind symbolic links, where they are followed. A directory is watched under one name
 * only: a link to what is watched already (by its own name or through another link), or to a
 * directory above, is not followed. So loops end.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "watch/state.h"

static void remove_link(struct watch *watch, size_t index)
{
    free(watch->links.at[index].path);
    free(watch->links.at[index].real);
    vec_remove(&watch->links, index);
}

static bool is_queued(const struct watch *watch, const char *path)
{
    VEC_EACH (const struct top, top, &watch->tops)
        if (strcmp(top->path, path) == 0)
            return true;
    return false;
}

bool links_wanted(struct watch *watch, const char *real)
{
    const struct dir *dir = tree_find(watch, real);
    if (dir && !dir->narrow)
        return false;
    for (size_t i = 0; i < watch->roots.len; i++)
        if (!watch->roots.at[i]->narrow && path_below(real, watch->roots.at[i]->name))
            return false;
    for (size_t i = watch->links.len; i-- > 0;) {
        const struct link *link = &watch->links.at[i];
        if (!tree_find(watch, link->path) && !is_queued(watch, link->path))
            remove_link(watch, i); /* it went away */
        else if (path_below(link->real, real) || path_below(real, link->real))
            return false;
    }
    return watch->links.len < WATCH_LINKS_MAX;
}

void links_follow(struct watch *watch, const struct link *link)
{
    if (!links_wanted(watch, link->real))
        return;
    vec_push(&watch->links,
             ((struct link){.path = mem_string(link->path), .real = mem_string(link->real)}));
    watch_top(watch, link->path, link->report, false)->linked = true;
}

void links_fini(struct watch *watch)
{
    while (watch->links.len)
        remove_link(watch, watch->links.len - 1);
    vec_fini(&watch->links);
}
