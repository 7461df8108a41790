/* Who waits for whose lock on a file, with real processes and real locks. */
#include "check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/locks.h"

static char file[32], found[256];
static int pids[2], ends[2]; /* pid 0 is the holder; what closes its end lets it go */

static int begin(void **state)
{
    (void)state;
    (void)snprintf(file, sizeof file, "/tmp/zonda-lock-XXXXXX");
    int fd = mkstemp(file);
    return fd < 0 || close(fd) != 0 ? -1 : 0;
}

enum how { FLOCK, POSIX, POSIX_SHARED, JUST_OPEN };

/* A process that takes the lock, says so by a byte, and ends with its pipe. */
static void take(enum how how, int out, int in)
{
    char byte = 'x';
    int fd = open(file, O_RDWR | O_CLOEXEC);
    struct flock lock = {.l_type = how == POSIX_SHARED ? F_RDLCK : F_WRLCK};
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (how == FLOCK)
        (void)flock(fd, LOCK_EX);
    else if (how != JUST_OPEN)
        (void)fcntl(fd, F_SETLKW, &lock);
    (void)!write(out, &byte, 1);
    (void)!read(in, &byte, 1);
    _exit(0);
}

/* Waits for the byte where it is not to wait for the lock. */
static void run(int which, enum how how, bool gets_it)
{
    int out[2], in[2];
    char byte;
    assert_int_equal(pipe(out) + pipe(in), 0);
    pids[which] = fork();
    if (pids[which] == 0) {
        (void)close(in[1]);
        if (which == 1)
            (void)close(ends[0]);
        take(how, out[1], in[0]);
    }
    (void)close(out[1]);
    (void)close(in[0]);
    ends[which] = in[1];
    if (gets_it)
        assert_int_equal(read(out[0], &byte, 1), 1);
    (void)close(out[0]);
}

static int end(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        if (pids[i] > 0) {
            (void)kill(pids[i], SIGKILL);
            (void)waitpid(pids[i], NULL, 0);
            (void)close(ends[i]);
        }
        pids[i] = 0;
    }
    return unlink(file);
}

static enum lock_claim claim(void)
{
    return lock_claim(pids[1], pids[0], found, sizeof found);
}

static void comes_to_wait(enum how holder, enum how other)
{
    run(0, holder, true);
    run(1, other, false);
    while (claim() != LOCK_WAITS) /* the test's own deadline ends it */
        (void)usleep(1000);
    assert_string_equal(found, file);
    /* Nobody waits the other way round. */
    assert_int_equal(lock_claim(pids[0], pids[1], found, sizeof found), LOCK_FREE);
}

static void sees_who_waits_in_flock(void **state)
{
    (void)state;
    comes_to_wait(FLOCK, FLOCK);
}

static void sees_who_waits_in_fcntl(void **state)
{
    (void)state;
    comes_to_wait(POSIX, POSIX);
}

static void sees_who_waits_for_a_shared_lock(void **state)
{
    (void)state;
    comes_to_wait(POSIX_SHARED, POSIX);
}

/* As one that tries again and again without waiting in the kernel. */
static void sees_who_has_the_locked_file_open(void **state)
{
    (void)state;
    run(0, FLOCK, true);
    run(1, JUST_OPEN, true);
    assert_int_equal(claim(), LOCK_OPEN);
    assert_string_equal(found, file);
    assert_true(lock_is_held(pids[0], found, sizeof found));
    assert_string_equal(found, file);
    assert_false(lock_is_held(pids[1], found, sizeof found));
}

static void shared_locks_are_in_nobodys_way(void **state)
{
    (void)state;
    run(0, POSIX_SHARED, true);
    run(1, POSIX_SHARED, true);
    assert_int_equal(claim(), LOCK_FREE);
    assert_false(lock_is_held(pids[0], found, sizeof found));
}

/* The tests' own lock is none of the holder's. */
static void a_lock_of_a_third_is_no_claim(void **state)
{
    (void)state;
    int fd = open(file, O_RDWR | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    run(0, JUST_OPEN, true);
    run(1, JUST_OPEN, true);
    assert_int_equal(claim(), LOCK_FREE);
    (void)close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sees_who_waits_in_flock),          TEST(sees_who_waits_in_fcntl),
        TEST(sees_who_waits_for_a_shared_lock), TEST(sees_who_has_the_locked_file_open),
        TEST(shared_locks_are_in_nobodys_way),  TEST(a_lock_of_a_third_is_no_claim),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
