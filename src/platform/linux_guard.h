/*
 * The guard: a small process between zonda and each process that it spawns, parent of that one and
 * reaper of everything below it (PR_SET_CHILD_SUBREAPER), so that a descendant is found whatever
 * its group, session, environment or parent. When zonda dies, the guard ends the tree at once.
 *
 * It is a fork of zonda that never executes anything: it depends on no file that may have been
 * replaced since, and it is there in a fraction of a millisecond. It makes async-signal-safe calls
 * only, holds no descriptor but its end of the channel, and blocks every signal.
 *
 * The channel is a pair of sockets (SOCK_SEQPACKET). From the guard come a struct guard_news with
 * GUARD_STARTED or GUARD_FAILED, then GUARD_ENDED, then the end of the channel: the guard has gone,
 * and with exit status 0 nobody is left. To the guard go ints:
 *
 *   SIGKILL          end the whole tree, and go then; the end of the channel says the same
 *   another signal   send it to the group of the process; once that has ended, to those it left in
 *                    other groups, who did not hear what its group heard
 *   GUARD_RELEASE    go now: whoever is left belongs to zonda
 */
#ifndef ZONDA_PLATFORM_LINUX_GUARD_H
#define ZONDA_PLATFORM_LINUX_GUARD_H

#include <errno.h>
#include <stdbool.h>

#include "platform/process.h"

#define GUARD_RELEASE 0
#define GUARD_LEFT    1 /* its exit status where somebody is left */

enum guard_what { GUARD_STARTED, GUARD_FAILED, GUARD_ENDED };

/* Has recv(2) failed with errnum on a channel that goes on? ECONNRESET comes once, before what is
   still to be received, where the other end went without reading all. */
static inline bool guard_hears_more(int errnum)
{
    return errnum == EAGAIN || errnum == EINTR || errnum == ECONNRESET;
}

/* What could not be done. */
enum guard_stage { STAGE_SETUP, STAGE_CWD, STAGE_EXEC };

struct guard_news {
    enum guard_what what;
    int pid;                /* GUARD_STARTED */
    enum guard_stage stage; /* GUARD_FAILED */
    int errnum;             /* GUARD_FAILED */
    int code, status;       /* GUARD_ENDED: si_code and si_status, waitid(2) */
};

/* All that the guard needs, made before the fork. Descriptors are at least 3. */
struct guard_plan {
    char *path; /* for execve(2) */
    const struct spawn *spawn;
    int fds[3];     /* to become 0, 1, 2; these alone may be lower */
    int null_fd;    /* /dev/null, for the guard itself */
    int channel;    /* its end */
    int handoff_fd; /* where the descriptor of the filter goes; -1: there is none */
    int priority;
};

/* In the child of a fork, all signals blocked. */
_Noreturn void linux_guard_run(const struct guard_plan *plan);

#endif
