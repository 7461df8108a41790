#include "platform/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* What keys mode changed; one terminal a program. */
static struct {
    bool on, at_exit;
    int fd;
    struct termios before;
} keys;

bool terminal_is_tty(int fd)
{
    return isatty(fd) == 1;
}

int terminal_columns(int fd)
{
    struct winsize size;
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* A process in the background that changes its terminal is stopped by SIGTTOU. */
static bool in_foreground(int fd)
{
    return tcgetpgrp(fd) == getpgrp();
}

int terminal_keys_on(int fd, struct err *err)
{
    struct termios now;
    if (!terminal_is_tty(fd) || !in_foreground(fd))
        return 0;
    if (tcgetattr(fd, &now) != 0)
        return err_system(err, errno, "cannot read the settings of the terminal");
    if (!keys.on) {
        keys.before = now;
        keys.fd = fd;
    }
    now.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    now.c_lflag |= ISIG;
    now.c_cc[VMIN] = 1;
    now.c_cc[VTIME] = 0;
    if (tcsetattr(fd, TCSANOW, &now) != 0)
        return err_system(err, errno, "cannot change the settings of the terminal");
    keys.on = true;
    if (!keys.at_exit)
        keys.at_exit = atexit(terminal_keys_off) == 0;
    return 0;
}

void terminal_keys_off(void)
{
    if (!keys.on)
        return;
    keys.on = false;
    if (in_foreground(keys.fd))
        (void)tcsetattr(keys.fd, TCSANOW, &keys.before);
}

int terminal_open_pty(int like_fd, int *master, int *slave, struct err *err)
{
    char name[64];
    struct termios settings;
    int from = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), to = -1;
    if (from < 0)
        return err_system(err, errno, "cannot open a pseudo-terminal");
    if (grantpt(from) != 0 || unlockpt(from) != 0 || ptsname_r(from, name, sizeof name) != 0 ||
        (to = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0 || tcgetattr(to, &settings) != 0)
        goto fail;
    /* What is typed is echoed by zonda's own terminal, and the carriage return before a newline is
       added by it as well: the app's bytes come out of the master as the app wrote them. */
    settings.c_lflag &= ~(tcflag_t)ECHO;
    settings.c_oflag &= ~(tcflag_t)ONLCR;
    if (tcsetattr(to, TCSANOW, &settings) != 0 ||
        fcntl(from, F_SETFL, fcntl(from, F_GETFL) | O_NONBLOCK) < 0)
        goto fail;
    terminal_copy_size(like_fd, from);
    *master = from;
    *slave = to;
    return 0;
fail:
    err_system(err, errno, "cannot set up a pseudo-terminal");
    (void)close(from);
    if (to >= 0)
        (void)close(to);
    return err->code;
}

void terminal_copy_size(int like_fd, int master)
{
    struct winsize size;
    if (ioctl(like_fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        size = (struct winsize){.ws_row = 24, .ws_col = 80};
    (void)ioctl(master, TIOCSWINSZ, &size); /* tells the app by SIGWINCH where it changed */
}
