/*
 * The life of a child on Linux: its end as an event (pidfd_open(2)), its group, and the reaping of
 * orphans that come to zonda because it is their subreaper. How a child is started stands in
 * linux_spawn.c.
 *
 * A leader that has ended stays a zombie until process_free. Its pid is the number of its group as
 * well, and the kernel gives neither to another process while the zombie is there: process_signal
 * can never hit a stranger, also after on_exit. Its end is therefore looked at with WNOWAIT.
 */
#include "platform/process.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "platform/linux_spawn.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

struct process {
    struct process *next, *prev;
    process_exit_fn *on_exit;
    void *data;
    struct io *io; /* NULL once it has ended */
    int pid, pidfd;
};

/* Every process that was spawned and not freed, and what reaps the others. */
static struct {
    struct process *first;
    struct io *io;
    int fd; /* signalfd(2) of SIGCHLD, valid while io is set */
} children;

/* --- orphans --- */

static bool is_known(pid_t pid)
{
    for (const struct process *process = children.first; process; process = process->next)
        if (process->pid == pid)
            return true;
    return false;
}

/* Reaps every ended child that is no process of ours. waitid(2) shows one of ours again and again
   and so hides what stands behind it; process_free, which takes that one away, calls this again. */
static void reap_orphans(void)
{
    if (!children.io)
        return;
    for (;;) {
        siginfo_t info = {0};
        if (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT | WNOHANG) != 0 || info.si_pid == 0 ||
            is_known(info.si_pid))
            return;
        if (waitid(P_PID, (id_t)info.si_pid, &info, WEXITED | WNOHANG) != 0)
            return;
    }
}

static void child_signal(void *data, int events)
{
    (void)data;
    (void)events;
    struct signalfd_siginfo info;
    while (read(children.fd, &info, sizeof info) > 0)
        ;
    reap_orphans();
}

int process_init(struct loop *loop, struct err *err)
{
    /* An ignored SIGCHLD, which is inherited over execve(2), would let children vanish unseen. */
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    if (sigaction(SIGCHLD, &standard, NULL) != 0 || sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return err_system(err, errno, "cannot block SIGCHLD");
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
        return err_system(err, errno, "cannot become the reaper of the app's descendants");
    children.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (children.fd < 0)
        return err_system(err, errno, "cannot wait for SIGCHLD");
    children.io = io_new(loop, children.fd, child_signal, NULL);
    io_want(children.io, IO_READ);
    return 0;
}

void process_fini(void)
{
    if (!children.io)
        return;
    io_free(children.io);
    children.io = NULL;
    (void)close(children.fd);
}

/* --- processes --- */

static struct exit_status status_of(const siginfo_t *info)
{
    if (info->si_code == CLD_EXITED)
        return (struct exit_status){.code = info->si_status};
    return (struct exit_status){
        .signalled = true, .signal = info->si_status, .core = info->si_code == CLD_DUMPED};
}

static void process_ended(void *data, int events)
{
    (void)events;
    struct process *process = data;
    siginfo_t info = {0};
    if (waitid(P_PIDFD, (id_t)process->pidfd, &info, WEXITED | WNOWAIT | WNOHANG) != 0) {
        if (errno == EINTR || errno == EAGAIN)
            return;
        info = (siginfo_t){.si_code = CLD_KILLED};
        info.si_pid = process->pid; /* one union: a second member in the braces is not portable */
        info.si_status = SIGKILL;
    }
    if (info.si_pid == 0)
        return;
    io_free(process->io);
    process->io = NULL;
    process->on_exit(process->data, status_of(&info));
}

struct process *process_spawn(struct loop *loop, const struct spawn *spawn,
                              process_exit_fn *on_exit, void *data, struct err *err)
{
    int pidfd;
    int pid = linux_spawn(spawn, &pidfd, err);
    if (pid < 0)
        return NULL;
    struct process *process = mem_new(1, sizeof *process);
    process->on_exit = on_exit;
    process->data = data;
    process->pid = pid;
    process->pidfd = pidfd;
    process->next = children.first;
    if (process->next)
        process->next->prev = process;
    children.first = process;
    process->io = io_new(loop, pidfd, process_ended, process);
    io_want(process->io, IO_READ);
    return process;
}

int process_pid(const struct process *process)
{
    return process->pid;
}

bool process_running(const struct process *process)
{
    return process->io != NULL;
}

void process_signal(const struct process *process, int signal)
{
    (void)kill(-process->pid, signal);
}

void process_signal_group(int leader, int signal)
{
    if (leader > 1)
        (void)kill(-leader, signal);
}

void process_free(struct process *process)
{
    if (!process)
        return;
    if (process->io) { /* a defect of the caller: nothing of it may stay behind all the same */
        (void)kill(-process->pid, SIGKILL);
        io_free(process->io);
    }
    siginfo_t info;
    while (waitid(P_PID, (id_t)process->pid, &info, WEXITED) != 0 && errno == EINTR)
        ;
    (void)close(process->pidfd);
    if (process->next)
        process->next->prev = process->prev;
    if (process->prev)
        process->prev->next = process->next;
    else
        children.first = process->next;
    free(process);
    reap_orphans();
}
