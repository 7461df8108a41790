#include "platform/linux_listeners.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/vec.h"

#define DESCENDANTS_MAX 4096
#define FDS_MAX         65536

/* --- processes --- */

typedef VEC(int) pid_list;
typedef void pid_fn(void *data, int pid);

static void each_pid(pid_fn *fn, void *data)
{
    DIR *proc = opendir("/proc");
    if (!proc)
        return;
    for (struct dirent *entry; (entry = readdir(proc)) != NULL;) {
        char *end;
        long pid = strtol(entry->d_name, &end, 10);
        if (*end == '\0' && pid > 0)
            fn(data, (int)pid);
    }
    (void)closedir(proc);
}

/* The parent from /proc/PID/stat; false where it is gone. The name before it may hold anything, a
   ')' too: the last one ends it. */
static bool read_parent(int pid, int *parent)
{
    char path[64], text[512];
    (void)snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t len = read(fd, text, sizeof text - 1);
    (void)close(fd);
    if (len <= 0)
        return false;
    text[len] = '\0';
    const char *after = strrchr(text, ')');
    if (!after || strlen(after) < 5)
        return false;
    *parent = (int)strtol(after + 4, NULL, 10);
    return true;
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

/* net_pid: one whose network namespace the sockets are in. */
static void match(int net_pid, const inode_list *inodes, struct listeners *found)
{
    static const struct {
        const char *name;
        line_fn *fn;
    } tables[] = {{"tcp", tcp_line}, {"tcp6", tcp_line}, {"unix", unix_line}};
    *found = (struct listeners){0};
    if (inodes->len == 0)
        return;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "/proc/%d/net/%s", net_pid, tables[i].name);
        each_line(path, tables[i].fn, inodes, found);
    }
}

/* A process's children stand with the thread that started them. False where the kernel does not
   tell (CONFIG_PROC_CHILDREN). */
static bool add_children(pid_list *pids, int pid)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = opendir(path);
    if (!tasks)
        return true;
    bool told = true;
    for (struct dirent *entry; told && (entry = readdir(tasks)) != NULL;) {
        char *name, *end;
        int child;
        if (strtol(entry->d_name, &end, 10) <= 0)
            continue;
        name = mem_format("%s/%s/children", path, entry->d_name);
        FILE *file = fopen(name, "re");
        free(name);
        told = file || access(path, F_OK) != 0;
        while (file && pids->len < DESCENDANTS_MAX && fscanf(file, "%d", &child) == 1)
            vec_push(pids, child);
        if (file)
            (void)fclose(file);
    }
    (void)closedir(tasks);
    return told;
}

struct relation {
    int pid, parent;
};
typedef VEC(struct relation) family;

static void add_relation(void *data, int pid)
{
    family *all = data;
    int parent;
    if (read_parent(pid, &parent))
        vec_push(all, ((struct relation){.pid = pid, .parent = parent}));
}

/* The same for all descendants of the first, by everybody's parent. */
static void add_descendants(pid_list *pids)
{
    family all = {0};
    each_pid(add_relation, &all);
    pids->len = 1;
    for (size_t i = 0; i < pids->len; i++)
        for (size_t j = 0; j < all.len && pids->len < DESCENDANTS_MAX; j++)
            if (all.at[j].parent == pids->at[i])
                vec_push(pids, all.at[j].pid);
    vec_fini(&all);
}

void linux_listeners(int pid, int guard, struct listeners *found)
{
    pid_list pids = {0};
    inode_list inodes = {0};
    add_sockets(&inodes, pid);
    match(pid, &inodes, found);
    if (found->tcp_len == 0 && found->unix_len == 0) {
        vec_push(&pids, guard);
        bool told = true;
        for (size_t i = 0; told && i < pids.len; i++)
            told = add_children(&pids, pids.at[i]);
        if (!told)
            add_descendants(&pids);
        for (size_t i = 1; i < pids.len; i++)
            add_sockets(&inodes, pids.at[i]);
        if (pids.len > 1)
            match(pids.at[1], &inodes, found);
    }
    vec_fini(&inodes);
    vec_fini(&pids);
}
