/*
 * What can be learnt about other processes from /proc (proc(5)): who carries a mark in its
 * environment, and on which sockets processes listen.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/vec.h"
#include "platform/linux_sockdiag.h"
#include "platform/linux_tree.h"
#include "platform/process.h"

#define ENVIRON_MAX ((size_t)4 << 20) /* more than the kernel lets a process be started with */
#define FDS_MAX     65536

/* --- processes --- */

/* Does an entry of environ equal mark? The entries are read in pieces: those of a process may be
   megabytes. -1 where there is no environment (now); one that may not be read is somebody else's.
 */
static int environ_has(int pid, const char *mark)
{
    char path[64], piece[16384];
    (void)snprintf(path, sizeof path, "/proc/%d/environ", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ESRCH ? -1 : 0;
    size_t mark_len = strlen(mark), at = 0, total = 0; /* at: matched of mark */
    bool same = true, found = false;
    ssize_t len;
    while (!found && total < ENVIRON_MAX && (len = read(fd, piece, sizeof piece)) > 0) {
        total += (size_t)len;
        for (ssize_t i = 0; i < len && !found; i++) {
            if (piece[i] == '\0') {
                found = same && at == mark_len;
                same = true;
                at = 0;
            } else if (same && (at == mark_len || piece[i] != mark[at++])) {
                same = false;
            }
        }
    }
    (void)close(fd);
    return total == 0 ? -1 : found;
}

/* Is pid zonda, or one below it? Everything the app started is: zonda is its subreaper. */
bool process_is_ours(int pid)
{
    int self = getpid();
    char state;
    for (int depth = 0; depth < 64 && pid > 1; depth++) {
        if (pid == self)
            return true;
        if (!process_stat(pid, &state, &pid))
            return false;
    }
    return false;
}

/* A process in the middle of execve(2) shows no environment for a moment, and one in the middle of
   its exit none any more while it may still hold its sockets. A descendant of ours without one is
   therefore looked at again, *patience times at most in all of a scan. */
#define PATIENCE 20 /* of 100 µs */
static bool has_mark(int pid, const char *mark, int *patience)
{
    int has = environ_has(pid, mark);
    char state;
    int parent;
    while (has < 0 && (*patience)-- > 0) {
        if (!process_stat(pid, &state, &parent) || state == 'Z' || state == 'X' ||
            !process_is_ours(parent)) {
            ++*patience;
            return false;
        }
        (void)nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
        has = environ_has(pid, mark);
    }
    return has == 1;
}

struct marked {
    const char *mark;
    int signal, count, patience;
};

static void signal_if_marked(void *data, int pid)
{
    struct marked *marked = data;
    if (pid == getpid() || !has_mark(pid, marked->mark, &marked->patience))
        return;
    /* The number may go to another process between the look and the signal: hold on to the process,
       look again, and send to what is held. */
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (pidfd < 0) {
        /* No descriptor left: it is still there, and the caller will come again. */
        marked->count += errno == EMFILE || errno == ENFILE;
        return;
    }
    if (has_mark(pid, marked->mark, &marked->patience) &&
        syscall(SYS_pidfd_send_signal, pidfd, marked->signal, NULL, 0) == 0)
        marked->count++;
    (void)close(pidfd);
}

int process_signal_marked(const char *mark, int signal)
{
    struct marked marked = {.mark = mark, .signal = signal, .patience = PATIENCE};
    process_each(signal_if_marked, &marked);
    return marked.count;
}

/* --- sockets --- */

typedef VEC(uint64_t) inode_list;

/* The inodes of all sockets that pid has open: its links "socket:[INODE]". */
static void add_sockets(void *data, int pid)
{
    inode_list *inodes = data;
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *dir = opendir(path);
    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL && inodes->len < FDS_MAX;) {
        char target[64];
        ssize_t len = readlinkat(dirfd(dir), entry->d_name, target, sizeof target - 1);
        if (len <= 8 || strncmp(target, "socket:[", 8) != 0)
            continue;
        target[len] = '\0';
        vec_push(inodes, strtoull(target + 8, NULL, 10));
    }
    (void)closedir(dir);
}

static bool holds(const inode_list *inodes, uint64_t inode)
{
    VEC_EACH (const uint64_t, item, inodes)
        if (*item == inode)
            return true;
    return false;
}

static void add_port(struct listeners *found, uint16_t port)
{
    for (size_t i = 0; i < found->tcp_len; i++)
        if (found->tcp_ports[i] == port)
            return;
    if (found->tcp_len < sizeof found->tcp_ports / sizeof *found->tcp_ports)
        found->tcp_ports[found->tcp_len++] = port;
}

/* /proc/PID/net/tcp: "sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode". */
static void tcp_line(const char *line, const inode_list *inodes, struct listeners *found)
{
    unsigned port, state;
    uint64_t inode;
    if (sscanf(line, " %*u: %*[0-9A-Fa-f]:%4x %*[0-9A-Fa-f]:%*4x %2x %*s %*s %*s %*s %*s %" SCNu64,
               &port, &state, &inode) == 3 &&
        state == 0x0A && holds(inodes, inode))
        add_port(found, (uint16_t)port);
}

/* /proc/PID/net/unix: "Num RefCount Protocol Flags Type St Inode Path"; SO_ACCEPTCON is 1 << 16. */
static void unix_line(const char *line, const inode_list *inodes, struct listeners *found)
{
    unsigned flags;
    uint64_t inode;
    if (sscanf(line, "%*[0-9A-Fa-f]: %*x %*x %x %*x %*x %" SCNu64, &flags, &inode) == 2 &&
        (flags & 1u << 16) && holds(inodes, inode))
        found->unix_len++;
}

typedef void line_fn(const char *line, const inode_list *inodes, struct listeners *found);

static void each_line(const char *path, line_fn *fn, const inode_list *inodes,
                      struct listeners *found)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    char line[512];
    while (fgets(line, sizeof line, file))
        fn(line, inodes, found);
    (void)fclose(file);
}

static void each_line_of(int pid, const char *table, line_fn *fn, const inode_list *inodes,
                         struct listeners *found)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/net/%s", pid, table);
    each_line(path, fn, inodes, found);
}

struct told {
    const inode_list *inodes;
    struct listeners *found;
};

static void listener_told(void *data, uint16_t port, uint64_t inode)
{
    const struct told *told = data;
    if (holds(told->inodes, inode))
        add_port(told->found, port);
}

static bool is_in_our_network(int pid)
{
    char path[64];
    struct stat theirs, ours;
    (void)snprintf(path, sizeof path, "/proc/%d/ns/net", pid);
    return stat(path, &theirs) == 0 && stat("/proc/self/ns/net", &ours) == 0 &&
           theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev;
}

/* net_pid: one whose network namespace the sockets are in; 0: zonda's. */
static void match(int net_pid, const inode_list *inodes, struct listeners *found)
{
    static const struct {
        int family;
        const char *table;
    } FAMILIES[] = {{AF_INET, "tcp"}, {AF_INET6, "tcp6"}};
    int pid = net_pid ? net_pid : getpid();
    *found = (struct listeners){0};
    if (inodes->len == 0)
        return;
    bool ours = is_in_our_network(pid);
    struct told told = {.inodes = inodes, .found = found};
    for (size_t i = 0; i < sizeof FAMILIES / sizeof *FAMILIES; i++)
        if (!ours || !sockdiag_listeners(FAMILIES[i].family, listener_told, &told))
            each_line_of(pid, FAMILIES[i].table, tcp_line, inodes, found);
    each_line_of(pid, "unix", unix_line, inodes, found);
}

struct search {
    const char *mark;
    int first, patience;
    inode_list inodes;
};

static void add_if_marked(void *data, int pid)
{
    struct search *search = data;
    if (pid == getpid() || !has_mark(pid, search->mark, &search->patience))
        return;
    if (!search->first)
        search->first = pid;
    add_sockets(&search->inodes, pid);
}

void process_listeners(const char *mark, struct listeners *found)
{
    struct search search = {.mark = mark, .patience = PATIENCE};
    process_each(add_if_marked, &search);
    match(search.first, &search.inodes, found);
    vec_fini(&search.inodes);
}

void process_listeners_below(int pid, struct listeners *found)
{
    pid_list pids = {0};
    inode_list inodes = {0};
    add_sockets(&inodes, pid);
    match(pid, &inodes, found);
    if (found->tcp_len == 0 && found->unix_len == 0) {
        process_tree(pid, &pids);
        for (size_t i = 1; i < pids.len; i++)
            add_sockets(&inodes, pids.at[i]);
        if (pids.len > 1)
            match(pid, &inodes, found);
    }
    vec_fini(&inodes);
    vec_fini(&pids);
}

bool process_has_socket(int pid, const char *mark, uint64_t inode)
{
    struct search search = {.mark = mark, .patience = PATIENCE};
    pid_list pids = {0};
    process_tree(pid, &pids);
    VEC_EACH (const int, one, &pids)
        add_sockets(&search.inodes, *one);
    bool has = holds(&search.inodes, inode);
    if (!has) { /* a daemon, perhaps */
        search.inodes.len = 0;
        process_each(add_if_marked, &search);
        has = holds(&search.inodes, inode);
    }
    vec_fini(&search.inodes);
    vec_fini(&pids);
    return has;
}
