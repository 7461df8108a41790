/*
 * Child processes: spawn into a group of their own, signal the group, learn how they ended.
 *
 * Life-cycle: fill a struct spawn (SPAWN_INIT), process_spawn, on_exit is called once,
 * process_free. The descriptors in struct spawn stay the caller's. Between fork(2) and execve(2)
 * only async-signal-safe calls are made; an exec that fails is reported by process_spawn itself.
 * Every signal disposition and the signal mask are back at their defaults in the child. The child
 * gets SIGKILL when zonda dies (PR_SET_PDEATHSIG on Linux).
 *
 * process_init makes zonda the reaper of orphaned descendants (PR_SET_CHILD_SUBREAPER, prctl(2))
 * and reaps those nobody asked for.
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

int process_init(struct loop *loop, struct err *err); /* once */
void process_fini(void);

/* NULL and an error that names argv[0] where it cannot be started. */
struct process *process_spawn(struct loop *loop, const struct spawn *spawn,
                              process_exit_fn *on_exit, void *data, struct err *err);
int process_pid(const struct process *process);
bool process_running(const struct process *process); /* false once on_exit was called */
/* To the whole group of process, even after its leader has gone; no error where nobody is left. */
void process_signal(const struct process *process, int signal);
/* The same for a group whose leader another process started. */
void process_signal_group(int leader, int signal);
/* The process must have ended; NULL is allowed. Until then its pid belongs to nobody else. */
void process_free(struct process *process);

/* "exit status 2", "killed by SIGSEGV (core dumped)". */
void exit_status_words(struct exit_status status, struct buf *out);
/* 128 + signal, or the code: as sh(1). */
int exit_status_code(struct exit_status status);

/* Sends signal to each process, but zonda itself, whose environment holds the entry mark
   ("NAME=value"), whatever its group or session; the count of them. Reads /proc on Linux. */
int process_signal_marked(const char *mark, int signal);

/* Is pid one of zonda's descendants, or zonda? */
bool process_is_ours(int pid);

/* TCP ports (host order, at most max) and the count of Unix sockets on which any process with the
   mark listens. From /proc/net/tcp, tcp6, unix and /proc/PID/fd. */
struct listeners {
    uint16_t tcp_ports[16];
    size_t tcp_len;
    size_t unix_len;
};
void process_listeners(const char *mark, struct listeners *found);
/* The same for pid, or where pid itself listens on nothing for its descendants: cheap, whatever
   else runs, but blind to a daemon that another process has adopted. */
void process_listeners_below(int pid, struct listeners *found);

/* Has pid or a descendant of it the socket with this inode open, or anybody with the mark? */
bool process_has_socket(int pid, const char *mark, uint64_t inode);

/* SIGTERM and the like by name ("TERM", "SIGTERM") and back; -1 and NULL where there is none. */
int signal_number(const char *name);
const char *signal_name(int number); /* "SIGTERM" */

#endif
