#include "platform/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "platform/fs.h"

struct signals {
    int fd;
    struct io *io;
    signals_fn *fn;
    void *data;
    sigset_t before; /* the mask to put back */
};

static const int TAKEN[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGWINCH, SIGCONT};

static void readable(void *data, int events)
{
    (void)events;
    struct signals *signals = data;
    struct signalfd_siginfo info;
    /* One a call: fn may close us. What is left makes the descriptor readable again. */
    if (fs_fd_read(signals->fd, &info, sizeof info) == (long)sizeof info)
        signals->fn(signals->data, (int)info.ssi_signo);
}

struct signals *signals_open(struct loop *loop, signals_fn *fn, void *data, struct err *err)
{
    struct signals *signals = mem_new(1, sizeof *signals);
    sigset_t taken;
    (void)sigemptyset(&taken);
    for (size_t i = 0; i < sizeof TAKEN / sizeof *TAKEN; i++)
        (void)sigaddset(&taken, TAKEN[i]);
    (void)sigprocmask(SIG_BLOCK, &taken, &signals->before);
    (void)signal(SIGPIPE, SIG_IGN);
    signals->fd = signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals->fd < 0) {
        err_system(err, errno, "cannot receive signals");
        (void)sigprocmask(SIG_SETMASK, &signals->before, NULL);
        free(signals);
        return NULL;
    }
    signals->fn = fn;
    signals->data = data;
    signals->io = io_new(loop, signals->fd, readable, signals);
    io_want(signals->io, IO_READ);
    return signals;
}

void signals_close(struct signals *signals)
{
    if (!signals)
        return;
    io_free(signals->io);
    fs_fd_close(&signals->fd);
    (void)sigprocmask(SIG_SETMASK, &signals->before, NULL);
    free(signals);
}
