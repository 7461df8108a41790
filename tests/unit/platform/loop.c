#include "check.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "platform/fs.h"
#include "platform/loop.h"
#include "platform/signals.h"

static struct loop *loop;
static struct err err;

struct seen {
    struct timer *timer;
    struct io *io;
    int count, last, fds[2];
};

static void once(void *data)
{
    struct seen *seen = data;
    seen->count++;
    timer_free(seen->timer); /* allowed in its own callback */
    loop_stop(loop);
}

static void a_timer_fires_once(void **state)
{
    struct seen seen = {0};
    (void)state;
    seen.timer = timer_new(loop, once, &seen);
    timer_start(seen.timer, 100000);
    timer_start(seen.timer, 1); /* starts again */
    assert_true(timer_active(seen.timer));
    loop_run(loop);
    assert_int_equal(seen.count, 1);
}

static void readable(void *data, int events)
{
    struct seen *seen = data;
    char byte;
    assert_true(events & IO_READ);
    seen->count += (int)fs_fd_read(seen->fds[0], &byte, 1);
    io_free(seen->io);
    loop_stop(loop);
}

static void a_pipe_becomes_readable(void **state)
{
    struct seen seen = {0};
    (void)state;
    assert_int_equal(fs_pipe(seen.fds, &err), 0);
    seen.io = io_new(loop, seen.fds[0], readable, &seen);
    io_want(seen.io, IO_READ);
    assert_int_equal(fs_fd_write(seen.fds[1], "x", 1), 1);
    loop_run(loop);
    assert_int_equal(seen.count, 1);
    fs_fd_close(&seen.fds[0]);
    fs_fd_close(&seen.fds[1]);
}

static void ignore(void *data, int events)
{
    (void)data, (void)events;
}

/* The shell that shares the terminal with zonda does not expect it otherwise. */
static void a_descriptor_blocks_again_after_io_free(void **state)
{
    int fds[2];
    (void)state;
    assert_int_equal(fs_pipe(fds, &err), 0);
    assert_int_equal(fs_fd_nonblock(fds[1], &err), 0);
    for (int i = 0; i < 2; i++) {
        struct io *io = io_new(loop, fds[i], ignore, NULL);
        assert_true(fcntl(fds[i], F_GETFL) & O_NONBLOCK);
        io_free(io);
        assert_int_equal(!(fcntl(fds[i], F_GETFL) & O_NONBLOCK), i == 0);
    }
    fs_fd_close(&fds[0]);
    fs_fd_close(&fds[1]);
}

static void work(void *data)
{
    ((struct seen *)data)->last = 7;
}

static void worked(void *data)
{
    ((struct seen *)data)->count += ((struct seen *)data)->last;
    loop_stop(loop);
}

static void work_comes_back_to_the_loop(void **state)
{
    struct seen seen = {0};
    (void)state;
    work_submit(loop, work, worked, &seen);
    loop_run(loop);
    assert_int_equal(seen.count, 7);
}

static void signalled(void *data, int signal)
{
    ((struct seen *)data)->last = signal;
    loop_stop(loop);
}

static void a_signal_becomes_an_event(void **state)
{
    struct seen seen = {0};
    (void)state;
    struct signals *signals = signals_open(loop, signalled, &seen, &err);
    assert_non_null(signals);
    assert_int_equal(kill(getpid(), SIGUSR1), 0);
    loop_run(loop);
    assert_int_equal(seen.last, SIGUSR1);
    signals_close(signals);
}

static int open_loop(void **state)
{
    (void)state;
    loop = loop_new(&err);
    return loop ? 0 : -1;
}

static int free_loop(void **state)
{
    (void)state;
    loop_free(loop);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* First: a work thread made earlier would not have the signal blocked. */
        cmocka_unit_test_setup_teardown(a_signal_becomes_an_event, open_loop, free_loop),
        cmocka_unit_test_setup_teardown(a_timer_fires_once, open_loop, free_loop),
        cmocka_unit_test_setup_teardown(a_pipe_becomes_readable, open_loop, free_loop),
        cmocka_unit_test_setup_teardown(a_descriptor_blocks_again_after_io_free, open_loop,
                                        free_loop),
        cmocka_unit_test_setup_teardown(work_comes_back_to_the_loop, open_loop, free_loop),
    };
    return cmocka_run_group_tests_name("platform/loop", tests, NULL, NULL);
}
