/* The directories zonda would watch, against what the kernel allows and the file system tells. */
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "command/doctor/doctor.h"
#include "platform/file_events.h"
#include "platform/fs.h"
#include "platform/sysinfo.h"
#include "watch/watch.h"

#define DIRS_MAX 100000

struct walk {
    const struct config *config;
    struct strs queue; /* directories still to be read */
    const char *dir;   /* being read */
    size_t dirs;
};

static bool entry(void *data, const char *name, enum fs_kind kind)
{
    struct walk *walk = data;
    if (kind != FS_DIR)
        return true;
    char *path = path_join(walk->dir, name);
    struct buf reason = BUF_INIT((size_t)4096);
    if (!watch_ignored_by(walk->config, path, &reason)) {
        walk->dirs++;
        strs_push(&walk->queue, path);
    }
    buf_fini(&reason);
    free(path);
    return walk->dirs < DIRS_MAX;
}

static size_t count_dirs(const struct config *config)
{
    struct walk walk = {.config = config, .dirs = 1};
    struct err ignored;
    strs_push(&walk.queue, config->root);
    while (walk.queue.len && walk.dirs < DIRS_MAX) {
        /* Depth first: the list stays as short as the tree is deep and wide in one place. */
        char *dir = walk.queue.at[--walk.queue.len];
        walk.queue.at[walk.queue.len] = NULL;
        walk.dir = dir;
        (void)fs_each(dir, entry, &walk, &ignored); /* unreadable ones are not watched either */
        free(dir);
    }
    strs_fini(&walk.queue);
    return walk.dirs;
}

static void check_limits(struct doctor *doctor, size_t dirs)
{
    struct sysinfo_limits limits;
    sysinfo_limits(&limits);
    bool here = doctor->status != NULL; /* the zonda that runs here has its watches already */
    long left = limits.watches_max - limits.watches_used;
    if (limits.watches_max < 0)
        doctor_add(doctor, FINDING_WARN, "watches", NULL, "the kernel's limits cannot be read");
    else if (!here && left < (long)dirs)
        doctor_add(doctor, FINDING_FAIL, "watches",
                   "sudo sysctl fs.inotify.max_user_watches=524288 (until then the rest is polled)",
                   "%zu%s directories to watch, but only %ld of %ld watches are left", dirs,
                   dirs >= DIRS_MAX ? " or more" : "", left, limits.watches_max);
    else
        doctor_add(doctor, FINDING_OK, "watches", NULL,
                   "%zu director%s to watch; %ld of %ld inotify watches are in use", dirs,
                   dirs == 1 ? "y" : "ies", limits.watches_used, limits.watches_max);
    if (limits.instances_max >= 0 && !here && limits.instances_used >= limits.instances_max)
        doctor_add(doctor, FINDING_FAIL, "instances",
                   "sudo sysctl fs.inotify.max_user_instances=1024",
                   "all %ld inotify instances of this user are in use", limits.instances_max);
}

void check_tree(struct doctor *doctor)
{
    struct buf name = BUF_INIT((size_t)200);
    sysinfo_file_system(doctor->root, &name);
    const char *missing = file_events_missing(doctor->root);
    if (missing)
        doctor_add(doctor, FINDING_WARN, "file system",
                   "keep the sources on a disk of this system for reloads at once",
                   "%s is on %s, which delivers no events: zonda polls", doctor->root, missing);
    else
        doctor_add(doctor, FINDING_OK, "file system", NULL, "%s is on %s, which delivers events",
                   doctor->root, buf_text(&name));
    buf_fini(&name);
    if (doctor->config)
        check_limits(doctor, count_dirs(doctor->config));
}
