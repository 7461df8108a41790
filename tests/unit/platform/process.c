#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "platform/await.h"
#include "platform/process.h"

static struct loop *loop;
static char dir[] = "/tmp/zonda-process-XXXXXX";
static const char *const ENV[] = {"PATH=/usr/bin:/bin", "COLOUR=blue", NULL};

struct run {
    struct process *process;
    struct exit_status status;
    bool ended;
    int fd; /* of what it prints */
    char text[4096];
};

static void ended(void *data, struct exit_status status)
{
    struct run *run = data;
    run->status = status;
    assert_false(run->ended);
    run->ended = true;
}

static void start(struct run *run, struct spawn *spawn)
{
    struct err err = {0};
    int fds[2];
    *run = (struct run){0};
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    spawn->stdout_fd = fds[1];
    if (!spawn->env)
        spawn->env = ENV;
    run->process = process_spawn(loop, spawn, ended, run, &err);
    assert_string_equal(err.message, "");
    assert_non_null(run->process);
    assert_true(process_running(run->process));
    run->fd = fds[0];
    (void)close(fds[1]);
}

static void start_sh(struct run *run, const char *script)
{
    const char *const argv[] = {"sh", "-c", script, NULL};
    struct spawn spawn = SPAWN_INIT;
    spawn.argv = argv;
    start(run, &spawn);
}

static void finish(struct run *run)
{
    assert_true(await(loop, await_true, &run->ended));
    assert_false(process_running(run->process));
    size_t len = 0;
    ssize_t now;
    while ((now = read(run->fd, run->text + len, sizeof run->text - 1 - len)) > 0)
        len += (size_t)now;
    run->text[len] = '\0';
    (void)close(run->fd);
    process_free(run->process);
}

/* The next line it prints, as a number: a pid. */
static int read_pid(int fd)
{
    char text[32] = "";
    for (size_t len = 0; len < sizeof text - 1; len++) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        assert_int_equal(poll(&wait, 1, 20000), 1);
        if (read(fd, text + len, 1) != 1 || text[len] == '\n')
            break;
    }
    int pid = (int)strtol(text, NULL, 10);
    assert_true(pid > 1);
    return pid;
}

static void fails(const char *name, const char *cwd, const char *message, const char *hint)
{
    const char *const argv[] = {name, NULL};
    struct spawn spawn = SPAWN_INIT;
    struct err err = {0};
    spawn.argv = argv;
    spawn.env = ENV;
    spawn.cwd = cwd;
    assert_null(process_spawn(loop, &spawn, ended, NULL, &err));
    assert_int_equal(err.code, ERR_APP);
    assert_string_equal(err.message, message);
    assert_non_null(strstr(err.hint, hint));
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nothing was left */
    assert_int_equal(errno, ECHILD);
}

static const char *file(const char *name, const char *text, mode_t mode)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    (void)fputs(text, out);
    (void)fclose(out);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static void says_how_it_ended(void **state)
{
    (void)state;
    struct buf words = BUF_INIT(100);
    struct run run;
    start_sh(&run, "exit 3");
    finish(&run);
    assert_false(run.status.signalled);
    assert_int_equal(exit_status_code(run.status), 3);
    exit_status_words(run.status, &words);
    assert_string_equal(buf_text(&words), "exit status 3");

    start_sh(&run, "ulimit -c 0; kill -SEGV $$");
    finish(&run);
    assert_true(run.status.signalled);
    assert_int_equal(run.status.signal, SIGSEGV);
    assert_int_equal(exit_status_code(run.status), 128 + SIGSEGV);
    buf_reset(&words);
    exit_status_words(run.status, &words);
    assert_string_equal(buf_text(&words), "killed by SIGSEGV");
    buf_reset(&words);
    exit_status_words((struct exit_status){.signalled = true, .signal = 35, .core = true}, &words);
    assert_string_equal(buf_text(&words), "killed by signal 35 (core dumped)");
    buf_fini(&words);
}

static void names_signals(void **state)
{
    (void)state;
    assert_int_equal(signal_number("TERM"), SIGTERM);
    assert_int_equal(signal_number("SIGHUP"), SIGHUP);
    assert_int_equal(signal_number("sigusr1"), SIGUSR1);
    assert_int_equal(signal_number("NOPE"), -1);
    assert_int_equal(signal_number(""), -1);
    assert_int_equal(signal_number("SIG"), -1);
    assert_string_equal(signal_name(SIGQUIT), "SIGQUIT");
    assert_null(signal_name(0));
    assert_null(signal_name(12345));
}

static void gives_a_clean_start(void **state)
{
    (void)state;
    sigset_t set, before;
    struct run run;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    assert_int_equal(sigprocmask(SIG_BLOCK, &set, &before), 0);
    (void)signal(SIGPIPE, SIG_IGN);
    int stray = open("/dev/null", O_RDONLY); /* not CLOEXEC */
    assert_true(stray >= 3);
    const char *const argv[] = {"sh", "-c",
                                "grep -E '^Sig(Blk|Ign):' /proc/self/status | tr -d '\\t\\n'; "
                                "echo; for fd in /proc/$$/fd/*; do printf '%s ' ${fd##*/}; done; "
                                "echo; pwd; echo $COLOUR; "
                                "cat; nice; readlink /proc/self/fd/0; "
                                "cut -d' ' -f5 /proc/self/stat; echo $$",
                                NULL};
    struct spawn spawn = SPAWN_INIT;
    spawn.argv = argv;
    spawn.cwd = dir;
    spawn.nice = 3;
    start(&run, &spawn);
    int pid = process_pid(run.process);
    finish(&run);
    (void)close(stray);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    char expected[512];
    /* Descriptor 3 is the directory that the shell reads for this list. */
    (void)snprintf(expected, sizeof expected,
                   "SigBlk:0000000000000000SigIgn:0000000000000000\n0 1 2 3 \n%s\nblue\n%d\n"
                   "/dev/null\n%d\n%d\n",
                   dir, getpriority(PRIO_PROCESS, 0) + 3, pid, pid);
    assert_string_equal(run.text, expected);
}

static void keeps_descriptors_apart(void **state)
{
    (void)state;
    /* The caller's descriptors may be 0, 1 and 2 themselves, in another order. */
    struct run run;
    const char *const argv[] = {"sh", "-c", "echo out; echo err >&2", NULL};
    struct spawn spawn = SPAWN_INIT;
    struct err err = {0};
    int fds[2], saved[2] = {dup(0), dup(2)};
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(dup2(fds[1], 0), 0);
    (void)close(2);
    spawn.argv = argv;
    spawn.env = ENV;
    spawn.stdout_fd = spawn.stderr_fd = 0;
    run = (struct run){.fd = fds[0]};
    run.process = process_spawn(loop, &spawn, ended, &run, &err);
    (void)dup2(saved[0], 0);
    (void)dup2(saved[1], 2);
    (void)close(saved[0]);
    (void)close(saved[1]);
    (void)close(fds[1]);
    assert_non_null(run.process);
    finish(&run);
    assert_string_equal(run.text, "out\nerr\n");
}

static void explains_what_cannot_start(void **state)
{
    (void)state;
    fails("zonda-no-such-command", NULL,
          "cannot start \"zonda-no-such-command\": no such command in PATH", "/usr/bin:/bin");
    fails("./gone", dir, "cannot start \"./gone\": no such file", "/./gone does not exist");
    fails("/usr", NULL, "cannot start \"/usr\": it is a directory", "");
    fails("true", "/no/such/place",
          "cannot start \"true\": its working directory /no/such/place: No such file or directory",
          "");
    char message[256];
    const char *path = file("plain", "#!/bin/sh\n", 0644);
    (void)snprintf(message, sizeof message, "cannot start \"%s\": not executable", path);
    fails(path, NULL, message, "chmod +x");
    path = file("script", "#! /no/interpreter -x\n", 0755);
    (void)snprintf(message, sizeof message,
                   "cannot start \"%s\": its interpreter /no/interpreter does not exist", path);
    fails(path, NULL, message, path);
    path = file("data", "just text\n", 0755);
    (void)snprintf(message, sizeof message, "cannot start \"%s\": not a program of this system",
                   path);
    fails(path, NULL, message, "#!/bin/sh");
}

static void looks_in_the_path_of_env(void **state)
{
    (void)state;
    struct run run;
    char entry[128];
    (void)file("zonda-tool", "#!/bin/sh\necho tool\n", 0755);
    (void)snprintf(entry, sizeof entry, "PATH=/no/such/place:%s:/usr/bin", dir);
    const char *const argv[] = {"zonda-tool", NULL}, *const env[] = {entry, NULL};
    struct spawn spawn = SPAWN_INIT;
    spawn.argv = argv;
    spawn.env = env;
    start(&run, &spawn);
    finish(&run);
    assert_string_equal(run.text, "tool\n");
    /* An empty entry is the working directory of the child. */
    const char *const here[] = {"PATH=:/bin", NULL};
    spawn.env = here;
    spawn.cwd = dir;
    start(&run, &spawn);
    finish(&run);
    assert_string_equal(run.text, "tool\n");
}

static void signals_the_group(void **state)
{
    (void)state;
    struct run run;
    start_sh(&run, "sleep 1000 & echo $!; wait");
    int child = read_pid(run.fd);
    assert_int_equal(kill(child, 0), 0);
    process_signal(run.process, SIGKILL);
    finish(&run);
    assert_int_equal(run.status.signal, SIGKILL);
    assert_true(await(loop, await_gone, &child));
}

static void signals_the_group_after_its_leader(void **state)
{
    (void)state;
    struct run run;
    start_sh(&run, "sleep 1000 >/dev/null 2>&1 & echo $!");
    int child = read_pid(run.fd);
    assert_true(await(loop, await_true, &run.ended));
    assert_int_equal(kill(child, 0), 0);
    assert_int_equal(kill(process_pid(run.process), 0), 0); /* the pid is still taken */
    process_signal(run.process, SIGKILL);
    int leader = process_pid(run.process);
    finish(&run);
    assert_true(await(loop, await_gone, &child));
    assert_true(await(loop, await_gone, &leader));
}

static void reaps_orphans(void **state)
{
    (void)state;
    /* Two that end while the ended leader, which hides them from waitid(2), is kept. */
    struct run run;
    start_sh(&run, "(sh -c 'echo $$; exec sleep 0.1' & sh -c 'echo $$; exec sleep 1000' &)");
    int first = read_pid(run.fd), second = read_pid(run.fd);
    assert_true(await(loop, await_true, &run.ended));
    assert_int_equal(kill(first, SIGKILL), 0);
    assert_int_equal(kill(second, SIGKILL), 0);
    finish(&run);
    assert_true(await(loop, await_gone, &first));
    assert_true(await(loop, await_gone, &second));
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void child_dies_with_zonda(void **state)
{
    (void)state;
    int fds[2];
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    pid_t zonda = fork();
    if (zonda == 0) {
        const char *const argv[] = {"sh", "-c", "echo $$; exec sleep 1000", NULL};
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
    int child = read_pid(fds[0]);
    (void)close(fds[0]);
    assert_int_equal(kill(zonda, SIGKILL), 0);
    int pid = zonda;
    assert_true(await(loop, await_gone, &child)); /* we are its reaper */
    assert_true(await(loop, await_gone, &pid));
}

static void finds_the_marked(void **state)
{
    (void)state;
    struct run run;
    char mark[64];
    (void)snprintf(mark, sizeof mark, "ZONDA_TEST_MARK=%d-x", getpid());
    const char *const env[] = {"PATH=/usr/bin:/bin", mark, NULL};
    /* One in another session, one double-forked, one that lost the mark. */
    const char *const argv[] = {"sh", "-c",
                                "setsid sh -c 'echo $$; exec sleep 1000' & "
                                "(sh -c 'echo $$; exec sleep 1000' &);"
                                "env -i sh -c 'echo $$; exec /bin/sleep 1000' & wait",
                                NULL};
    struct spawn spawn = SPAWN_INIT;
    spawn.argv = argv;
    spawn.env = env;
    start(&run, &spawn);
    int pids[3];
    for (int i = 0; i < 3; i++)
        pids[i] = read_pid(run.fd);
    char longer[80];
    (void)snprintf(longer, sizeof longer, "%sy", mark);
    assert_int_equal(process_signal_marked(longer, SIGKILL), 0);
    mark[strlen(mark) - 1] = '\0'; /* a prefix is not the mark */
    assert_int_equal(process_signal_marked(mark, SIGKILL), 0);
    mark[strlen(mark)] = 'x';
    assert_true(process_signal_marked(mark, SIGKILL) >= 3); /* the leader too */
    /* The one without a mark has lost its parent, and is in the leader's group. */
    assert_true(await(loop, await_true, &run.ended));
    int left = 0;
    for (int i = 0; i < 3; i++)
        left += kill(pids[i], 0) == 0;
    assert_true(left >= 1);
    process_signal(run.process, SIGKILL);
    finish(&run);
    for (int i = 0; i < 3; i++)
        assert_true(await(loop, await_gone, &pids[i]));
    assert_int_equal(process_signal_marked(mark, SIGKILL), 0);
}

static void finds_a_mark_in_a_large_environment(void **state)
{
    (void)state;
    struct run run;
    char *large[40], mark[64];
    const char *env[42] = {0};
    /* Sizes that let the mark stand on the border of two reads. */
    for (int i = 0; i < 40; i++) {
        large[i] = mem_new(1, 4096);
        (void)snprintf(large[i], 32, "FILL%02d=", i);
        memset(large[i] + 7, 'x', 4082 + (size_t)i % 7);
        env[i] = large[i];
    }
    (void)snprintf(mark, sizeof mark, "ZONDA_TEST_MARK=%d-large", getpid());
    for (int at = 0; at < 16; at++) {
        const char *const argv[] = {"/bin/sleep", "1000", NULL};
        struct spawn spawn = SPAWN_INIT;
        const char *moved = env[at];
        env[at] = mark;
        env[40] = moved;
        spawn.argv = argv;
        spawn.env = env;
        start(&run, &spawn);
        assert_int_equal(process_signal_marked(mark, SIGTERM), 1);
        finish(&run);
        assert_int_equal(run.status.signal, SIGTERM);
        env[at] = moved;
    }
    for (int i = 0; i < 40; i++)
        free(large[i]);
}

static int open_all(void **state)
{
    (void)state;
    struct err err;
    loop = loop_new(&err);
    return !loop || !mkdtemp(dir) || process_init(loop, &err) != 0;
}

static int close_all(void **state)
{
    (void)state;
    process_fini();
    loop_free(loop);
    static const char *const files[] = {"plain", "script", "data", "zonda-tool"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        (void)unlink(path);
    }
    return rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_how_it_ended),
        cmocka_unit_test(names_signals),
        cmocka_unit_test(gives_a_clean_start),
        cmocka_unit_test(keeps_descriptors_apart),
        cmocka_unit_test(explains_what_cannot_start),
        cmocka_unit_test(looks_in_the_path_of_env),
        cmocka_unit_test(signals_the_group),
        cmocka_unit_test(signals_the_group_after_its_leader),
        cmocka_unit_test(reaps_orphans),
        cmocka_unit_test(child_dies_with_zonda),
        cmocka_unit_test(finds_the_marked),
        cmocka_unit_test(finds_a_mark_in_a_large_environment),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
