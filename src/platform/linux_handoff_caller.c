/*
 * The process whose call was notified. What is read here may be another process's by the time it is
 * read: the caller of these functions asks the kernel afterwards whether the notification is still
 * valid, SECCOMP_IOCTL_NOTIF_ID_VALID in seccomp_unotify(2).
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "platform/linux_handoff.h"

#define FDS_LOOKED_AT 65536

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262 /* Linux 5.6 */
#endif

/* The value of the line "NAME:\tVALUE" of a file in /proc, in base; -1 where there is none. */
static long read_line(const char *path, const char *name, int base)
{
    char line[256];
    long value = -1;
    size_t len = strlen(name);
    FILE *file = fopen(path, "re");
    while (file && value < 0 && fgets(line, sizeof line, file))
        if (strncmp(line, name, len) == 0 && line[len] == ':')
            value = strtol(line + len + 1, NULL, base);
    if (file)
        (void)fclose(file);
    return value;
}

int caller_open(pid_t thread, struct caller *caller)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)thread);
    long leader = read_line(path, "Tgid", 10);
    if (leader <= 0)
        return -ESRCH;
    int pidfd = (int)syscall(SYS_pidfd_open, (pid_t)leader, 0);
    if (pidfd < 0)
        return -errno;
    *caller = (struct caller){.thread = thread, .leader = (pid_t)leader, .pidfd = pidfd};
    return 0;
}

void caller_close(struct caller *caller)
{
    (void)close(caller->pidfd);
    caller->pidfd = -1;
}

bool caller_read(const struct caller *caller, uint64_t at, void *to, size_t len)
{
    struct iovec here = {.iov_base = to, .iov_len = len};
    struct iovec there = {.iov_base = (void *)(uintptr_t)at, .iov_len = len};
    if (process_vm_readv(caller->thread, &here, 1, &there, 1, 0) == (ssize_t)len)
        return true;
    /* The filter of a container may refuse that call, and let the same be read as a file. */
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/mem", (int)caller->thread);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool whole = pread(fd, to, len, (off_t)at) == (ssize_t)len;
    (void)close(fd);
    return whole;
}

int caller_take_fd(const struct caller *caller, int fd)
{
    int taken = (int)syscall(SYS_pidfd_getfd, caller->pidfd, fd, 0); /* CLOEXEC by itself */
    return taken < 0 ? -errno : taken;
}

/* As open(2) has them; -1 where they cannot be read. */
static long flags_of(const struct caller *caller, int fd)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", (int)caller->leader, fd);
    return read_line(path, "flags", 8);
}

bool caller_is_cloexec(const struct caller *caller, int fd)
{
    long flags = flags_of(caller, fd);
    return flags < 0 || (flags & O_CLOEXEC);
}

bool caller_is_nonblock(const struct caller *caller, int fd)
{
    long flags = flags_of(caller, fd);
    return flags >= 0 && (flags & O_NONBLOCK);
}

ino_t caller_inode(const struct caller *caller, int fd)
{
    char path[64];
    struct stat info;
    (void)snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)caller->leader, fd);
    return stat(path, &info) == 0 && S_ISSOCK(info.st_mode) ? info.st_ino : 0;
}

bool caller_kind(const struct caller *caller, int fd, struct endpoint *endpoint)
{
    static const struct {
        const char *name;
        int type, protocol;
    } KINDS[] = {
        {"TCP", SOCK_STREAM, IPPROTO_TCP},     {"TCPv6", SOCK_STREAM, IPPROTO_TCP},
        {"MPTCP", SOCK_STREAM, IPPROTO_MPTCP}, {"MPTCPv6", SOCK_STREAM, IPPROTO_MPTCP},
        {"UDP", SOCK_DGRAM, IPPROTO_UDP},      {"UDPv6", SOCK_DGRAM, IPPROTO_UDP},
        {"UNIX-STREAM", SOCK_STREAM, 0}, /* since Linux 5.15 */
    };
    char path[64], name[32];
    (void)snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)caller->leader, fd);
    /* What lsof(8) asks sockfs for. */
    ssize_t len = getxattr(path, "system.sockprotoname", name, sizeof name - 1);
    if (len <= 0)
        return false;
    name[len] = '\0';
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        if (strcmp(name, KINDS[i].name) == 0) {
            endpoint->type = KINDS[i].type;
            endpoint->protocol = KINDS[i].protocol;
            return true;
        }
    }
    return false;
}

bool caller_has_socket(const struct caller *caller, ino_t ino)
{
    char path[64], wanted[64], target[64];
    (void)snprintf(path, sizeof path, "/proc/%d/fd", (int)caller->leader);
    int wanted_len = snprintf(wanted, sizeof wanted, "socket:[%" PRIu64 "]", (uint64_t)ino);
    DIR *dir = opendir(path);
    if (!dir)
        return false;
    bool found = false;
    struct dirent *entry;
    for (int i = 0; !found && i < FDS_LOOKED_AT && (entry = readdir(dir)) != NULL; i++) {
        ssize_t len = readlinkat(dirfd(dir), entry->d_name, target, sizeof target);
        found = len == wanted_len && memcmp(target, wanted, (size_t)len) == 0;
    }
    (void)closedir(dir);
    return found;
}

bool caller_absolute(const struct caller *caller, struct endpoint *endpoint)
{
    struct sockaddr_un *un = &endpoint->address.un;
    char path[64], cwd[sizeof un->sun_path], name[sizeof un->sun_path];
    size_t room = endpoint->len - offsetof(struct sockaddr_un, sun_path);
    size_t name_len = strnlen(un->sun_path, room);
    if (un->sun_path[0] == '/') {
        /* With and without the terminating NUL it is the same path. */
        memset(un->sun_path + name_len, 0, sizeof un->sun_path - name_len);
        endpoint->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + name_len);
        return true;
    }
    (void)snprintf(path, sizeof path, "/proc/%d/cwd", (int)caller->leader);
    ssize_t len = readlink(path, cwd, sizeof cwd);
    if (len <= 0 || (size_t)len + 1 + name_len >= sizeof un->sun_path)
        return false;
    memcpy(name, un->sun_path, name_len);
    memset(un->sun_path, 0, sizeof un->sun_path);
    memcpy(un->sun_path, cwd, (size_t)len);
    un->sun_path[len] = '/';
    memcpy(un->sun_path + len + 1, name, name_len);
    endpoint->len =
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)len + 1 + name_len);
    return true;
}
