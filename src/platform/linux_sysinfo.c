#include "platform/sysinfo.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/mem.h"
#include "platform/fs.h"

#define PROCESSES_MAX 65536 /* looked at, of /proc */

/* --- limits, inotify(7) --- */

static long number_in(const char *path)
{
    FILE *file = fopen(path, "re");
    long number = -1;
    if (file && fscanf(file, "%ld", &number) != 1)
        number = -1;
    if (file)
        (void)fclose(file);
    return number;
}

/* Calls fn for each descriptor of each process of this user (of all, for root), with the text its
   link in /proc/PID/fd has, until fn returns false. proc(5) */
typedef bool descriptor_fn(void *data, int pid, const char *fd, const char *target);

static bool each_descriptor_of(int pid, descriptor_fn *fn, void *data)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *dir = opendir(path);
    if (!dir)
        return true; /* it has ended, or belongs to somebody else */
    bool more = true;
    struct dirent *entry;
    while (more && (entry = readdir(dir))) {
        char target[256];
        ssize_t len = readlinkat(dirfd(dir), entry->d_name, target, sizeof target - 1);
        if (len <= 0)
            continue;
        target[len] = '\0';
        more = fn(data, pid, entry->d_name, target);
    }
    (void)closedir(dir);
    return more;
}

static void each_descriptor(descriptor_fn *fn, void *data)
{
    DIR *proc = opendir("/proc");
    if (!proc)
        return;
    struct dirent *entry;
    for (int left = PROCESSES_MAX; left > 0 && (entry = readdir(proc));) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        left--;
        if (!each_descriptor_of((int)strtol(entry->d_name, NULL, 10), fn, data))
            break;
    }
    (void)closedir(proc);
}

struct inotify_use {
    uid_t uid;
    long instances, watches;
};

static bool count_inotify(void *data, int pid, const char *fd, const char *target)
{
    struct inotify_use *use = data;
    if (strcmp(target, "anon_inode:inotify") != 0 && strcmp(target, "anon_inode:[inotify]") != 0)
        return true;
    char path[PATH_MAX], line[512];
    struct stat st;
    (void)snprintf(path, sizeof path, "/proc/%d", pid);
    if (stat(path, &st) != 0 || st.st_uid != use->uid)
        return true;
    use->instances++;
    (void)snprintf(path, sizeof path, "/proc/%d/fdinfo/%s", pid, fd);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        use->watches += strncmp(line, "inotify wd:", 11) == 0;
    if (file)
        (void)fclose(file);
    return true;
}

static bool count_one(void *data, int pid, const char *fd, const char *target)
{
    (void)pid, (void)fd, (void)target;
    ++*(long *)data;
    return true;
}

void sysinfo_limits(struct sysinfo_limits *limits)
{
    *limits = (struct sysinfo_limits){
        .watches_max = number_in("/proc/sys/fs/inotify/max_user_watches"),
        .instances_max = number_in("/proc/sys/fs/inotify/max_user_instances"),
        .queue_max = number_in("/proc/sys/fs/inotify/max_queued_events"),
        .files_max = -1,
    };
    struct inotify_use use = {.uid = geteuid()};
    each_descriptor(count_inotify, &use);
    limits->instances_used = use.instances;
    limits->watches_used = use.watches;
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0)
        limits->files_max = files.rlim_cur == RLIM_INFINITY ? -1 : (long)files.rlim_cur;
    (void)each_descriptor_of(getpid(), count_one, &limits->files_used);
    if (limits->files_used > 0)
        limits->files_used--; /* the one that counted */
}

/* --- ports --- */

/* The inode of a socket that listens on port according to a table of proc_net(5), or 0. */
static unsigned long listening_inode(const char *table, uint16_t port)
{
    FILE *file = fopen(table, "re");
    if (!file)
        return 0;
    char line[512];
    unsigned long found = 0;
    while (!found && fgets(line, sizeof line, file)) {
        unsigned local_port, state;
        unsigned long inode;
        /* sl local:port remote:port state tx:rx tr:when retrnsmt uid timeout inode */
        if (sscanf(line, " %*d: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*s %*s %*s %*d %*d %lu",
                   &local_port, &state, &inode) == 3 &&
            state == 0x0A && local_port == port)
            found = inode;
    }
    (void)fclose(file);
    return found;
}

struct wanted_socket {
    char target[48];
    int pid, keeper; /* the keeper is a zonda, which has the sockets of its app as well */
};

static bool is_zonda(int pid)
{
    char path[64], name[32] = "";
    if (pid == getpid())
        return true;
    (void)snprintf(path, sizeof path, "/proc/%d/comm", pid);
    FILE *file = fopen(path, "re");
    bool is = file && fgets(name, sizeof name, file) && strcmp(name, "zonda\n") == 0;
    if (file)
        (void)fclose(file);
    return is;
}

static bool find_socket(void *data, int pid, const char *fd, const char *target)
{
    (void)fd;
    struct wanted_socket *wanted = data;
    if (strcmp(target, wanted->target) != 0)
        return true;
    if (is_zonda(pid)) {
        wanted->keeper = pid;
        return true;
    }
    wanted->pid = pid;
    return false;
}

/* The command line of pid with blanks between its words, cut to fit; its name where it has none. */
static void command_of(int pid, char *command, size_t command_len)
{
    char path[64];
    size_t len = 0;
    const char *const files[] = {"cmdline", "comm"};
    for (int i = 0; i < 2 && len == 0; i++) {
        (void)snprintf(path, sizeof path, "/proc/%d/%s", pid, files[i]);
        FILE *file = fopen(path, "re");
        if (!file)
            continue;
        len = fread(command, 1, command_len - 1, file);
        (void)fclose(file);
    }
    while (len > 0 && (command[len - 1] == '\0' || command[len - 1] == '\n'))
        len--;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)command[i] < ' ' || command[i] == 0x7f)
            command[i] = ' ';
    command[len] = '\0';
}

bool sysinfo_port_owner(uint16_t port, int *pid, char *command, size_t command_len)
{
    *pid = 0;
    command[0] = '\0';
    unsigned long inode = listening_inode("/proc/net/tcp", port);
    if (!inode)
        inode = listening_inode("/proc/net/tcp6", port);
    if (!inode)
        return false;
    struct wanted_socket wanted = {.pid = 0};
    (void)snprintf(wanted.target, sizeof wanted.target, "socket:[%lu]", inode);
    each_descriptor(find_socket, &wanted);
    *pid = wanted.pid ? wanted.pid : wanted.keeper;
    if (*pid)
        command_of(*pid, command, command_len);
    return true;
}

/* --- file systems --- */

/* Undoes \040 and the like in place: proc_pid_mountinfo(5). */
static void unescape(char *text)
{
    char *out = text;
    for (const char *at = text; *at;) {
        if (at[0] == '\\' && at[1] >= '0' && at[1] <= '3' && at[2] >= '0' && at[2] <= '7' &&
            at[3] >= '0' && at[3] <= '7') {
            *out++ = (char)((at[1] - '0') * 64 + (at[2] - '0') * 8 + (at[3] - '0'));
            at += 4;
        } else {
            *out++ = *at++;
        }
    }
    *out = '\0';
}

static bool is_below(const char *dir, const char *path)
{
    size_t len = strlen(dir);
    if (strcmp(dir, "/") == 0)
        return path[0] == '/';
    return strncmp(dir, path, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

void sysinfo_file_system(const char *path, struct buf *out)
{
    char *real = fs_real(path);
    const char *wanted = real ? real : path;
    FILE *file = fopen("/proc/self/mountinfo", "re");
    char *line = NULL, *best = NULL;
    size_t cap = 0, best_len = 0;
    /* id parent major:minor root mount-point options optional... - type source super-options */
    while (file && getline(&line, &cap, file) > 0) {
        char *at = line, *rest = strstr(line, " - ");
        for (int field = 0; at && field < 4; field++)
            at = strchr(at, ' ') ? strchr(at, ' ') + 1 : NULL;
        if (!at || !rest)
            continue;
        at[strcspn(at, " ")] = '\0';
        unescape(at);
        char *type = rest + 3;
        type[strcspn(type, " \n")] = '\0';
        /* Of two at the same place the later one covers the earlier one. */
        if (is_below(at, wanted) && strlen(at) >= best_len) {
            best_len = strlen(at);
            mem_replace(&best, type);
        }
    }
    if (file)
        (void)fclose(file);
    (void)buf_puts(out, best ? best : "unknown");
    free(best);
    free(line);
    free(real);
}

int sysinfo_space(const char *path, struct sysinfo_space *space, struct err *err)
{
    struct statvfs st;
    if (statvfs(path, &st) != 0)
        return err_system(err, errno, "cannot tell how much space %s has", path);
    *space = (struct sysinfo_space){
        .free_bytes = (uint64_t)st.f_bavail * st.f_frsize,
        .free_inodes = st.f_files ? (uint64_t)st.f_favail : UINT64_MAX,
        .read_only = (st.f_flag & ST_RDONLY) != 0,
        .no_exec = (st.f_flag & ST_NOEXEC) != 0,
    };
    return 0;
}

bool sysinfo_may_write(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return false;
    return access(path, S_ISDIR(st.st_mode) ? W_OK | X_OK : W_OK) == 0;
}

/* --- the rest --- */

const char *sysinfo_system(void)
{
    static char text[200];
    struct utsname name;
    if (uname(&name) != 0)
        return "an unknown system";
    (void)snprintf(text, sizeof text, "%s %s %s", name.sysname, name.release, name.machine);
    return text;
}

int sysinfo_processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (int)count : 1;
}

const char *sysinfo_processor(void)
{
    static char name[128];
    char line[512];
    FILE *file = fopen("/proc/cpuinfo", "re");
    while (file && !*name && fgets(line, sizeof line, file)) {
        const char *colon = strncmp(line, "model name", 10) == 0 ? strchr(line, ':') : NULL;
        if (colon)
            (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
    }
    if (file)
        (void)fclose(file);
    return name;
}

double sysinfo_load_average(void)
{
    double load;
    return getloadavg(&load, 1) == 1 ? load : 0;
}

long sysinfo_files_raise(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return 0;
    rlim_t before = files.rlim_cur;
    files.rlim_cur = files.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &files) != 0)
        files.rlim_cur = before;
    return files.rlim_cur > LONG_MAX ? LONG_MAX : (long)files.rlim_cur;
}
