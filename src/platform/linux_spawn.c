/*
 * fork(2) and execve(2) with everything prepared before the fork: the child makes system calls on
 * memory that is there already, and nothing else. What fails in it comes back as a stage and an
 * errno through a pipe that a successful execve(2) closes.
 */
#include "platform/linux_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/path.h"
#include "platform/linux_handoff.h"

enum stage { STAGE_SETUP, STAGE_CWD, STAGE_EXEC };

struct failure {
    int stage, errnum;
};

/* All that the child needs, made before the fork. */
struct plan {
    char *path;
    const struct spawn *spawn;
    int fds[3];     /* to become 0, 1, 2 */
    int error_fd;   /* where a struct failure goes; at least 3 */
    int handoff_fd; /* where the descriptor of the filter goes, at least 3; -1: there is none */
    int priority;
    pid_t parent;
};

/* --- which file --- */

static bool can_execute(const char *cwd, const char *path)
{
    char *full = path_join(cwd ? cwd : ".", path);
    struct stat info;
    bool can = stat(full, &info) == 0 && S_ISREG(info.st_mode) && access(full, X_OK) == 0;
    free(full);
    return can;
}

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
    for (const char *at = dirs; *name != '\0';) {
        size_t len = strcspn(at, ":");
        char *dir = len ? mem_string_n(at, len) : mem_string(".");
        char *path = path_join(dir, name);
        free(dir);
        if (can_execute(spawn->cwd, path))
            return path;
        free(path);
        if (at[len] == '\0')
            break;
        at += len + 1;
    }
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

static void explain_exec(const struct plan *plan, int errnum, struct err *err)
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

static int explain(const struct plan *plan, struct failure failure, struct err *err)
{
    const char *name = plan->spawn->argv[0];
    if (failure.stage == STAGE_EXEC) {
        explain_exec(plan, failure.errnum, err);
    } else if (failure.stage == STAGE_CWD) {
        err_system(err, failure.errnum, "cannot start \"%s\": its working directory %s", name,
                   plan->spawn->cwd);
        err->code = ERR_APP;
    } else {
        err_system(err, failure.errnum, "cannot start \"%s\"", name);
    }
    return err->code;
}

/* --- the child: async-signal-safe calls only, signal-safety(7) --- */

static _Noreturn void child_fail(const struct plan *plan, int stage)
{
    struct failure failure = {.stage = stage, .errnum = errno};
    ssize_t written = write(plan->error_fd, &failure, sizeof failure);
    (void)written; /* less than PIPE_BUF: whole or not at all; zonda sees the end of the pipe */
    _exit(127);
}

static void child_signals(void)
{
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++)
        (void)sigaction(number, &standard, NULL); /* KILL, STOP and libc's own are refused */
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void child_run(const struct plan *plan)
{
    const struct spawn *spawn = plan->spawn;
    /* The signal comes when zonda ends; that it ended before this call is seen by the parent. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
        child_fail(plan, STAGE_SETUP);
    if (getppid() != plan->parent)
        _exit(127);
    if (spawn->terminal ? setsid() < 0 : setpgid(0, 0) != 0)
        child_fail(plan, STAGE_SETUP);
    /* First out of the way of 0, 1 and 2, which may be among them, then in place. */
    int fds[3];
    for (int i = 0; i < 3; i++)
        if ((fds[i] = fcntl(plan->fds[i], F_DUPFD_CLOEXEC, 3)) < 0)
            child_fail(plan, STAGE_SETUP);
    for (int i = 0; i < 3; i++)
        if (dup2(fds[i], i) < 0)
            child_fail(plan, STAGE_SETUP);
    if (spawn->terminal && ioctl(spawn->stdin_fd >= 0 ? 0 : 1, TIOCSCTTY, 0) != 0)
        child_fail(plan, STAGE_SETUP);
    /* What somebody opened without CLOEXEC; not known before Linux 5.11, and no loss there. */
    (void)close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    if (spawn->nice)
        (void)setpriority(PRIO_PROCESS, 0, plan->priority);
    if (spawn->cwd && chdir(spawn->cwd) != 0)
        child_fail(plan, STAGE_CWD);
    child_signals();
    if (plan->handoff_fd >= 0)
        linux_handoff_install(plan->handoff_fd);
    /* execve(2) takes both as pointers to what it does not change. */
    (void)execve(plan->path, (char *const *)spawn->argv, (char *const *)spawn->env);
    child_fail(plan, STAGE_EXEC);
}

/* --- the parent --- */

static int start(struct plan *plan, int pipe_fds[2], int *pidfd, struct err *err)
{
    sigset_t all, before;
    sigfillset(&all);
    (void)sigprocmask(SIG_SETMASK, &all, &before); /* no handler of zonda runs in the child */
    pid_t pid = fork();
    if (pid == 0)
        child_run(plan);
    int errnum = errno;
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    (void)close(pipe_fds[1]);
    pipe_fds[1] = -1;
    if (pid < 0)
        return err_system(err, errnum, "cannot start \"%s\"", plan->spawn->argv[0]);

    *pidfd = (int)syscall(SYS_pidfd_open, pid, 0); /* CLOEXEC by itself */
    struct failure failure = {.stage = STAGE_SETUP, .errnum = errno};
    bool failed = *pidfd < 0;
    if (failed) {
        (void)kill(pid, SIGKILL);
    } else {
        ssize_t len;
        while ((len = read(pipe_fds[0], &failure, sizeof failure)) < 0 && errno == EINTR)
            ;
        failed = len == (ssize_t)sizeof failure;
    }
    if (!failed)
        return pid;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    if (*pidfd >= 0)
        (void)close(*pidfd);
    return explain(plan, failure, err);
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

int linux_spawn(const struct spawn *spawn, int *pidfd, struct err *err)
{
    struct plan plan = {.spawn = spawn,
                        .fds = {spawn->stdin_fd, spawn->stdout_fd, spawn->stderr_fd},
                        .priority = getpriority(PRIO_PROCESS, 0) + spawn->nice,
                        .parent = getpid(),
                        .error_fd = -1,
                        .handoff_fd = -1};
    int pipe_fds[2] = {-1, -1}, channel[2] = {-1, -1}, result = ERR_SYSTEM;
    int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    plan.path = find_program(spawn, err);
    if (!plan.path) {
        result = err->code;
        goto out;
    }
    for (int i = 0; i < 3; i++)
        if (plan.fds[i] < 0)
            plan.fds[i] = null_fd;
    if (null_fd < 0 || pipe2(pipe_fds, O_CLOEXEC) != 0 ||
        (plan.error_fd = fcntl(pipe_fds[1], F_DUPFD_CLOEXEC, 3)) < 0) {
        result = err_system(err, errno, "cannot start \"%s\"", spawn->argv[0]);
        goto out;
    }
    (void)close(pipe_fds[1]);
    pipe_fds[1] = plan.error_fd;
    if (spawn->handoff && open_channel(channel) == 0)
        plan.handoff_fd = channel[1];
    result = start(&plan, pipe_fds, pidfd, err);
    if (result >= 0 && spawn->handoff)
        linux_handoff_attach(spawn->handoff,
                             channel[0] >= 0 ? linux_handoff_receive(channel[0]) : -EMFILE);
out:
    for (int i = 0; i < 2; i++) {
        if (pipe_fds[i] >= 0)
            (void)close(pipe_fds[i]);
        if (channel[i] >= 0)
            (void)close(channel[i]);
    }
    if (null_fd >= 0)
        (void)close(null_fd);
    free(plan.path);
    return result;
}
