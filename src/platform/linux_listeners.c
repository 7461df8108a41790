/*
 * On which sockets a tree of processes listens, from /proc (proc(5)) and the kernel's table of
 * sockets (linux_sockdiag.h).
 */
#include "platform/linux_listeners.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/vec.h"
#include "platform/linux_sockdiag.h"
#include "platform/linux_tree.h"
#include "platform/tree.h"

#define FDS_MAX 65536
#define NEW_MS  500

/* --- sockets --- */

typedef VEC(uint64_t) inode_list;

/* The inodes of all sockets that pid has open: its links "socket:[INODE]". */
static void add_sockets(inode_list *inodes, int pid)
{
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

static void listener_told(void *data, const struct sockdiag_socket *socket)
{
    const struct told *told = data;
    if (holds(told->inodes, socket->inode))
        add_port(told->found, socket->port);
}

static bool is_in_our_network(int pid)
{
    char path[64];
    struct stat theirs, ours;
    (void)snprintf(path, sizeof path, "/proc/%d/ns/net", pid);
    return stat(path, &theirs) == 0 && stat("/proc/self/ns/net", &ours) == 0 &&
           theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev;
}

/* pid: one whose network namespace the sockets are in. */
static void match(int pid, const inode_list *inodes, struct listeners *found)
{
    static const struct {
        int family;
        const char *table;
    } FAMILIES[] = {{AF_INET, "tcp"}, {AF_INET6, "tcp6"}};
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

/* One of them: the last that was started. */
static int add_tree(inode_list *inodes, int pid)
{
    pid_list pids = {0};
    process_tree(pid, &pids);
    VEC_EACH (const int, one, &pids)
        add_sockets(inodes, *one);
    int last = pids.at[pids.len - 1];
    vec_fini(&pids);
    return last;
}

void linux_listeners(int pid, int guard, struct listeners *found)
{
    inode_list inodes = {0};
    add_sockets(&inodes, pid);
    match(pid, &inodes, found);
    if (found->tcp_len == 0 && found->unix_len == 0)
        linux_listeners_all(guard, found);
    vec_fini(&inodes);
}

void linux_listeners_all(int guard, struct listeners *found)
{
    inode_list inodes = {0};
    int one = add_tree(&inodes, guard);
    match(one, &inodes, found);
    vec_fini(&inodes);
}

static bool has_open(int pid, uint64_t inode)
{
    inode_list inodes = {0};
    add_sockets(&inodes, pid);
    bool has = holds(&inodes, inode);
    vec_fini(&inodes);
    return has;
}

int tree_socket_owner(int pid, int likely, uint64_t inode)
{
    pid_list pids = {0};
    int owner = 0;
    if (likely && has_open(likely, inode))
        return likely;
    process_tree(pid, &pids);
    for (size_t i = 0; !owner && i < pids.len; i++)
        owner = has_open(pids.at[i], inode) ? pids.at[i] : 0;
    vec_fini(&pids);
    return owner;
}

struct greeting {
    inode_list inodes;
    bool any; /* not only what is the first on its connection */
    bool found;
};

/* An app that has read nothing of a connection for long waits for its client. */
static void connection_told(void *data, const struct sockdiag_socket *socket)
{
    struct greeting *greeting = data;
    bool unread = socket->received_bytes == socket->unread_bytes ||
                  (greeting->any && socket->unread_bytes > 0);
    if (!greeting->found && socket->inode && unread && socket->idle_ms < NEW_MS)
        greeting->found = holds(&greeting->inodes, socket->inode);
}

static bool look_for(int pid, bool any)
{
    struct greeting greeting = {.any = any};
    (void)add_tree(&greeting.inodes, pid);
    (void)sockdiag_connections(AF_INET, connection_told, &greeting);
    (void)sockdiag_connections(AF_INET6, connection_told, &greeting);
    vec_fini(&greeting.inodes);
    return greeting.found;
}

bool process_has_new_connection(int pid)
{
    return look_for(pid, false);
}

bool process_has_unread(int pid)
{
    return look_for(pid, true);
}
