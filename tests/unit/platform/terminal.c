#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "platform/terminal.h"

static int master, slave, null_fd;

static int begin(void **state)
{
    (void)state;
    struct err err;
    null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    return null_fd < 0 || terminal_open_pty(null_fd, &master, &slave, &err) != 0;
}

static int end(void **state)
{
    (void)state;
    return close(null_fd) | close(master) | close(slave);
}

static void says_what_is_a_terminal(void **state)
{
    (void)state;
    assert_true(terminal_is_tty(slave));
    assert_false(terminal_is_tty(null_fd));
    assert_false(terminal_is_tty(-1));
}

static void passes_the_size_on(void **state)
{
    (void)state;
    struct err err;
    struct winsize size = {.ws_row = 33, .ws_col = 101};
    int other, other_slave;
    assert_int_equal(terminal_columns(null_fd), 80);
    assert_int_equal(terminal_columns(slave), 80);
    assert_int_equal(ioctl(slave, TIOCSWINSZ, &size), 0);
    assert_int_equal(terminal_columns(slave), 101);
    assert_int_equal(terminal_open_pty(slave, &other, &other_slave, &err), 0);
    assert_int_equal(ioctl(other_slave, TIOCGWINSZ, &size), 0);
    assert_int_equal(size.ws_row, 33);
    assert_int_equal(size.ws_col, 101);
    size.ws_col = 60;
    assert_int_equal(ioctl(slave, TIOCSWINSZ, &size), 0);
    terminal_copy_size(slave, other);
    assert_int_equal(terminal_columns(other_slave), 60);
    (void)close(other);
    (void)close(other_slave);
}

static void carries_bytes_as_they_are(void **state)
{
    (void)state;
    char text[64];
    assert_int_equal(write(slave, "a\tb\nc", 5), 5);
    assert_int_equal(read(master, text, sizeof text), 5);
    assert_memory_equal(text, "a\tb\nc", 5);
    assert_int_equal(write(master, "typed\n", 6), 6);
    assert_int_equal(read(slave, text, sizeof text), 6);
    assert_int_equal(read(master, text, sizeof text), -1); /* no echo, and non-blocking */
    assert_int_equal(errno, EAGAIN);
    assert_true(fcntl(master, F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(slave, F_GETFD) & FD_CLOEXEC);
}

static tcflag_t flags(void)
{
    struct termios now;
    assert_int_equal(tcgetattr(slave, &now), 0);
    return now.c_lflag & (ICANON | ECHO | ISIG);
}

/* In a session of its own whose terminal is the pty; its result is its exit status. */
static int in_session(int (*fn)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        if (setsid() < 0 || ioctl(slave, TIOCSCTTY, 0) != 0)
            _exit(100);
        exit(fn());
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void echo_on(void)
{
    struct termios now;
    assert_int_equal(tcgetattr(slave, &now), 0);
    now.c_lflag |= ECHO | ICANON | ISIG;
    assert_int_equal(tcsetattr(slave, TCSANOW, &now), 0);
}

static int keys_on_and_off(void)
{
    struct err err;
    if (terminal_keys_on(slave, &err) != 0 || flags() != ISIG)
        return 1;
    if (terminal_keys_on(slave, &err) != 0 || flags() != ISIG)
        return 2;
    terminal_keys_off();
    if (flags() != (ICANON | ECHO | ISIG))
        return 3;
    terminal_keys_off();
    return terminal_keys_on(slave, &err) != 0 || flags() != ISIG; /* put back by exit() */
}

static void reads_keys_and_puts_back(void **state)
{
    (void)state;
    echo_on();
    assert_int_equal(in_session(keys_on_and_off), 0);
    assert_int_equal(flags(), ICANON | ECHO | ISIG);
}

/* A child in a group of its own is in the background; SIGTTOU would stop it. */
static int keys_in_background(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct err err;
        if (setpgid(0, 0) != 0)
            _exit(100);
        int failed = terminal_keys_on(slave, &err);
        _exit(failed != 0 || flags() != (ICANON | ECHO | ISIG));
    }
    int status;
    return waitpid(pid, &status, WUNTRACED) != pid || !WIFEXITED(status) ||
           WEXITSTATUS(status) != 0;
}

static void leaves_it_alone_in_the_background(void **state)
{
    (void)state;
    echo_on();
    assert_int_equal(in_session(keys_in_background), 0);
}

static void is_quiet_without_a_terminal(void **state)
{
    (void)state;
    struct err err;
    assert_int_equal(terminal_keys_on(null_fd, &err), 0);
    terminal_keys_off();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(says_what_is_a_terminal),           TEST(passes_the_size_on),
        TEST(carries_bytes_as_they_are),         TEST(reads_keys_and_puts_back),
        TEST(leaves_it_alone_in_the_background), TEST(is_quiet_without_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
