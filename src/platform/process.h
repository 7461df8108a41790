/*
 * Processes and what they start: spawn into a group of their own, signal the group, learn how they
 * ended, and end all that is left of them.
 *
 * Life-cycle: fill a struct spawn (SPAWN_INIT), process_spawn, on_exit is called once,
 * process_free. The descriptors in struct spawn stay the caller's. Between fork(2) and execve(2)
 * only async-signal-safe calls are made; an exec that fails is reported by process_spawn itself.
 * Every signal disposition and the signal mask are back at their defaults in the process.
 *
 * Each process has a guard of its own between itself and zonda (platform/linux_guard.h on Linux): a
 * descendant is found whatever its group, session, environment or parent. Where the process itself
 * has ended and others are left, process_gone is false, and the callback of process_when_gone comes
 * when the last of them has gone. When zonda dies, however it does, all are killed at once.
 *
 * process_init makes zonda the reaper above the guards (PR_SET_CHILD_SUBREAPER, prctl(2)) and reaps
 * whatever comes to it, also as process 1 of a container.
 */
#ifndef ZONDA_PLATFORM_PROCESS_H
#define ZONDA_PLATFORM_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/strs.h"
#include "platform/handoff.h"
#include "platform/loop.h"

struct exit_status {
    bool signalled;
    int code;   /* exit status where not signalled */
    int signal; /* the signal where signalled */
    bool core;
    bool unguarded; /* its guard was killed, and how it ended itself is not known */
};

struct spawn {
    const char *const *argv; /* argv[0] is looked up in the PATH of env unless it has a '/' */
    const char *const *env;  /* NULL-terminated NAME=value; all there is */
    const char *cwd;         /* NULL: zonda's */
    int stdin_fd, stdout_fd, stderr_fd; /* -1: /dev/null */
    bool terminal; /* stdin_fd or stdout_fd is a pty: new session, the pty its terminal */
    int nice;      /* added to the niceness */
    struct handoff_child *handoff; /* its bind and listen go to it; NULL: none */
};
#define SPAWN_INIT                                                                                 \
    {                                                                                              \
        .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1                                           \
    }

struct process;
typedef void process_exit_fn(void *data, struct exit_status status);
typedef void process_gone_fn(void *data);

int process_init(struct loop *loop, struct err *err); /* once */
void process_fini(void);

/* NULL and an error that names argv[0] where it cannot be started. */
struct process *process_spawn(struct loop *loop, const struct spawn *spawn,
                              process_exit_fn *on_exit, void *data, struct err *err);
int process_pid(const struct process *process);
bool process_running(const struct process *process); /* false once on_exit was called */
bool process_gone(const struct process *process);    /* nor is anybody left that it started */
/* on_gone is called once, on the loop, with the data of process_spawn, where process_gone becomes
   true, which is after on_exit. */
void process_when_gone(struct process *process, process_gone_fn *on_gone);
/* To the whole group of process; once process has ended, to those it left in other groups, who did
   not hear what its group heard. */
void process_signal(const struct process *process, int signal);
/* The same for a group whose leader another process started. */
void process_signal_group(int leader, int signal);
/* SIGKILL to process and to everything below it, until nobody is left. */
void process_kill(struct process *process);
/* Whoever is left of one that has ended is let go, unless process_kill was called; one that still
   runs is killed with all below it. NULL is allowed. */
void process_free(struct process *process);

/* "exit status 2", "killed by SIGSEGV (core dumped)". */
void exit_status_words(struct exit_status status, struct buf *out);
/* 128 + signal, or the code: as sh(1). */
int exit_status_code(struct exit_status status);

/* Is pid one of zonda's descendants, or zonda? */
bool process_is_ours(int pid);

/* TCP ports (host order, at most max) and the count of Unix sockets on which process listens, or
   where it listens on nothing itself, all that is left of what it started. From the kernel's table
   of sockets or /proc/net/tcp, tcp6, unix, and /proc/PID/fd. */
struct listeners {
    uint16_t tcp_ports[16];
    size_t tcp_len;
    size_t unix_len;
};
void process_listeners(const struct process *process, struct listeners *found);
/* The same for process and all that it started, taken together. */
void process_listeners_all(const struct process *process, struct listeners *found);

/* The process below which process and all that it started is found. */
int process_root(const struct process *process);
/* Has pid or a descendant of it a TCP connection, half a second old at most, of which it has read
   nothing yet? From sock_diag(7); without it, no. */
bool process_has_new_connection(int pid);
/* The same, or one with anything that came within half a second and was not read yet. */
bool process_has_unread(int pid);

/* Ends the TCP connections that came to port and that pid or a descendant of it has open: to both
   ends it is as if the other one had gone. Nothing happens where the system does not give
   sock_diag(7) or pidfd_getfd(2). */
void process_hang_up(int pid, uint16_t port);

/* SIGTERM and the like by name ("TERM", "SIGTERM") and back; -1 and NULL where there is none. */
int signal_number(const char *name);
const char *signal_name(int number); /* "SIGTERM" */

#endif
