/*
 * A guard and its process are started with everything prepared before the fork: they make system
 * calls on memory that is there already, and nothing else. What fails in them comes back as a stage
 * and an errno, and becomes a sentence here.
 */
#include "platform/linux_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/path.h"
#include "platform/fs.h"
#include "platform/linux_guard.h"
#include "platform/linux_handoff.h"

/* --- which file --- */

static const char *path_of(const char *const *env)
{
    for (; env && *env; env++)
        if (strncmp(*env, "PATH=", 5) == 0)
            return *env + 5;
    return "/usr/local/bin:/usr/bin:/bin";
}

/* The file that execve(2) gets, heap; NULL and an error where PATH has none. */
static char *find_program(const struct spawn *spawn, struct err *err)
{
    const char *name = spawn->argv[0];
    if (strchr(name, '/'))
        return mem_string(name);
    const char *dirs = path_of(spawn->env);
    char *path = fs_which_in(dirs, spawn->cwd ? spawn->cwd : ".", name);
    if (path)
        return path;
    err_set(err, ERR_APP, "cannot start \"%s\": no such command in PATH", name);
    err_hint(err, "install it, or give its path; PATH is %.180s", dirs);
    return NULL;
}

/* --- why not --- */

/* The program after "#!" of a script into interpreter; false where path is no script. */
static bool read_interpreter(const char *path, char *interpreter, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t len = read(fd, interpreter, size - 1);
    (void)close(fd);
    if (len < 3 || interpreter[0] != '#' || interpreter[1] != '!')
        return false;
    interpreter[len] = '\0';
    size_t skip = 2 + strspn(interpreter + 2, " \t");
    size_t word = strcspn(interpreter + skip, " \t\r\n");
    memmove(interpreter, interpreter + skip, word);
    interpreter[word] = '\0';
    return word > 0;
}

static void explain_exec(const struct guard_plan *plan, int errnum, struct err *err)
{
    const char *name = plan->spawn->argv[0];
    char *full = path_join(plan->spawn->cwd ? plan->spawn->cwd : ".", plan->path);
    char interpreter[256];
    struct stat info;
    if (errnum == ENOENT && stat(full, &info) == 0) {
        if (read_interpreter(full, interpreter, sizeof interpreter)) {
            err_set(err, ERR_APP, "cannot start \"%s\": its interpreter %s does not exist", name,
                    interpreter);
            err_hint(err, "see the first line of %.200s", full);
        } else {
            err_set(err, ERR_APP, "cannot start \"%s\": the loader or library it names is missing",
                    name);
            err_hint(err, "was it built for another system?");
        }
    } else if (errnum == ENOENT) {
        err_set(err, ERR_APP, "cannot start \"%s\": no such file", name);
        err_hint(err, "%.240s does not exist", full);
    } else if (errnum == EACCES && stat(full, &info) == 0 && S_ISDIR(info.st_mode)) {
        err_set(err, ERR_APP, "cannot start \"%s\": it is a directory", name);
    } else if (errnum == EACCES) {
        err_set(err, ERR_APP, "cannot start \"%s\": not executable", name);
        err_hint(err, "chmod +x %.220s", full);
    } else if (errnum == ENOEXEC) {
        err_set(err, ERR_APP, "cannot start \"%s\": not a program of this system", name);
        err_hint(err, "a script needs a first line such as #!/bin/sh");
    } else {
        err_system(err, errnum, "cannot start \"%s\"", name);
        err->code = ERR_APP;
    }
    free(full);
}

static int explain(const struct guard_plan *plan, const struct guard_news *news, struct err *err)
{
    const char *name = plan->spawn->argv[0];
    if (news->stage == STAGE_EXEC) {
        explain_exec(plan, news->errnum, err);
    } else if (news->stage == STAGE_CWD) {
        err_system(err, news->errnum, "cannot start \"%s\": its working directory %s", name,
                   plan->spawn->cwd);
        err->code = ERR_APP;
    } else {
        err_system(err, news->errnum, "cannot start \"%s\"", name);
    }
    return err->code;
}

/* --- the start --- */

/* Forks the guard and hears from it. */
static int start(const struct guard_plan *plan, int channel, struct linux_spawned *spawned,
                 struct err *err)
{
    sigset_t all, before;
    sigfillset(&all);
    (void)sigprocmask(SIG_SETMASK, &all, &before); /* no handler of zonda runs in the guard */
    pid_t guard = fork();
    if (guard == 0)
        linux_guard_run(plan);
    int errnum = errno;
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    (void)close(plan->channel);
    if (guard < 0)
        return err_system(err, errnum, "cannot start \"%s\"", plan->spawn->argv[0]);
    struct guard_news news = {.what = GUARD_FAILED, .stage = STAGE_SETUP, .errnum = EPIPE};
    while (recv(channel, &news, sizeof news, 0) < 0 && errno == EINTR)
        ;
    if (news.what == GUARD_STARTED) {
        *spawned = (struct linux_spawned){.pid = news.pid, .guard = guard, .channel = channel};
        return 0;
    }
    while (waitpid(guard, NULL, 0) < 0 && errno == EINTR)
        ;
    return explain(plan, &news, err);
}

/* A pair of which the second end is the child's. */
static int open_channel(int channel[2])
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) != 0)
        return -1;
    int theirs = fcntl(channel[1], F_DUPFD_CLOEXEC, 3);
    (void)close(channel[1]);
    channel[1] = theirs;
    return theirs < 0 ? -1 : 0;
}

static void close_pair(int pair[2])
{
    for (int i = 0; i < 2; i++)
        if (pair[i] >= 0)
            (void)close(pair[i]);
}

int linux_spawn(const struct spawn *spawn, struct linux_spawned *spawned, struct err *err)
{
    struct guard_plan plan = {.spawn = spawn,
                              .fds = {spawn->stdin_fd, spawn->stdout_fd, spawn->stderr_fd},
                              .priority = getpriority(PRIO_PROCESS, 0) + spawn->nice,
                              .null_fd = -1,
                              .handoff_fd = -1};
    int guard[2] = {-1, -1}, handoff[2] = {-1, -1}, result;
    plan.path = find_program(spawn, err);
    if (!plan.path)
        return err->code;
    plan.null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int i = 0; i < 3; i++)
        if (plan.fds[i] < 0)
            plan.fds[i] = plan.null_fd;
    if (plan.null_fd < 0 || open_channel(guard) != 0) {
        result = err_system(err, errno, "cannot start \"%s\"", spawn->argv[0]);
        goto out;
    }
    plan.channel = guard[1];
    if (spawn->handoff && open_channel(handoff) == 0)
        plan.handoff_fd = handoff[1];
    result = start(&plan, guard[0], spawned, err);
    guard[1] = -1; /* closed */
    if (result == 0)
        guard[0] = -1; /* spawned's */
    if (result == 0 && spawn->handoff)
        linux_handoff_attach(spawn->handoff,
                             handoff[0] >= 0 ? linux_handoff_receive(handoff[0]) : -EMFILE);
out:
    close_pair(guard);
    close_pair(handoff);
    if (plan.null_fd >= 0)
        (void)close(plan.null_fd);
    free(plan.path);
    return result;
}
