/* A service under test, with what it told. */
#ifndef ZONDA_TESTS_RUN_RECORDER_H
#define ZONDA_TESTS_RUN_RECORDER_H

#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "platform/await.h"
#include "platform/process.h"
#include "run/parts.h"

/* Something to wait for, as shell code. A signal that comes between the fork of the shell and the
   exec of sleep is taken by the shell's own trap, and lost: so it is waited for. */
#define SLEEPER "sleep 1000 & until grep -q sleep /proc/$!/comm; do :; done; "

struct recorder {
    int files; /* open before */
    struct loop *loop;
    struct service *service;
    struct config config;
    struct strs env;
    int started, ready, stopping, killed, exits, crashes, failed, stopped, kept, notices, pid;
    uint16_t blocked_port;
    char notice[320];
    int signal;
    bool expected, retry, asks;
    struct exit_status status;
    struct listeners listeners;
    uint32_t delays_ms[8]; /* of the first crashes */
    char why[256];
    struct err err;
    struct buf out, err_out;
    size_t out_at_exit;
    void (*at_exit)(void), (*at_output)(void);
};

static struct recorder seen;

static void on_started(void *data, uint64_t generation, int pid)
{
    (void)data;
    seen.started++;
    seen.pid = pid;
    if (service_state(seen.service) == SERVICE_READY) /* beside the one that serves */
        return;
    assert_int_equal(generation, service_generation(seen.service));
    assert_int_equal(pid, service_pid(seen.service));
    assert_int_equal(service_state(seen.service), SERVICE_STARTING);
}

static void on_ready(void *data, uint64_t generation, const struct listeners *listeners)
{
    (void)data;
    (void)generation;
    seen.ready++;
    seen.listeners = *listeners;
}

static void on_stopping(void *data, uint64_t generation, int signal)
{
    (void)data;
    (void)generation;
    seen.stopping++;
    seen.signal = signal;
}

static bool has_asked(void *data)
{
    (void)data;
    return seen.asks;
}

static void on_killed(void *data, uint64_t generation)
{
    (void)data;
    (void)generation;
    seen.killed++;
}

static void on_exit_(void *data, uint64_t generation, struct exit_status status, bool expected)
{
    (void)data;
    (void)generation;
    seen.exits++;
    seen.status = status;
    seen.expected = expected;
    seen.out_at_exit = seen.out.len;
    if (seen.at_exit)
        seen.at_exit();
}

static void on_crash(void *data, bool retry, uint32_t delay_ms, const char *why)
{
    (void)data;
    if (seen.crashes < 8)
        seen.delays_ms[seen.crashes] = delay_ms;
    seen.crashes++;
    seen.retry = retry;
    (void)snprintf(seen.why, sizeof seen.why, "%s", why);
}

static void on_blocked(void *data, uint16_t port)
{
    (void)data;
    seen.blocked_port = port;
}

static void on_kept(void *data, uint64_t generation)
{
    (void)data;
    seen.kept++;
    assert_int_equal(generation, service_generation(seen.service));
    assert_int_equal(service_state(seen.service), SERVICE_READY);
}

static void on_notice(void *data, const char *text)
{
    (void)data;
    seen.notices++;
    (void)snprintf(seen.notice, sizeof seen.notice, "%s", text);
}

static void on_failed(void *data, const struct err *err)
{
    (void)data;
    seen.failed++;
    seen.err = *err;
}

static void on_stopped(void *data)
{
    (void)data;
    seen.stopped++;
    assert_int_equal(service_state(seen.service), SERVICE_DOWN);
}

static void on_output(void *data, uint64_t generation, const char *bytes, size_t len, bool error)
{
    (void)data;
    (void)generation;
    (void)buf_append(error ? &seen.err_out : &seen.out, bytes, len);
    if (seen.at_output)
        seen.at_output();
}

/* [0] the service, [1] a generation: which cells of their tables were walked through. */
#define CELLS_MAX 16
static bool walked[2][CELLS_MAX][CELLS_MAX];

static inline int index_of(const char *name, const char *(*name_of)(int), int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(name, name_of(i)) == 0)
            return i;
    fail_msg("there is no %s", name);
    return -1;
}

static const char *run_state_at(int i)
{
    return run_state_name((enum run_state)i);
}

static const char *run_event_at(int i)
{
    return run_event_name((enum run_event)i);
}

static const char *life_at(int i)
{
    return life_name((enum life)i);
}

static const char *life_event_at(int i)
{
    return life_event_name((enum life_event)i);
}

static void on_transition(void *data, const struct service_transition *step)
{
    (void)data;
    int from =
        index_of(step->from, step->one ? life_at : run_state_at, step->one ? LIVES : RUN_STATES);
    int event = index_of(step->event, step->one ? life_event_at : run_event_at,
                         step->one ? LIFE_EVENTS : RUN_EVENTS);
    walked[step->one][from][event] = true;
    if (!step->one || strcmp(step->to, "GONE") != 0)
        (void)index_of(step->to, step->one ? life_at : run_state_at,
                       step->one ? LIVES : RUN_STATES);
}

static inline int open_files(void)
{
    int count = 0;
    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static inline int recorder_begin(void **state)
{
    (void)state;
    struct err err;
    static const struct service_events EVENTS = {
        .on_started = on_started,
        .on_ready = on_ready,
        .on_stopping = on_stopping,
        .has_asked = has_asked,
        .on_killed = on_killed,
        .on_exit = on_exit_,
        .on_crash = on_crash,
        .on_kept = on_kept,
        .on_blocked = on_blocked,
        .on_notice = on_notice,
        .on_failed = on_failed,
        .on_stopped = on_stopped,
        .on_output = on_output,
        .on_transition = on_transition,
    };
    loop_free(loop_new(&err)); /* the first one opens what libuv keeps */
    seen = (struct recorder){.files = open_files()};
    seen.loop = loop_new(&err);
    if (!seen.loop || process_init(seen.loop, &err) != 0)
        return -1;
    buf_init(&seen.out, (size_t)4 << 20);
    buf_init(&seen.err_out, (size_t)4 << 20);
    strs_push(&seen.env, "PATH=/usr/local/bin:/usr/bin:/bin");
    struct config_run *run = &seen.config.run;
    run->pty = CHOICE_NEVER;
    run->stop_signal = SIGTERM;
    run->stop_timeout_ms = 20000;
    run->ready_timeout_ms = 20000;
    run->restart_delay_ms = 1;
    run->max_retries = 3;
    run->max_restarts = 30;
    (void)signal(SIGPIPE, SIG_IGN); /* as signals_open does in zonda */
    seen.service = service_new(seen.loop, &EVENTS);
    return 0;
}

/* Everything is gone: processes, zombies, memory, descriptors. */
static inline int recorder_end(void **state)
{
    (void)state;
    seen.at_exit = seen.at_output = NULL;
    service_kill(seen.service);
    if (service_state(seen.service) != SERVICE_DOWN) {
        seen.stopped = 0;
        while (!seen.stopped)
            if (!await(seen.loop, await_true, &(bool){true}))
                return -1;
    }
    service_free(seen.service);
    bool left = waitpid(-1, NULL, WNOHANG) != -1;
    int files = seen.files;
    process_fini();
    loop_free(seen.loop);
    strs_fini(&seen.config.run.command.words);
    strs_fini(&seen.config.run.args);
    free(seen.config.run.ready_path);
    free(seen.config.run.ready_log);
    strs_fini(&seen.env);
    buf_fini(&seen.out);
    buf_fini(&seen.err_out);
    if (left)
        (void)fputs("a child was left\n", stderr);
    if (open_files() != files)
        (void)fputs("a descriptor was left\n", stderr);
    return left || open_files() != files ? -1 : 0;
}

static inline void start_now(void)
{
    struct service_start start = {.config = &seen.config, .env = &seen.env};
    service_start(seen.service, &start);
}

static inline void start_words(const char *const *words)
{
    strs_clear(&seen.config.run.command.words);
    for (; *words; words++)
        strs_push(&seen.config.run.command.words, *words);
    start_now();
}

static inline void start_sh(const char *script)
{
    start_words((const char *const[]){"/bin/sh", "-c", script, NULL});
}

static inline bool await_count(void *data)
{
    return *(const int *)data > 0;
}

#define AWAIT_COUNT(count) assert_true(await(seen.loop, await_count, &(count)))

static inline bool await_printed(void *data)
{
    return strstr(buf_text(&seen.out), data) != NULL;
}

/* Until the app has printed text. */
static inline void printed(const char *text)
{
    char copy[256];
    (void)snprintf(copy, sizeof copy, "%s", text);
    if (!await(seen.loop, await_printed, copy))
        fail_msg("\"%s\" was not printed, but \"%s\"", text, buf_text(&seen.out));
}

static inline bool await_lines(void *data)
{
    int lines = 0;
    for (const char *at = buf_text(&seen.out); (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    return lines >= *(const int *)data;
}

/* The numbers the app printed, one a line: pids. */
static inline void printed_pids(int *pids, int count)
{
    assert_true(await(seen.loop, await_lines, &count));
    const char *at = buf_text(&seen.out);
    for (int i = 0; i < count; i++) {
        char *rest;
        pids[i] = (int)strtol(at, &rest, 10);
        assert_true(pids[i] > 1);
        at = rest + 1;
    }
}

static inline void stop_now(void)
{
    service_stop(seen.service);
    AWAIT_COUNT(seen.stopped);
}

#endif
