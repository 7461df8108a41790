/*
 * The life of a process on Linux, as its guard tells it (linux_guard.h). How both are started
 * stands in linux_spawn.c.
 *
 * zonda sends no signal to a process itself, but tells the guard to: a number belongs to its
 * process until the parent has waited for it, and the parent is the guard.
 *
 * Should a guard be killed, what it watched over becomes zonda's, who is the next reaper above it.
 * Every child of zonda that is no guard is such a stray, and is killed until none is left.
 */
#include "platform/process.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "platform/linux_children.h"
#include "platform/linux_guard.h"
#include "platform/linux_listeners.h"
#include "platform/linux_spawn.h"

struct process {
    struct process *next, *prev;
    process_exit_fn *on_exit;
    process_gone_fn *on_gone; /* NULL: nobody asked */
    void *data;
    struct io *io; /* of channel; NULL at its end */
    int channel;
    int pid, guard;                  /* guard: 0 once it was waited for */
    bool guard_good;                 /* how it ended */
    bool ended, killing, lost, gone; /* lost: its guard was killed */
};

/* Every process that was spawned and not freed, and what reaps the others. */
static struct {
    struct process *first;
    struct io *io;
    int fd;       /* signalfd(2) of SIGCHLD, valid while io is set */
    bool strayed; /* a guard was killed, and not all that it left has gone */
} children;

/* --- strays --- */

static bool is_guard(pid_t pid)
{
    for (const struct process *process = children.first; process; process = process->next)
        if (process->guard == pid)
            return true;
    return false;
}

static void kill_stray(void *data, pid_t pid)
{
    if (is_guard(pid))
        return;
    (void)kill(pid, SIGKILL);
    *(bool *)data = true;
}

static struct process *first_lost(void)
{
    struct process *process = children.first;
    while (process && !(process->lost && !process->gone))
        process = process->next;
    return process;
}

static void is_gone(struct process *process)
{
    process->gone = true;
    if (process->on_gone)
        process->on_gone(process->data);
}

/* A round of the killing; those that a killed one leaves are found when its end is told. */
static void kill_strays(void)
{
    bool left = false;
    if (!children.strayed)
        return;
    (void)linux_children_each(kill_stray, &left);
    if (left)
        return;
    children.strayed = false;
    for (struct process *lost; (lost = first_lost()) != NULL;)
        is_gone(lost);
}

/* --- ended children --- */

static void guard_ended(struct process *process, const siginfo_t *info)
{
    process->guard_good = info->si_code == CLD_EXITED && info->si_status == 0;
    process->guard = 0;
}

static void reap(void)
{
    siginfo_t info = {0};
    while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG) == 0 && info.si_pid != 0) {
        for (struct process *process = children.first; process; process = process->next)
            if (process->guard == info.si_pid)
                guard_ended(process, &info);
        info = (siginfo_t){0};
    }
}

static void child_signal(void *data, int events)
{
    (void)data;
    (void)events;
    struct signalfd_siginfo info;
    while (read(children.fd, &info, sizeof info) > 0)
        ;
    reap();
    kill_strays();
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
    reap();
    io_free(children.io);
    children.io = NULL;
    (void)close(children.fd);
}

/* --- processes --- */

static struct exit_status status_of(const struct guard_news *news)
{
    if (news->code == CLD_EXITED)
        return (struct exit_status){.code = news->status};
    return (struct exit_status){
        .signalled = true, .signal = news->status, .core = news->code == CLD_DUMPED};
}

/* The guard has closed the channel by its end, which waitid(2) tells at once. */
static void channel_ended(struct process *process)
{
    siginfo_t info = {0};
    io_free(process->io);
    process->io = NULL;
    while (process->guard && waitid(P_PID, (id_t)process->guard, &info, WEXITED) != 0)
        if (errno != EINTR)
            info.si_code = CLD_KILLED, process->guard = 0;
    if (process->guard)
        guard_ended(process, &info);
    if (process->ended && process->guard_good) {
        is_gone(process);
        return;
    }
    process->lost = children.strayed = true;
    if (!process->ended) {
        process->ended = true;
        process->on_exit(
            process->data,
            (struct exit_status){.signalled = true, .signal = SIGKILL, .unguarded = true});
    }
    kill_strays();
}

static void channel_ready(void *data, int events)
{
    struct process *process = data;
    struct guard_news news;
    if (events & IO_HANGUP) /* an error, ECONNRESET, for which the loop looks no more */
        io_want(process->io, IO_READ);
    ssize_t len = recv(process->channel, &news, sizeof news, MSG_DONTWAIT);
    if (len < 0 && guard_hears_more(errno))
        return;
    if (len != (ssize_t)sizeof news) {
        channel_ended(process);
        return;
    }
    process->ended = true;
    process->on_exit(process->data, status_of(&news));
}

struct process *process_spawn(struct loop *loop, const struct spawn *spawn,
                              process_exit_fn *on_exit, void *data, struct err *err)
{
    struct linux_spawned spawned;
    if (linux_spawn(spawn, &spawned, err) != 0)
        return NULL;
    struct process *process = mem_new(1, sizeof *process);
    process->on_exit = on_exit;
    process->data = data;
    process->pid = spawned.pid;
    process->guard = spawned.guard;
    process->channel = spawned.channel;
    process->next = children.first;
    if (process->next)
        process->next->prev = process;
    children.first = process;
    process->io = io_new(loop, process->channel, channel_ready, process);
    io_want(process->io, IO_READ);
    return process;
}

int process_pid(const struct process *process)
{
    return process->pid;
}

bool process_running(const struct process *process)
{
    return !process->ended;
}

bool process_gone(const struct process *process)
{
    return process->gone;
}

void process_when_gone(struct process *process, process_gone_fn *on_gone)
{
    process->on_gone = on_gone;
}

void process_listeners(const struct process *process, struct listeners *found)
{
    linux_listeners(process->pid, process->guard, found);
}

void process_listeners_all(const struct process *process, struct listeners *found)
{
    linux_listeners_all(process->guard, found);
}

int process_root(const struct process *process)
{
    return process->guard;
}

/* Where the guard has gone, nobody hears it: nobody is left, or is being killed already. */
static void order(const struct process *process, int what)
{
    (void)send(process->channel, &what, sizeof what, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void process_signal(const struct process *process, int signal)
{
    order(process, signal);
}

void process_kill(struct process *process)
{
    process->killing = true;
    order(process, SIGKILL);
    if (process->guard)
        (void)kill(process->guard, SIGCONT); /* one that is stopped reads nothing */
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
    if (process->ended && !process->killing)
        order(process, GUARD_RELEASE);
    io_free(process->io);
    (void)close(process->channel); /* of one that was not released it ends the tree */
    if (process->next)
        process->next->prev = process->prev;
    if (process->prev)
        process->prev->next = process->next;
    else
        children.first = process->next;
    free(process);
}
