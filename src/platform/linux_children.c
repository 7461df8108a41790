/*
 * proc_tid_children(5), and where the kernel has no such file, the parent in proc_pid_stat(5).
 *
 * The list of a process that reaps meanwhile can miss one; this one does not. The numbers may be
 * those of another namespace, where /proc was not mounted anew (unshare --pid): each is looked at
 * before it is believed.
 */
#include "platform/linux_children.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NUMBER_MAX 12 /* digits of a pid, and more */

static void tell(linux_child_fn *fn, void *data, pid_t pid)
{
    siginfo_t info;
    /* ECHILD where it is no child of ours. */
    if (pid > 0 && waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0)
        fn(data, pid);
}

bool linux_children_listed(linux_child_fn *fn, void *data)
{
    char piece[512];
    ssize_t len;
    pid_t pid = 0;
    int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    /* "12 345 ", in pieces that may end in the middle of a number. */
    while ((len = read(fd, piece, sizeof piece)) > 0) {
        for (ssize_t i = 0; i < len; i++) {
            if (piece[i] >= '0' && piece[i] <= '9') {
                pid = pid * 10 + (piece[i] - '0');
            } else {
                tell(fn, data, pid);
                pid = 0;
            }
        }
    }
    (void)close(fd);
    return true;
}

/* The number that text is; 0 where it is none. */
static pid_t number(const char *text)
{
    pid_t value = 0;
    for (int i = 0; text[i]; i++) {
        if (text[i] < '0' || text[i] > '9' || i == NUMBER_MAX)
            return 0;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* The parent of the process with this name in the directory proc, or 0. The command before it may
   hold anything, a ')' too: the last one ends it. */
static pid_t parent_of(int proc, const char *name)
{
    char path[NUMBER_MAX + 8], text[512];
    size_t len = strlen(name);
    memcpy(path, name, len);
    memcpy(path + len, "/stat", sizeof "/stat");
    int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t got = read(fd, text, sizeof text - 1);
    (void)close(fd);
    if (got <= 0)
        return 0;
    text[got] = '\0';
    char *at = strrchr(text, ')');
    if (!at || strlen(at) < 5)
        return 0;
    at += 4; /* ") S " */
    at[strcspn(at, " ")] = '\0';
    return number(at);
}

/* What getdents64(2) gives. */
struct entry {
    uint64_t ino;
    int64_t off;
    uint16_t len;
    uint8_t type;
    char name[];
};

bool linux_children_scanned(linux_child_fn *fn, void *data)
{
    _Alignas(struct entry) char entries[4096];
    pid_t self = getpid();
    long len;
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (proc < 0)
        return false;
    while ((len = syscall(SYS_getdents64, proc, entries, sizeof entries)) > 0) {
        for (long at = 0; at < len;) {
            const struct entry *entry = (const struct entry *)(void *)(entries + at);
            pid_t pid = number(entry->name);
            if (pid > 0 && parent_of(proc, entry->name) == self)
                tell(fn, data, pid);
            at += entry->len;
        }
    }
    (void)close(proc);
    return true;
}

bool linux_children_each(linux_child_fn *fn, void *data)
{
    return linux_children_listed(fn, data) || linux_children_scanned(fn, data);
}
