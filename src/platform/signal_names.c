/* Signals and ends of processes in words: the same on every system. */
#include <signal.h>
#include <string.h>
#include <strings.h>

#include "platform/process.h"

static const struct {
    int number;
    const char *name;
} names[] = {
    {SIGHUP, "SIGHUP"},       {SIGINT, "SIGINT"},   {SIGQUIT, "SIGQUIT"}, {SIGILL, "SIGILL"},
    {SIGTRAP, "SIGTRAP"},     {SIGABRT, "SIGABRT"}, {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},
    {SIGKILL, "SIGKILL"},     {SIGUSR1, "SIGUSR1"}, {SIGSEGV, "SIGSEGV"}, {SIGUSR2, "SIGUSR2"},
    {SIGPIPE, "SIGPIPE"},     {SIGALRM, "SIGALRM"}, {SIGTERM, "SIGTERM"}, {SIGCHLD, "SIGCHLD"},
    {SIGCONT, "SIGCONT"},     {SIGSTOP, "SIGSTOP"}, {SIGTSTP, "SIGTSTP"}, {SIGTTIN, "SIGTTIN"},
    {SIGTTOU, "SIGTTOU"},     {SIGURG, "SIGURG"},   {SIGXCPU, "SIGXCPU"}, {SIGXFSZ, "SIGXFSZ"},
    {SIGVTALRM, "SIGVTALRM"}, {SIGPROF, "SIGPROF"}, {SIGIO, "SIGIO"},     {SIGSYS, "SIGSYS"},
    {SIGWINCH, "SIGWINCH"},
};

int signal_number(const char *name)
{
    if (strncasecmp(name, "SIG", 3) == 0)
        name += 3;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(name, names[i].name + 3) == 0)
            return names[i].number;
    return -1;
}

const char *signal_name(int number)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].number == number)
            return names[i].name;
    return NULL;
}

void exit_status_words(struct exit_status status, struct buf *out)
{
    if (!status.signalled) {
        (void)buf_printf(out, "exit status %d", status.code);
        return;
    }
    const char *name = signal_name(status.signal);
    if (name)
        (void)buf_printf(out, "killed by %s", name);
    else
        (void)buf_printf(out, "killed by signal %d", status.signal);
    if (status.core)
        (void)buf_puts(out, " (core dumped)");
    if (status.unguarded)
        (void)buf_puts(out, " with its guard process");
}

int exit_status_code(struct exit_status status)
{
    return status.signalled ? 128 + status.signal : status.code;
}
