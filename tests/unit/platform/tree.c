/* A tree of processes from outside: names, ends, processor time, and who has a socket. */
#include "check.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "platform/loopback.h"
#include "platform/tcp.h"
#include "platform/tree.h"

#define WAIT_NS (20 * CLOCK_NS_PER_S)

/* What a child does; it says so when it is ready, and is killed in the end. */
struct child {
    int pid, ready;
};

static void say_ready(int fd)
{
    if (write(fd, "x", 1) != 1)
        _exit(1);
}

static struct child begin(void (*fn)(int ready))
{
    int fds[2];
    char byte;
    assert_int_equal(pipe(fds), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        fn(fds[1]);
        _exit(0);
    }
    (void)close(fds[1]);
    assert_int_equal(read(fds[0], &byte, 1), 1);
    return (struct child){.pid = (int)pid, .ready = fds[0]};
}

static void end(const struct child *child)
{
    (void)close(child->ready);
    (void)kill(child->pid, SIGKILL);
    assert_int_equal(waitpid(child->pid, NULL, 0), child->pid);
}

static void wait_to_be_killed(int ready)
{
    say_ready(ready);
    for (;;)
        (void)pause();
}

static uint64_t own_cpu_ms(void)
{
    struct tree tree = {0};
    tree_look((int)getpid(), &tree);
    uint64_t ms = tree.processes.len ? tree.processes.at[0].cpu_ms : 0;
    tree_fini(&tree);
    return ms;
}

static void work(uint64_t ms)
{
    while (own_cpu_ms() < ms)
        continue;
}

/* --- cases --- */

static void have_odd_names(int ready)
{
    (void)prctl(PR_SET_NAME, "a) S 1 (b");
    int fds[2];
    char byte;
    if (pipe(fds) != 0)
        _exit(1);
    if (fork() == 0) {
        (void)prctl(PR_SET_NAME, "0123456789abcdefghij");
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        wait_to_be_killed(fds[1]);
    }
    if (read(fds[0], &byte, 1) != 1)
        _exit(1);
    wait_to_be_killed(ready);
}

static void names_and_parents(void **state)
{
    struct tree tree = {0};
    (void)state;
    struct child child = begin(have_odd_names);
    tree_look((int)getpid(), &tree);
    assert_int_equal(tree.processes.len, 3);
    const struct tree_process *all = tree.processes.at;
    assert_int_equal(all[0].pid, getpid());
    assert_int_equal(all[0].parent, getppid());
    assert_int_equal(all[1].pid, child.pid);
    assert_int_equal(all[1].parent, getpid());
    assert_string_equal(all[1].name, "a) S 1 (b");
    assert_int_equal(all[2].parent, child.pid);
    assert_string_equal(all[2].name, "0123456789abcde");
    for (size_t i = 0; i < 3; i++)
        assert_true(!all[i].ended && all[i].memory_bytes > 0);
    tree_look(child.pid, &tree); /* in place of what it held */
    assert_int_equal(tree.processes.len, 2);
    end(&child);
    tree_fini(&tree);
}

static void ends_are_told_from_lives(void **state)
{
    struct tree tree = {0};
    siginfo_t info;
    (void)state;
    struct child child = begin(wait_to_be_killed);
    assert_true(tree_lives(child.pid));
    (void)kill(child.pid, SIGKILL);
    assert_int_equal(waitid(P_PID, (id_t)child.pid, &info, WEXITED | WNOWAIT), 0);
    assert_false(tree_lives(child.pid));
    tree_look(child.pid, &tree);
    assert_int_equal(tree.processes.len, 1);
    assert_true(tree.processes.at[0].ended);
    assert_int_equal(tree.processes.at[0].memory_bytes, 0);
    end(&child);
    assert_false(tree_lives(child.pid));
    tree_look(child.pid, &tree);
    assert_int_equal(tree.processes.len, 0);
    tree_look(0, &tree);
    assert_int_equal(tree.processes.len, 0);
    assert_false(tree_lives(0));
    tree_fini(&tree);
}

#define WORK_MS 60

/* It works itself, and waits for a child that worked. */
static void work_twice(int ready)
{
    work(WORK_MS);
    pid_t child = fork();
    if (child == 0) {
        work((uint64_t)2 * WORK_MS);
        _exit(0);
    }
    if (waitpid(child, NULL, 0) != child)
        _exit(1);
    wait_to_be_killed(ready);
}

static void processor_time_is_own_or_of_the_reaped(void **state)
{
    struct tree tree = {0};
    (void)state;
    struct child child = begin(work_twice);
    tree_look(child.pid, &tree);
    assert_int_equal(tree.processes.len, 1);
    assert_true(tree.processes.at[0].cpu_ms >= WORK_MS);
    assert_true(tree.processes.at[0].reaped_ms >= (uint64_t)2 * WORK_MS);
    end(&child);
    tree_fini(&tree);
}

static void somebody_new_takes_a_number(void **state)
{
    (void)state;
    int before = tree_last_number();
    assert_true(before > 0);
    struct child child = begin(wait_to_be_killed);
    assert_int_not_equal(tree_last_number(), before);
    end(&child);
}

/* --- sockets --- */

static int listener;

static void accept_one(int ready)
{
    int fd = -1;
    uint64_t end_ns = clock_mono_ns() + WAIT_NS;
    while (fd < 0 && clock_mono_ns() < end_ns)
        fd = accept(listener, NULL, NULL);
    if (fd < 0)
        _exit(1);
    wait_to_be_killed(ready);
}

static void the_owner_of_a_socket_is_found(void **state)
{
    struct err err;
    struct tcp_address any, bound;
    bool pending;
    (void)state;
    assert_int_equal(tcp_address_parse(&any, "127.0.0.1", 0, &err), 0);
    listener = tcp_listen(&any, &bound, &err);
    assert_true(listener >= 0);
    int fd = tcp_connect(&bound, &pending);
    assert_true(fd >= 0);
    assert_int_equal(loopback_peer_inode(fd), 0); /* nobody has accepted it */
    struct child other = begin(wait_to_be_killed), child = begin(accept_one);
    uint64_t inode = loopback_peer_inode(fd);
    assert_true(inode > 0);
    int self = (int)getpid();
    assert_int_equal(tree_socket_owner(self, 0, inode), child.pid);
    assert_int_equal(tree_socket_owner(self, other.pid, inode), child.pid);
    assert_int_equal(tree_socket_owner(self, child.pid, inode), child.pid);
    assert_int_equal(tree_socket_owner(child.pid, 0, inode), child.pid);
    assert_int_equal(tree_socket_owner(other.pid, 0, inode), 0);
    end(&child);
    assert_int_equal(tree_socket_owner(self, child.pid, inode), 0);
    end(&other);
    (void)close(fd);
    (void)close(listener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_parents),
        cmocka_unit_test(ends_are_told_from_lives),
        cmocka_unit_test(processor_time_is_own_or_of_the_reaped),
        cmocka_unit_test(somebody_new_takes_a_number),
        cmocka_unit_test(the_owner_of_a_socket_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
