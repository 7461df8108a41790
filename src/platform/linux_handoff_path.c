/*
 * The path of a Unix socket. A server removes it when it closes its listener (Go does so by
 * itself), and that would take the new generation's address away as well. A second link to the same
 * inode beside it survives that; as soon as inotify(7) tells that the path is gone it is linked
 * again. In between, for a fraction of a millisecond, there is no such path.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "platform/linux_handoff.h"

static bool is_ours(const struct kept *kept, const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0 && info.st_dev == kept->path.dev &&
           info.st_ino == kept->path.ino;
}

bool path_restore(struct kept *kept)
{
    struct kept_path *path = &kept->path;
    if (is_ours(kept, path->path))
        return true;
    /* Fails where somebody else's file has the name by now: it stays theirs. */
    if (link(path->spare, path->path) != 0)
        return false;
    path->removed = true;
    return true;
}

static void directory_changed(void *data, int events)
{
    struct kept *kept = data;
    char bytes[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    (void)events;
    while (read(kept->watch_fd, bytes, sizeof bytes) > 0)
        ;
    (void)path_restore(kept);
}

static void watch(struct kept *kept, const char *dir)
{
    kept->watch_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (kept->watch_fd < 0)
        return;
    (void)inotify_add_watch(kept->watch_fd, dir, IN_DELETE | IN_MOVED_FROM | IN_ONLYDIR);
    kept->watch = io_new(kept->handoff->loop, kept->watch_fd, directory_changed, kept);
    io_want(kept->watch, IO_READ);
}

bool path_keep(struct kept *kept)
{
    const struct sockaddr_un *un = &kept->endpoint.address.un;
    struct kept_path *path = &kept->path;
    struct stat info;
    path->path = mem_string_n(un->sun_path, strnlen(un->sun_path, sizeof un->sun_path));
    if (lstat(path->path, &info) != 0 || !S_ISSOCK(info.st_mode))
        return false;
    path->dev = info.st_dev;
    path->ino = info.st_ino;
    const char *name = strrchr(path->path, '/') + 1; /* it is absolute */
    char *dir = mem_string_n(path->path, (size_t)(name - path->path));
    char *spare = mem_format("%s.%s.zonda-%d", dir, name, (int)getpid());
    bool linked = link(path->path, spare) == 0 ||
                  (errno == EEXIST && unlink(spare) == 0 && link(path->path, spare) == 0);
    if (linked && is_ours(kept, spare)) {
        path->spare = spare;
        spare = NULL;
        watch(kept, dir);
    }
    free(spare);
    free(dir);
    return path->spare != NULL;
}

void path_release(struct kept *kept)
{
    struct kept_path *path = &kept->path;
    io_free(kept->watch);
    if (kept->watch_fd >= 0)
        (void)close(kept->watch_fd);
    if (path->spare)
        (void)unlink(path->spare);
    if (path->removed && is_ours(kept, path->path))
        (void)unlink(path->path); /* as the app wanted it */
    free(path->spare);
    free(path->path);
}
