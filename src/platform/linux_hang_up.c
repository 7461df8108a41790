/* Connections of another process, ended from here: its descriptors are taken by pidfd_getfd(2). */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/linux_sockdiag.h"
#include "platform/linux_tree.h"
#include "platform/process.h"

#define CONNECTIONS_MAX 256
#define FDS_MAX         65536

struct wanted {
    uint16_t port;
    VEC(uint64_t) inodes;
};

static void connection_told(void *data, const struct sockdiag_socket *socket)
{
    struct wanted *wanted = data;
    if (socket->port == wanted->port && socket->inode && wanted->inodes.len < CONNECTIONS_MAX)
        vec_push(&wanted->inodes, socket->inode);
}

static bool is_wanted(const struct wanted *wanted, uint64_t inode)
{
    VEC_EACH (const uint64_t, one, &wanted->inodes)
        if (*one == inode)
            return true;
    return false;
}

/* Of a descriptor of the directory /proc/PID/fd; 0: it is no socket. */
static uint64_t inode_of(int dir, const char *name)
{
    char target[64];
    ssize_t len = readlinkat(dir, name, target, sizeof target - 1);
    if (len <= 8 || strncmp(target, "socket:[", 8) != 0)
        return 0;
    target[len] = '\0';
    return strtoull(target + 8, NULL, 10);
}

/* What it has open under fd may be something else by now: it is asked for its port. */
static void shut_down(int pidfd, int fd, uint16_t port)
{
    union sockdiag_place at = {0};
    socklen_t len = sizeof at;
    int taken = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
    if (taken < 0)
        return;
    if (getsockname(taken, &at.any, &len) == 0 &&
        (at.any.sa_family == AF_INET || at.any.sa_family == AF_INET6) &&
        ntohs(at.any.sa_family == AF_INET ? at.in.sin_port : at.in6.sin6_port) == port)
        (void)shutdown(taken, SHUT_RDWR);
    (void)close(taken);
}

static void hang_up_of(int pid, const struct wanted *wanted)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/fd", pid);
    int pidfd = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
    DIR *dir = pidfd >= 0 ? opendir(path) : NULL;
    int seen = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL && seen++ < FDS_MAX;)
        if (is_wanted(wanted, inode_of(dirfd(dir), entry->d_name)))
            shut_down(pidfd, (int)strtol(entry->d_name, NULL, 10), wanted->port);
    if (dir)
        (void)closedir(dir);
    if (pidfd >= 0)
        (void)close(pidfd);
}

void process_hang_up(int pid, uint16_t port)
{
    struct wanted wanted = {.port = port};
    pid_list pids = {0};
    (void)sockdiag_connections(AF_INET, connection_told, &wanted);
    (void)sockdiag_connections(AF_INET6, connection_told, &wanted);
    if (wanted.inodes.len) {
        process_tree(pid, &pids);
        VEC_EACH (const int, one, &pids)
            hang_up_of(*one, &wanted);
    }
    vec_fini(&pids);
    vec_fini(&wanted.inodes);
}
