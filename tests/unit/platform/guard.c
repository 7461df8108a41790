/* The guard: whom it finds, what it ends, and what it leaves alone. */
#include "platform/run.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "platform/linux_children.h"

/* In the group; in another group; in another session; double-forked; a daemon that dropped its
   environment. Each prints its pid. */
#define SLEEP_ON "echo $$; trap \"\" TERM HUP INT; exec sleep 1000"
#define TREE                                                                                       \
    "sh -c '" SLEEP_ON "' & "                                                                      \
    "bash -mc \"sh -c '"                                                                           \
    "echo \\$\\$; trap : TERM; exec sleep 1000"                                                    \
    "' & sleep 1000\" & "                                                                          \
    "setsid sh -c '" SLEEP_ON "' & "                                                               \
    "(sh -c '" SLEEP_ON "' &); "                                                                   \
    "(env -i /usr/bin/setsid /bin/sh -c '/bin/sh -c \"echo \\$\\$; exec /bin/sleep 1000\" & ' "    \
    "&); "
#define TREE_LEN 5

static void read_pids(int fd, int pids[TREE_LEN])
{
    for (int i = 0; i < TREE_LEN; i++)
        pids[i] = read_pid(fd);
}

static void assert_gone(int *pids, int count)
{
    for (int i = 0; i < count; i++)
        assert_true(await(loop, await_gone, &pids[i]));
}

/* The field with this number of /proc/PID/stat, from 3 (the state) on; the text is static. */
static const char *stat_field(int pid, int number)
{
    static char text[512];
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return "";
    size_t len = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    text[len] = '\0';
    char *at = strrchr(text, ')');
    for (; at && number > 2; number--)
        at = strchr(at + 1, ' ');
    if (!at)
        return "";
    at++;
    at[strcspn(at, " ")] = '\0';
    return at;
}

static int parent_of(int pid)
{
    int parent = (int)strtol(stat_field(pid, 4), NULL, 10);
    assert_true(parent > 1);
    return parent;
}

static void ends_the_whole_tree(void **state)
{
    (void)state;
    struct run run;
    int pids[TREE_LEN];
    start_sh(&run, TREE "wait");
    read_pids(run.fd, pids);
    process_kill(run.process);
    finish(&run);
    assert_int_equal(run.status.signal, SIGKILL);
    assert_false(run.status.unguarded);
    for (int i = 0; i < TREE_LEN; i++)
        assert_int_equal(kill(pids[i], 0), -1); /* before it was said to be gone */
}

static void ends_what_a_dead_leader_left(void **state)
{
    (void)state;
    struct run run;
    int pids[TREE_LEN];
    start_sh(&run, TREE "exit 4");
    read_pids(run.fd, pids);
    assert_true(await(loop, await_true, &run.ended));
    assert_int_equal(exit_status_code(run.status), 4);
    assert_false(run.gone);
    process_kill(run.process);
    finish(&run);
    assert_gone(pids, TREE_LEN);
}

/* A chain of processes of which each is found only when the one above it has gone. */
static void ends_a_deep_tree(void **state)
{
    (void)state;
    struct run run;
    start_sh(&run, "deep() { if [ $1 -gt 0 ]; then setsid sh -c \"$2\" deep $(($1 - 1)) \"$2\" & "
                   "else echo $$; fi; wait; sleep 1000; }; "
                   "script='if [ $1 -gt 0 ]; then setsid sh -c \"$2\" deep $(($1 - 1)) \"$2\" & "
                   "else echo $$; fi; wait; sleep 1000'; deep 30 \"$script\"");
    int last = read_pid(run.fd);
    process_kill(run.process);
    finish(&run);
    assert_int_equal(kill(last, 0), -1);
}

static void ends_the_tree_when_zonda_is_killed(void **state)
{
    (void)state;
    int fds[2], pids[TREE_LEN];
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    pid_t zonda = fork();
    if (zonda == 0) {
        const char *const argv[] = {"sh", "-c", TREE "wait", NULL};
        struct spawn spawn = SPAWN_INIT;
        struct err err;
        struct loop *other = loop_new(&err);
        spawn.argv = argv;
        spawn.env = ENV;
        spawn.stdout_fd = fds[1];
        (void)process_spawn(other, &spawn, ended, NULL, &err);
        for (;;)
            (void)pause();
    }
    (void)close(fds[1]);
    read_pids(fds[0], pids);
    int pid = zonda, guard = 0;
    for (int i = 0; i < TREE_LEN && !guard; i++) /* the double-forked one is its child */
        guard = parent_of(pids[i]) != zonda && parent_of(parent_of(pids[i])) == zonda
                    ? parent_of(pids[i])
                    : 0;
    assert_true(guard > 1);
    assert_int_equal(kill(zonda, SIGKILL), 0);
    assert_gone(pids, TREE_LEN);
    assert_gone(&guard, 1);
    assert_gone(&pid, 1);
    assert_int_equal(read(fds[0], pids, 1), 0); /* nobody holds its output */
    (void)close(fds[0]);
}

static void a_killed_guard_is_noticed(void **state)
{
    (void)state;
    struct run run;
    int pids[TREE_LEN];
    struct buf words = BUF_INIT(100);
    start_sh(&run, TREE "wait");
    read_pids(run.fd, pids);
    struct run other; /* of another guard, and not to be hit */
    start_sh(&other, "trap 'exit 9' TERM; sleep 1000 & echo $!; wait");
    int sleeper = read_pid(other.fd);
    assert_int_equal(kill(parent_of(process_pid(run.process)), SIGKILL), 0);
    finish(&run);
    assert_true(run.status.unguarded);
    exit_status_words(run.status, &words);
    assert_string_equal(buf_text(&words), "killed by SIGKILL with its guard process");
    buf_fini(&words);
    for (int i = 0; i < TREE_LEN; i++)
        assert_int_equal(kill(pids[i], 0), -1);
    assert_int_equal(kill(sleeper, 0), 0);
    process_signal(other.process, SIGTERM);
    finish(&other);
    assert_int_equal(exit_status_code(other.status), 9);
}

static bool is_stopped(void *data)
{
    return *stat_field(*(int *)data, 3) == 'T';
}

/* Once the guard has told of its start, which is when start_sh is through. */
static void an_app_may_kill_its_parent(void **state)
{
    (void)state;
    struct run run;
    start_sh(&run, "echo $$; (setsid sh -c 'echo $$; exec sleep 1000' &); "
                   "kill -STOP $$; kill -9 $PPID");
    int leader = read_pid(run.fd), child = read_pid(run.fd);
    assert_true(await(loop, is_stopped, &leader));
    assert_int_equal(kill(leader, SIGCONT), 0);
    finish(&run);
    assert_true(run.status.unguarded);
    assert_int_equal(kill(child, 0), -1);
}

/* Killed after the leader has ended, with others left. */
static void a_guard_killed_late_is_noticed(void **state)
{
    (void)state;
    struct run run;
    start_sh(&run, "(setsid sh -c 'echo $$; exec sleep 1000' &); exit 6");
    int child = read_pid(run.fd);
    assert_true(await(loop, await_true, &run.ended));
    assert_int_equal(kill(parent_of(child), SIGKILL), 0);
    finish(&run);
    assert_int_equal(exit_status_code(run.status), 6);
    assert_int_equal(kill(child, 0), -1);
}

static void free_it(void *data, struct exit_status status)
{
    struct run *run = data;
    assert_true(status.unguarded);
    process_free(run->process);
    run->process = NULL;
}

/* Also where nobody waits until all of it has gone. */
static void strays_of_a_freed_process_are_ended(void **state)
{
    (void)state;
    const char *const argv[] = {"sh", "-c", TREE "wait", NULL};
    struct spawn spawn = SPAWN_INIT;
    struct err err;
    struct run run = {0};
    int fds[2], pids[TREE_LEN];
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    spawn.argv = argv;
    spawn.env = ENV;
    spawn.stdout_fd = fds[1];
    run.process = process_spawn(loop, &spawn, free_it, &run, &err);
    assert_non_null(run.process);
    (void)close(fds[1]);
    read_pids(fds[0], pids);
    (void)close(fds[0]);
    assert_int_equal(kill(parent_of(process_pid(run.process)), SIGKILL), 0);
    assert_gone(pids, TREE_LEN);
    assert_null(run.process);
}

static void signals_do_not_touch_the_guard(void **state)
{
    (void)state;
    struct run run;
    start_sh(&run, "echo $$; exec sleep 1000");
    int guard = parent_of(read_pid(run.fd));
    for (int number = 1; number <= SIGRTMAX; number++)
        if (number != SIGKILL && number != SIGSTOP &&
            (number < __SIGRTMIN || number >= SIGRTMIN)) /* those between are libc's own */
            (void)kill(guard, number);
    /* One that is stopped is woken when there is something to be done. */
    assert_int_equal(kill(guard, SIGSTOP), 0);
    process_kill(run.process);
    finish(&run);
    assert_false(run.status.unguarded);
}

/* /proc/PID/fd as "0 1 2 3 ". */
static void list_fds(int pid, char *text, size_t size)
{
    char path[64];
    int fds[16], count = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL && count < 16;)
        if (entry->d_name[0] != '.')
            fds[count++] = (int)strtol(entry->d_name, NULL, 10);
    (void)closedir(dir);
    text[0] = '\0';
    for (int fd = 0; fd < 1024; fd++)
        for (int i = 0; i < count; i++)
            if (fds[i] == fd)
                (void)snprintf(text + strlen(text), size - strlen(text), "%d ", fd);
}

static void holds_nothing_of_zonda(void **state)
{
    (void)state;
    struct run run;
    char path[64], text[256];
    int stray = open("/dev/null", O_RDONLY); /* not CLOEXEC */
    start_sh(&run, "echo $$; exec sleep 1000");
    int pid = read_pid(run.fd), guard = parent_of(pid);
    list_fds(guard, text, sizeof text);
    assert_string_equal(text, "0 1 2 3 "); /* /dev/null three times, and the channel */
    (void)snprintf(path, sizeof path, "/proc/%d/cwd", guard);
    ssize_t len = readlink(path, text, sizeof text);
    assert_int_equal(len, 1);
    assert_int_equal(strtol(stat_field(guard, 5), NULL, 10), guard);     /* a group of its own */
    assert_int_equal(strtol(stat_field(guard, 6), NULL, 10), getsid(0)); /* in zonda's session */
    assert_int_equal(strtol(stat_field(pid, 5), NULL, 10), pid);
    assert_int_equal(strtol(stat_field(pid, 6), NULL, 10), getsid(0));
    (void)snprintf(path, sizeof path, "/proc/%d/comm", guard);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof text, file));
    (void)fclose(file);
    assert_string_equal(text, "tree-guard\n");
    (void)close(stray);
    process_kill(run.process);
    finish(&run);
}

static int zombies_below(int parent)
{
    DIR *proc = opendir("/proc");
    int count = 0;
    assert_non_null(proc);
    for (struct dirent *entry; (entry = readdir(proc)) != NULL;) {
        int pid = (int)strtol(entry->d_name, NULL, 10);
        if (pid > 0 && *stat_field(pid, 3) == 'Z' && strtol(stat_field(pid, 4), NULL, 10) == parent)
            count++;
    }
    (void)closedir(proc);
    return count;
}

static bool no_zombies(void *data)
{
    return zombies_below(*(const int *)data) == 0;
}

/* Hundreds of orphans come to the guard, which reaps them while the leader runs. */
static void leaves_no_zombies(void **state)
{
    (void)state;
    struct run run;
    start_sh(&run, "i=0; while [ $i -lt 300 ]; do (true & ) ; i=$((i + 1)); done; "
                   "(sleep 0 & exec true); echo $PPID; sleep 1000");
    int guard = read_pid(run.fd);
    assert_true(await(loop, no_zombies, &guard));
    int self = getpid();
    assert_int_equal(zombies_below(self), 0);
    process_kill(run.process);
    finish(&run);
    assert_true(await(loop, no_zombies, &self));
}

/* --- who are my children --- */

struct found {
    int pids[8], count;
};

static void add(void *data, pid_t pid)
{
    struct found *found = data;
    assert_true(found->count < 8);
    found->pids[found->count++] = pid;
}

static bool has(const struct found *found, int pid)
{
    for (int i = 0; i < found->count; i++)
        if (found->pids[i] == pid)
            return true;
    return false;
}

static void both_ways_tell_the_same(void **state)
{
    (void)state;
    struct found listed = {0}, scanned = {0}, after = {0};
    int pids[3];
    for (int i = 0; i < 3; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            if (i < 2)
                (void)pause();
            _exit(0);
        }
    }
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)pids[2], &info, WEXITED | WNOWAIT), 0);
    bool lists = linux_children_listed(add, &listed); /* not every kernel does */
    assert_true(linux_children_scanned(add, &scanned));
    assert_int_equal(scanned.count, 3);
    for (int i = 0; i < 3; i++)
        assert_true(has(&scanned, pids[i]) && (!lists || has(&listed, pids[i])));
    for (int i = 0; i < 3; i++) {
        (void)kill(pids[i], SIGKILL);
        assert_int_equal(waitpid(pids[i], NULL, 0), pids[i]);
    }
    assert_true(linux_children_each(add, &after));
    assert_int_equal(after.count, 0);
}

static int open_all(void **state)
{
    (void)state;
    struct err err;
    loop = loop_new(&err);
    return !loop || process_init(loop, &err) != 0;
}

static int close_all(void **state)
{
    (void)state;
    process_fini();
    loop_free(loop);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_the_whole_tree),
        cmocka_unit_test(ends_what_a_dead_leader_left),
        cmocka_unit_test(ends_a_deep_tree),
        cmocka_unit_test(ends_the_tree_when_zonda_is_killed),
        cmocka_unit_test(a_killed_guard_is_noticed),
        cmocka_unit_test(an_app_may_kill_its_parent),
        cmocka_unit_test(a_guard_killed_late_is_noticed),
        cmocka_unit_test(strays_of_a_freed_process_are_ended),
        cmocka_unit_test(signals_do_not_touch_the_guard),
        cmocka_unit_test(holds_nothing_of_zonda),
        cmocka_unit_test(leaves_no_zombies),
        cmocka_unit_test(both_ways_tell_the_same),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
