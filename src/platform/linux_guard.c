#include "platform/linux_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/linux_children.h"
#include "platform/linux_handoff.h"

#define FDS_MAX 65536 /* closed one by one where close_range(2) is unknown */

struct guard {
    int channel; /* -1: zonda has gone */
    pid_t pid;   /* of the process that was spawned; 0 once it was waited for */
    pid_t group; /* the number of its group, which those that are left keep */
    bool killing;
};

/* --- the process: from vfork(2) to execve(2), in the memory of the guard --- */

static _Noreturn void child_fail(volatile struct guard_news *news, enum guard_stage stage)
{
    news->what = GUARD_FAILED;
    news->stage = stage;
    news->errnum = errno;
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

static _Noreturn void child_run(const struct guard_plan *plan, pid_t guard,
                                volatile struct guard_news *news)
{
    const struct spawn *spawn = plan->spawn;
    /* Where somebody kills the guard, and zonda as well, at least this one does not stay. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
        child_fail(news, STAGE_SETUP);
    if (getppid() != guard)
        _exit(127);
    if (spawn->terminal ? setsid() < 0 : setpgid(0, 0) != 0)
        child_fail(news, STAGE_SETUP);
    /* First out of the way of 0, 1 and 2, which may be among them, then in place. */
    int fds[3];
    for (int i = 0; i < 3; i++)
        if ((fds[i] = fcntl(plan->fds[i], F_DUPFD_CLOEXEC, 3)) < 0)
            child_fail(news, STAGE_SETUP);
    for (int i = 0; i < 3; i++)
        if (dup2(fds[i], i) < 0)
            child_fail(news, STAGE_SETUP);
    if (spawn->terminal && ioctl(spawn->stdin_fd >= 0 ? 0 : 1, TIOCSCTTY, 0) != 0)
        child_fail(news, STAGE_SETUP);
    /* What somebody opened without CLOEXEC; not known before Linux 5.11, and no loss there. */
    (void)close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    if (spawn->nice)
        (void)setpriority(PRIO_PROCESS, 0, plan->priority);
    if (spawn->cwd && chdir(spawn->cwd) != 0)
        child_fail(news, STAGE_CWD);
    child_signals();
    if (plan->handoff_fd >= 0)
        linux_handoff_install(plan->handoff_fd);
    /* execve(2) takes both as pointers to what it does not change. */
    (void)execve(plan->path, (char *const *)spawn->argv, (char *const *)spawn->env);
    child_fail(news, STAGE_EXEC);
}

/* Returns once execve(2) has succeeded or failed. vfork(2) and no fork(2): the tables of all the
   memory that the guard got from zonda need not be copied twice. */
static pid_t child_start(const struct guard_plan *plan, volatile struct guard_news *news)
{
    pid_t guard = getpid(), pid = vfork();
    if (pid == 0)
        child_run(plan, guard, news);
    return pid;
}

/* --- the guard --- */

static void tell(int channel, const struct guard_news *news)
{
    /* Where zonda has gone, the next look at the channel says so. */
    (void)send(channel, news, sizeof *news, MSG_NOSIGNAL);
}

/* Nothing of zonda is held open: its pipes, its sockets and its terminal end when it does. */
static void let_go(int *channel, int null_fd)
{
    for (int i = 0; i < 3; i++)
        (void)dup2(null_fd, i);
    *channel = dup2(*channel, 3);
    if (close_range(4, ~0U, 0) != 0)
        for (int fd = 4; fd < FDS_MAX; fd++)
            (void)close(fd);
    int moved = chdir("/"); /* or it keeps a directory busy */
    (void)moved;
}

static void send_kill(void *data, pid_t pid)
{
    (void)data;
    (void)kill(pid, SIGKILL);
}

/* To those that are children now. The children of one that dies become ours before its end is
   told, and so are killed in the next round. */
static void kill_all(const struct guard *guard)
{
    if (guard->pid)
        (void)kill(-guard->pid, SIGKILL);
    (void)linux_children_each(send_kill, NULL);
}

struct order {
    int signal;
    pid_t group;
};

static void send_outside(void *data, pid_t pid)
{
    const struct order *order = data;
    if (getpgid(pid) != order->group)
        (void)kill(pid, order->signal);
}

static void send_signal(const struct guard *guard, int signal)
{
    struct order order = {.signal = signal, .group = guard->group};
    if (!guard->pid)
        (void)linux_children_each(send_outside, &order);
    else if (kill(-guard->pid, signal) != 0) /* it has left its group, which is empty */
        (void)kill(guard->pid, signal);
}

/* Is anybody left? */
static bool reap(struct guard *guard)
{
    for (;;) {
        siginfo_t info = {0};
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG) != 0)
            return errno != ECHILD;
        if (info.si_pid == 0)
            return true;
        if (info.si_pid != guard->pid)
            continue;
        guard->pid = 0; /* its group may be another's from now on */
        struct guard_news news = {
            .what = GUARD_ENDED, .code = info.si_code, .status = info.si_status};
        tell(guard->channel, &news);
    }
}

static void obey(struct guard *guard)
{
    int order;
    ssize_t len = recv(guard->channel, &order, sizeof order, MSG_DONTWAIT);
    if (len < 0 && guard_hears_more(errno))
        return;
    if (len != (ssize_t)sizeof order) {
        guard->channel = -1;
        guard->killing = true;
    } else if (order == SIGKILL) {
        guard->killing = true;
    } else if (order == GUARD_RELEASE) {
        if (!guard->killing)
            _exit(GUARD_LEFT);
    } else {
        send_signal(guard, order);
    }
}

static void child_signal(int number)
{
    (void)number; /* it ends ppoll(2) */
}

static _Noreturn void watch_over(struct guard *guard)
{
    sigset_t waiting;
    sigfillset(&waiting);
    sigdelset(&waiting, SIGCHLD);
    while (reap(guard)) {
        if (guard->killing)
            kill_all(guard);
        struct pollfd wait = {.fd = guard->channel, .events = POLLIN};
        /* SIGCHLD is blocked but for this wait, so that none comes between a look and the wait. */
        if (ppoll(&wait, 1, NULL, &waiting) > 0)
            obey(guard);
    }
    _exit(0);
}

/* Starts the process; what there is to tell. */
static struct guard_news begin(struct guard *guard, const struct guard_plan *plan)
{
    volatile struct guard_news news = {.what = GUARD_STARTED};
    struct sigaction heard = {.sa_handler = child_signal};
    /* Out of zonda's group, whom somebody may kill as a whole, but in its session. */
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0 || setpgid(0, 0) != 0 ||
        sigaction(SIGCHLD, &heard, NULL) != 0 || (guard->pid = child_start(plan, &news)) < 0) {
        news.what = GUARD_FAILED;
        news.errnum = errno;
    } else if (news.what == GUARD_FAILED) {
        (void)waitpid(guard->pid, NULL, 0);
    }
    news.pid = guard->group = guard->pid;
    return news;
}

_Noreturn void linux_guard_run(const struct guard_plan *plan)
{
    struct guard guard = {.channel = plan->channel};
    /* Without "zonda" in it: after `pkill -9 zonda` it is there to end the tree. */
    (void)prctl(PR_SET_NAME, "tree-guard", 0, 0, 0);
    struct guard_news news = begin(&guard, plan);
    let_go(&guard.channel, plan->null_fd);
    tell(guard.channel, &news);
    if (news.what == GUARD_FAILED)
        _exit(0);
    watch_over(&guard);
}
