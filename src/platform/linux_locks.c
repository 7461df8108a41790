#include "platform/locks.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/linux_tree.h"

#define LINES_MAX 4096 /* of /proc/locks */
#define FDS_MAX   4096 /* looked at, of a process */

/* --- /proc/locks --- */

struct lock {
    bool waits, alone; /* alone: a lock for writing */
    int id, pid;       /* those that wait have the id of the lock that is in their way */
    uint64_t inode;
};

/* "1: FLOCK  ADVISORY  WRITE 359 00:13:11691 0 EOF", and with "-> " before the kind where it waits.
   False for what is none, such as a lease. */
static bool read_lock(const char *line, struct lock *lock)
{
    char kind[16], mode[8];
    int from = 0;
    *lock = (struct lock){0};
    if (sscanf(line, "%d: %n", &lock->id, &from) != 1 || from == 0)
        return false;
    lock->waits = strncmp(line + from, "-> ", 3) == 0;
    if (sscanf(line + from + (lock->waits ? 3 : 0), "%15s %*s %7s %d %*x:%*x:%" SCNu64, kind, mode,
               &lock->pid, &lock->inode) != 4)
        return false;
    lock->alone = strcmp(mode, "WRITE") == 0;
    return strcmp(kind, "FLOCK") == 0 || strcmp(kind, "POSIX") == 0;
}

typedef VEC(struct lock) lock_list;

static void read_locks(lock_list *locks)
{
    FILE *file = fopen("/proc/locks", "re");
    char line[256];
    struct lock lock;
    for (int i = 0; file && i < LINES_MAX && fgets(line, sizeof line, file); i++)
        if (read_lock(line, &lock))
            vec_push(locks, lock);
    if (file)
        (void)fclose(file);
}

/* --- open files --- */

static bool has(const pid_list *pids, int pid)
{
    VEC_EACH (const int, one, pids)
        if (*one == pid)
            return true;
    return false;
}

/* Does pid have the file open? Its path. The device says nothing: on overlayfs and btrfs it is
   another one here than there. */
static bool has_open(int pid, uint64_t inode, char *path, size_t path_len)
{
    char dir_path[64];
    (void)snprintf(dir_path, sizeof dir_path, "/proc/%d/fd", pid);
    DIR *dir = opendir(dir_path);
    if (!dir)
        return false;
    bool found = false;
    struct dirent *entry;
    for (int i = 0; !found && i < FDS_MAX && (entry = readdir(dir)) != NULL; i++) {
        struct stat info;
        char target[4096];
        ssize_t len = readlinkat(dirfd(dir), entry->d_name, target, sizeof target - 1);
        if (len <= 0 || target[0] != '/' || fstatat(dirfd(dir), entry->d_name, &info, 0) != 0 ||
            !S_ISREG(info.st_mode) || info.st_ino != inode)
            continue;
        target[len] = '\0';
        (void)snprintf(path, path_len, "%s", target);
        found = true;
    }
    (void)closedir(dir);
    return found;
}

static bool any_has_open(const pid_list *pids, uint64_t inode, char *path, size_t path_len)
{
    VEC_EACH (const int, pid, pids)
        if (has_open(*pid, inode, path, path_len))
            return true;
    return false;
}

/* --- claims --- */

static bool is_in_the_way(const lock_list *locks, int id, const pid_list *holders)
{
    VEC_EACH (const struct lock, lock, locks)
        if (!lock->waits && lock->id == id && has(holders, lock->pid))
            return true;
    return false;
}

enum lock_claim lock_claim(int pid, int holder, char *path, size_t path_len)
{
    lock_list locks = {0};
    pid_list pids = {0}, holders = {0};
    enum lock_claim claim = LOCK_FREE;
    path[0] = '\0';
    read_locks(&locks);
    if (locks.len > 0) {
        process_tree(pid, &pids);
        process_tree(holder, &holders);
    }
    VEC_EACH (const struct lock, lock, &locks) {
        if (lock->waits && has(&pids, lock->pid) && is_in_the_way(&locks, lock->id, &holders)) {
            claim = LOCK_WAITS;
            (void)any_has_open(&pids, lock->inode, path, path_len);
            break;
        }
        if (claim == LOCK_FREE && !lock->waits && lock->alone && has(&holders, lock->pid) &&
            any_has_open(&pids, lock->inode, path, path_len))
            claim = LOCK_OPEN;
    }
    vec_fini(&locks);
    vec_fini(&pids);
    vec_fini(&holders);
    return claim;
}

bool lock_is_held(int holder, char *path, size_t path_len)
{
    lock_list locks = {0};
    pid_list holders = {0};
    bool held = false;
    path[0] = '\0';
    read_locks(&locks);
    if (locks.len > 0)
        process_tree(holder, &holders);
    VEC_EACH (const struct lock, lock, &locks) {
        held = !lock->waits && lock->alone && has(&holders, lock->pid) &&
               any_has_open(&holders, lock->inode, path, path_len);
        if (held)
            break;
    }
    vec_fini(&locks);
    vec_fini(&holders);
    return held;
}
