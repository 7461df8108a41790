#include "platform/run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[] = "/tmp/zonda-process-XXXXXX";

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
    if (run.process)
        process_when_gone(run.process, gone);
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
    start_sh(&run, "trap : TERM; sh -c 'echo $$; exec sleep 1000' & wait; exit 5");
    int child = read_pid(run.fd);
    process_signal(run.process, SIGTERM);
    finish(&run);
    assert_int_equal(exit_status_code(run.status), 5);
    assert_int_equal(kill(child, 0), -1);
}

/* What it leaves running is seen, and can be killed. */
static void knows_who_is_left(void **state)
{
    (void)state;
    struct run run;
    start_sh(&run, "sleep 1000 >/dev/null 2>&1 & echo $!");
    int child = read_pid(run.fd);
    assert_true(await(loop, await_true, &run.ended));
    assert_false(process_running(run.process));
    assert_false(process_gone(run.process));
    assert_int_equal(kill(child, 0), 0);
    process_kill(run.process);
    finish(&run);
    assert_int_equal(kill(child, 0), -1);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* the guard was waited for */
    assert_int_equal(errno, ECHILD);
}

/* A daemon that a command started on purpose outlives it; zonda is its parent then. */
static void lets_go_of_who_is_left(void **state)
{
    (void)state;
    struct run run;
    start_sh(&run, "setsid sleep 1000 >/dev/null 2>&1 & echo $!");
    int child = read_pid(run.fd);
    assert_true(await(loop, await_true, &run.ended));
    (void)close(run.fd);
    process_free(run.process);
    assert_int_equal(kill(child, 0), 0);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_true(await(loop, await_gone, &child)); /* reaped */
}

static void ends_what_is_freed_too_early(void **state)
{
    (void)state;
    struct run run;
    start_sh(&run, "(setsid sh -c 'echo $$; exec sleep 1000' &); echo $$; exec sleep 1000");
    int pids[2] = {read_pid(run.fd), read_pid(run.fd)};
    (void)close(run.fd);
    process_free(run.process);
    for (int i = 0; i < 2; i++)
        assert_true(await(loop, await_gone, &pids[i]));
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
        cmocka_unit_test(knows_who_is_left),
        cmocka_unit_test(lets_go_of_who_is_left),
        cmocka_unit_test(ends_what_is_freed_too_early),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
