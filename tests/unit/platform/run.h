/* A process under test, with what it prints and how it ends. */
#ifndef ZONDA_TESTS_PLATFORM_RUN_H
#define ZONDA_TESTS_PLATFORM_RUN_H

#include "check.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "platform/await.h"
#include "platform/process.h"

static struct loop *loop;
static const char *const ENV[] = {"PATH=/usr/bin:/bin", "COLOUR=blue", NULL};

struct run {
    struct process *process;
    struct exit_status status;
    bool ended, gone;
    int fd; /* of what it prints */
    char text[4096];
};

static inline void ended(void *data, struct exit_status status)
{
    struct run *run = data;
    run->status = status;
    assert_false(run->ended);
    run->ended = true;
}

static inline void gone(void *data)
{
    struct run *run = data;
    assert_true(run->ended && !run->gone);
    assert_true(process_gone(run->process));
    run->gone = true;
}

static inline void start(struct run *run, struct spawn *spawn)
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
    process_when_gone(run->process, gone);
    run->fd = fds[0];
    (void)close(fds[1]);
}

static inline void start_sh(struct run *run, const char *script)
{
    const char *const argv[] = {"sh", "-c", script, NULL};
    struct spawn spawn = SPAWN_INIT;
    spawn.argv = argv;
    start(run, &spawn);
}

/* The process has ended, and nobody is left. */
static inline void finish(struct run *run)
{
    assert_true(await(loop, await_true, &run->ended));
    assert_true(await(loop, await_true, &run->gone));
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
static inline int read_pid(int fd)
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

#endif
