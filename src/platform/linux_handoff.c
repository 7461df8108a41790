/*
 * The children and what is heard of them, seccomp_unotify(2).
 *
 * Every call is answered before the loop goes on, but those that wait for an older generation. The
 * same call may come again where a signal cancelled it, so that each answer is one that can be
 * given twice; an answer to a call that is gone fails with ENOENT, which is no error.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "platform/linux_handoff.h"

#define NOTIFICATION_MAX 1024 /* the kernel's structs grow; today they have 80 and 24 bytes */

/* --- answers --- */

static void send_answer(const struct handoff_child *child, struct seccomp_notif_resp response)
{
    union {
        struct seccomp_notif_resp response;
        char bytes[NOTIFICATION_MAX];
    } whole;
    memset(&whole, 0, sizeof whole);
    whole.response = response;
    (void)ioctl(child->fd, SECCOMP_IOCTL_NOTIF_SEND, &whole);
}

void handoff_let_pass(const struct handoff_child *child, uint64_t id)
{
    send_answer(child,
                (struct seccomp_notif_resp){.id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE});
}

/* errnum 0: it succeeded. */
void handoff_answer(const struct handoff_child *child, uint64_t id, int errnum)
{
    send_answer(child, (struct seccomp_notif_resp){.id = id, .error = -errnum});
}

bool handoff_is_valid(const struct handoff_child *child, uint64_t id)
{
    return ioctl(child->fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

void handoff_refuse(struct handoff *handoff, const char *what, int errnum)
{
    if (handoff->refused[0] == '\0')
        (void)snprintf(handoff->refused, sizeof handoff->refused, "%s: %s", what, strerror(errnum));
}

/* --- notifications --- */

static void stop_hearing(struct handoff_child *child)
{
    io_free(child->io);
    child->io = NULL;
    if (child->fd >= 0)
        (void)close(child->fd);
    child->fd = -1;
}

static void receive(struct handoff_child *child)
{
    union {
        struct seccomp_notif notification;
        char bytes[NOTIFICATION_MAX];
    } whole;
    struct caller caller;
    memset(&whole, 0, sizeof whole);
    if (ioctl(child->fd, SECCOMP_IOCTL_NOTIF_RECV, &whole) != 0)
        return; /* cancelled since poll(2) told of it */
    const struct seccomp_notif *notification = &whole.notification;
    const struct seccomp_data *call = &notification->data;
    if (caller_open((pid_t)notification->pid, &caller) != 0) {
        handoff_let_pass(child, notification->id);
        return;
    }
    if (call->nr == SYS_bind)
        handoff_answer_bind(child, notification->id, &caller, call);
    else if (call->nr == SYS_listen)
        handoff_answer_listen(child, notification->id, &caller, call);
    else
        handoff_let_pass(child, notification->id);
    caller_close(&caller);
}

/* SECCOMP_IOCTL_NOTIF_RECV waits where there is nothing: it is asked for what poll(2) tells of. The
   descriptor hangs up when no process has the filter any more. */
static void notified(void *data, int events)
{
    struct handoff_child *child = data;
    struct pollfd look = {.fd = child->fd, .events = POLLIN};
    (void)events;
    if (poll(&look, 1, 0) <= 0)
        return;
    if (look.revents & POLLIN)
        receive(child);
    else
        stop_hearing(child);
}

void linux_handoff_attach(struct handoff_child *child, int listener)
{
    if (listener < 0) {
        handoff_refuse(child->handoff, "the system refuses seccomp user notification", -listener);
        return;
    }
    child->fd = listener;
    child->works = true;
    child->io = io_new(child->handoff->loop, listener, notified, child);
    io_want(child->io, IO_READ);
}

void handoff_child_let(struct handoff_child *child)
{
    if (!child)
        return;
    VEC_EACH (struct parked, parked, &child->parked) {
        if (child->fd < 0 || !handoff_is_valid(child, parked->id))
            ; /* it is in no call any more */
        else if (parked->fd < 0)
            handoff_blind_let(child, parked);
        else
            handoff_answer(child, parked->id, handoff_bind_for(parked->fd, &parked->endpoint));
        if (parked->fd >= 0)
            (void)close(parked->fd);
    }
    child->parked.len = 0;
}

/* --- life-cycle --- */

struct handoff *handoff_new(struct loop *loop)
{
    struct handoff *handoff = mem_new(1, sizeof *handoff);
    handoff->loop = loop;
    return handoff;
}

void handoff_free(struct handoff *handoff)
{
    if (!handoff)
        return;
    while (handoff->sockets.len)
        kept_drop(handoff, handoff->sockets.at[0]);
    vec_fini(&handoff->sockets);
    vec_fini(&handoff->children);
    free(handoff);
}

void handoff_drop_unused(struct handoff *handoff)
{
    for (size_t i = handoff->sockets.len; i-- > 0;)
        if (handoff->sockets.at[i]->users == 0 && !handoff->sockets.at[i]->maker)
            kept_drop(handoff, handoff->sockets.at[i]);
}

size_t handoff_count(const struct handoff *handoff)
{
    return handoff->sockets.len;
}

size_t handoff_unused(const struct handoff *handoff)
{
    size_t count = 0;
    VEC_EACH (struct kept *, kept, &handoff->sockets)
        count += (*kept)->users == 0 && !(*kept)->maker;
    return count;
}

bool handoff_keeps_port(const struct handoff *handoff, uint16_t port)
{
    VEC_EACH (struct kept *, kept, &handoff->sockets)
        if (endpoint_port(&(*kept)->endpoint) == port)
            return true;
    return false;
}

const char *handoff_refused(const struct handoff *handoff)
{
    return handoff->refused[0] ? handoff->refused : NULL;
}

struct handoff_child *handoff_child_new(struct handoff *handoff,
                                        const struct handoff_events *events)
{
    struct handoff_child *child = mem_new(1, sizeof *child);
    child->handoff = handoff;
    child->events = *events;
    child->fd = -1;
    vec_push(&handoff->children, child);
    return child;
}

void handoff_child_free(struct handoff_child *child)
{
    if (!child)
        return;
    struct handoff *handoff = child->handoff;
    handoff_child_leave(child);
    VEC_EACH (struct parked, parked, &child->parked)
        if (parked->fd >= 0)
            (void)close(parked->fd);
    VEC_EACH (struct kept *, kept, &handoff->sockets)
        if ((*kept)->maker == child)
            (*kept)->maker = NULL;
    stop_hearing(child);
    VEC_EACH (struct kept *, kept, &child->listens) {
        (*kept)->users--;
        steer_again(*kept);
    }
    for (size_t i = 0; i < handoff->children.len; i++) {
        if (handoff->children.at[i] == child) {
            vec_remove(&handoff->children, i);
            break;
        }
    }
    vec_fini(&child->listens);
    vec_fini(&child->bound);
    vec_fini(&child->parked);
    free(child);
}

bool handoff_child_works(const struct handoff_child *child)
{
    return child && child->works && child->handoff->refused[0] == '\0';
}

size_t handoff_child_count(const struct handoff_child *child)
{
    return child ? child->listens.len : 0;
}

uint16_t handoff_child_port(const struct handoff_child *child)
{
    uint16_t port = 0;
    for (size_t i = 0; child && port == 0 && i < child->listens.len; i++)
        port = endpoint_port(&child->listens.at[i]->endpoint);
    return port;
}

uint16_t handoff_child_unheard_port(const struct handoff_child *child)
{
    if (!child || child->bound.len == 0)
        return 0;
    const struct bound *last = &child->bound.at[child->bound.len - 1];
    VEC_EACH (struct kept *, kept, &child->listens)
        if (endpoint_port(&(*kept)->endpoint) == last->port)
            return 0;
    return last->type == SOCK_STREAM ? last->port : 0;
}

bool handoff_child_replaces(const struct handoff_child *child, const struct handoff_child *older)
{
    return child->listens.len > 0 && child->listens.len >= older->listens.len;
}
