/*
 * Files that the configuration names: its own, env_files, files in watch.paths. They are watched
 * wherever they are. Where the tree does not come to their directory, that one is watched narrowly:
 * only for them. They, and their directory, need not exist.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "watch/state.h"

static void list_named(const struct watch *watch, struct strs *paths)
{
    const struct config *config = watch->config;
    if (config->file)
        strs_push(paths, config->file);
    strs_copy(paths, &config->env_files);
    STRS_EACH (path, &config->watch.paths)
        if (!fs_is_dir(*path))
            strs_push(paths, *path);
}

/* Will the walk come to dir, which is not there, once it is? */
static bool comes_by_itself(const struct watch *watch, const char *dir)
{
    char *above = path_dir(dir);
    const struct dir *known = NULL;
    while (!(known = tree_find(watch, above)) && strcmp(above, "/") != 0 &&
           strcmp(above, ".") != 0) {
        char *up = path_dir(above);
        free(above);
        above = up;
    }
    free(above);
    return known && !known->narrow && !watch_ignored_by(watch->config, dir, NULL);
}

static void add_files(struct watch *watch, struct dir *dir, const struct strs *paths)
{
    STRS_EACH (path, paths) {
        char *above = path_dir(*path);
        const char *name = path_base(*path);
        struct fs_info info = fs_stat(*path, true);
        if (strcmp(above, dir->name) == 0 && info.kind == FS_FILE && !files_find(dir, name)) {
            struct file *file = files_add(dir, name, strlen(name));
            if (dir->polled && info.mtime_ns < watch->start_wall_ns)
                look_set_stat(file, &info);
        }
        free(above);
    }
}

static void add_narrow(struct watch *watch, const char *path, const struct strs *paths)
{
    struct err err;
    struct dir *dir = dir_new(NULL, path);
    dir->narrow = true;
    dir->missing = !fs_is_dir(path);
    if (watch->events && !dir->missing &&
        !(watch->config->watch.backend == WATCH_AUTO && file_events_missing(path))) {
        int number = file_events_add(watch->events, path, &err);
        dir->watch = number >= 0 ? number : -1;
    }
    dir->polled = dir->watch < 0;
    if (!dir->missing)
        add_files(watch, dir, paths);
    vec_push(&watch->roots, dir);
    tree_enter(watch, dir);
    scan_arm(watch);
}

void named_add(struct watch *watch)
{
    struct strs paths = {0};
    list_named(watch, &paths);
    STRS_EACH (path, &paths) {
        char *dir = path_dir(*path);
        if (!tree_find(watch, dir) && (fs_is_dir(dir) || !comes_by_itself(watch, dir)))
            add_narrow(watch, dir, &paths);
        free(dir);
    }
    strs_fini(&paths);
}
